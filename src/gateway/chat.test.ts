import { afterEach, describe, expect, it } from 'vitest'
import {
  ask,
  keyRecord,
  startTestGateway,
  type TestGateway,
  type TestOptions,
} from './__fixtures__/harness.js'

let gateway: TestGateway
const start = async (options?: TestOptions) => {
  gateway = await startTestGateway(options)
  return gateway
}
afterEach(() => gateway.close())

describe('chat completions', () => {
  it('answer with one JSON body', async () => {
    await start({ models: { main: 'Hello' } })
    const response = await gateway.post(ask('hi'))
    expect(response.status).toBe(200)
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    expect(response.headers.get('x-answered-by')).toBe('main')
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    })
  })

  it('stream as server-sent events that end with [DONE]', async () => {
    await start({ models: { main: { text: ['Hel', 'lo'] } } })
    const response = await gateway.post(ask('hi', { stream: true }))
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const text = await response.text()
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    const contents = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content)
    expect(contents.join('')).toBe('Hello')
    expect(text).not.toContain('"usage"')
  })

  it('stream usage only to those who ask', async () => {
    const usage = { input: { total: 3, cacheRead: 0, cacheWrite: 0 }, output: { total: 2, reasoning: 0 } }
    await start({ models: { main: { text: 'Hello', usage } } })
    const asked = await gateway.post(ask('hi', { stream: true, stream_options: { include_usage: true } }))
    expect(await asked.text()).toContain('"prompt_tokens":3')
    const silent = await gateway.post(ask('hi', { stream: true }))
    expect(await silent.text()).not.toContain('prompt_tokens')
  })

  it('settle one attempt per request, with the snapshot it ran under', async () => {
    await start()
    const response = await gateway.post(ask('hi'))
    expect(gateway.ledger.attempts).toMatchObject([
      {
        requestId: response.headers.get('x-request-id'),
        attempt: 0,
        tenant: 'default',
        route: 'chat',
        deployment: 'main',
        architectureHash: 'sha256:test',
        settled: { end: 'finished' },
      },
    ])
  })

  it('know a caller by key, and its routes', async () => {
    await start({ architecture: { server: { requireKeys: true } } })
    gateway.keys.set('la-good', keyRecord({ routes: ['other'] }))
    expect((await gateway.post(ask('hi'))).status).toBe(401)
    expect((await gateway.post(ask('hi'), { authorization: 'Bearer la-bad' })).status).toBe(401)
    const refused = await gateway.post(ask('hi'), { authorization: 'Bearer la-good' })
    expect(refused.status).toBe(404)
    expect(await refused.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } })
    gateway.keys.set('la-good', keyRecord({ routes: ['chat'] }))
    expect((await gateway.post(ask('hi'), { authorization: 'Bearer la-good' })).status).toBe(200)
    expect(gateway.ledger.attempts[0]).toMatchObject({ tenant: 'acme', keyId: 'key_1' })
  })
})
