import { afterEach, describe, expect, it } from 'vitest'
import { clientKey, startClientGateway } from './__fixtures__/client-gateway.js'
import { ask, keyRecord, startTestGateway, type TestGateway } from './__fixtures__/harness.js'

const page = 'https://app.example.com'
const authorization = `Bearer ${clientKey}`
let gateway: TestGateway
const start = async (server: object, requireKeys = true) => {
  gateway = requireKeys
    ? await startClientGateway({ architecture: { server: { requireKeys, ...server } } })
    : await startTestGateway({ architecture: { server } })
  gateway.keys.set(clientKey, keyRecord())
}
afterEach(() => gateway.close())

const preflight = (origin: string, path = '/v1/chat/completions') =>
  fetch(gateway.url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os',
    },
  })
const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin')

describe('a page of an origin that is named', () => {
  it('is let through by the preflight, with whatever headers its client sends', async () => {
    await start({ cors: { origins: [`${page}:443`, 'http://localhost:5173'] } })
    const response = await preflight(page)
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'authorization,content-type,x-stainless-os',
      'access-control-max-age': '7200',
      vary: 'origin',
    })
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('may read answers, whole and streamed, and errors', async () => {
    await start({ cors: { origins: [page] } })
    const whole = await gateway.post(ask('x'), { origin: page, authorization })
    const stream = await gateway.post(ask('x', { stream: true }), { origin: page, authorization })
    const wrong = await gateway.post(ask('x'), { origin: page, authorization: 'Bearer la-wrong' })
    expect([whole, stream, wrong].map(({ status }) => status)).toEqual([200, 200, 401])
    for (const response of [whole, stream, wrong]) {
      expect(allowed(response)).toBe(page)
      expect(response.headers.get('access-control-expose-headers')).toBe('*')
      expect(response.headers.get('vary')).toBe('origin')
    }
    expect(await stream.text()).toContain('data: [DONE]')
    expect(whole.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('needs a key all the same, also where callers of this machine need none', async () => {
    await start({ cors: { origins: [page] } }, false)
    const response = await gateway.post(ask('x'), { origin: page })
    expect([response.status, allowed(response)]).toEqual([403, page])
    expect((await gateway.post(ask('x'), { origin: page, authorization })).status).toBe(200)
  })

  it('has no part in the admin API', async () => {
    await start({ cors: { origins: ['*'] } })
    const response = await preflight(page, '/admin/keys')
    expect(response.status).not.toBe(204)
    expect(allowed(response)).toBeNull()
  })
})

describe('any other page', () => {
  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'null',
    'HTTPS://APP.EXAMPLE.COM:443',
  ])('%s is told nothing', async (origin) => {
    await start({ cors: { origins: [page] } })
    const response = await preflight(origin)
    expect([response.status, allowed(response)]).toEqual([405, null])
    expect(allowed(await gateway.post(ask('x'), { origin, authorization }))).toBeNull()
  })

  it('is welcome where every origin is', async () => {
    await start({ cors: { origins: ['*'] } })
    const response = await preflight('https://anybody.example')
    expect([response.status, allowed(response), response.headers.get('vary')]).toEqual([204, '*', null])
  })

  it('is told nothing where no origin is configured', async () => {
    await start({})
    expect([(await preflight(page)).status, allowed(await preflight(page))]).toEqual([405, null])
  })
})

it('an answer to no page has no such header', async () => {
  await start({ cors: { origins: ['*'] } })
  const response = await gateway.post(ask('x'), { authorization })
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})
