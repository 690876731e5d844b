// What arrives over the wire and is not a good request, on raw sockets.

import { afterEach, describe, expect, it } from 'vitest'
import { ask, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'
import { connectRaw, post } from './__fixtures__/raw-client.js'

let gateway: TestGateway
const start = async (options?: TestOptions) => {
  gateway = await startTestGateway(options)
  return gateway
}
afterEach(() => gateway.close())

const path = '/v1/chat/completions'
const mebibyte = Buffer.alloc(1024 * 1024, 0x20)

describe('a body over the limit', () => {
  it('is refused before it is sent, when the client asks first', async () => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 52428800\r\nexpect: 100-continue\r\n\r\n`,
    )
    const answer = await client.until(/request_too_large/)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer).not.toContain('100 Continue')
    expect(answer).toContain('connection: close')
    client.socket.destroy()
  })

  it('is refused while it is being sent, and the client gets the whole answer', async () => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 52428800\r\n\r\n`)
    for (let sent = 0; sent < 50 && !client.socket.destroyed; sent++)
      if (!client.write(mebibyte)) await new Promise((resolve) => client.socket.once('drain', resolve))
    const answer = await client.until(/request_too_large/)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).error.message).toContain('10485760 bytes')
    await client.ended()
  })

  it('is refused at the limit when its length is not announced', async () => {
    await start({ architecture: { limits: { maxBodyBytes: 1000 } } })
    const client = await connectRaw(gateway.port)
    client.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n`)
    client.write(`800\r\n${'x'.repeat(2048)}\r\n`)
    expect(await client.until(/request_too_large/)).toMatch(/^HTTP\/1.1 413 /)
    client.socket.destroy()
  })
})

describe('a slow client', () => {
  it('that stops within its body gets 408 and is let go', async () => {
    await start({ patience: { bodyIdleMs: 50 } })
    const client = await connectRaw(gateway.port)
    client.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"model"`)
    expect(await client.until(/request_timeout/)).toMatch(/^HTTP\/1.1 408 [\s\S]*\r\nconnection: close\r\n/i)
    client.socket.destroy()
  })

  it('that never ends its headers gets 408 and is let go', async () => {
    await start({ timeouts: { headersMs: 50, requestMs: 100, checkMs: 20 } })
    const client = await connectRaw(gateway.port)
    client.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: `)
    expect(await client.ended()).toMatch(/^HTTP\/1.1 408 [\s\S]*did not arrive in time/)
  })
})

describe('a broken request', () => {
  it.each([
    ['not HTTP', 'hello\r\n\r\n', 400],
    ['without a Host', 'GET /v1/models HTTP/1.1\r\n\r\n', 400],
    ['with another expectation', `GET ${path} HTTP/1.1\r\nhost: a\r\nexpect: banana\r\n\r\n`, 417],
    ['with 20 KiB of headers', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'with a wrong chunk length',
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
  ])('%s gets a JSON error and the connection ends', async (_name, bytes, status) => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write(bytes)
    const answer = await client.ended()
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain('"invalid_request_error"')
    expect(answer).toMatch(/^x-request-id: req_\w+\r$/m)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
    expect(JSON.parse(body).error.message).not.toBe('')
  })

  it('of HTTP/1.0 needs no Host', async () => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write('GET /v1/models HTTP/1.0\r\n\r\n')
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('does not keep the next connection from being served', async () => {
    await start()
    const broken = await connectRaw(gateway.port)
    broken.write('GET / HTTP/9.9\r\n\r\n')
    await broken.ended()
    expect((await gateway.post(ask('hi'))).status).toBe(200)
  })
})

describe('a connection', () => {
  it('carries requests that were sent without waiting, answered in order', async () => {
    await start({ models: { main: ({ messages }) => `to ${JSON.stringify(messages[0]?.parts[0])}` } })
    const client = await connectRaw(gateway.port)
    const bodies = ['one', 'two', 'three'].map((text) => post(path, JSON.stringify(ask(text))))
    client.write(bodies.join(''))
    const answer = await client.until(/three/)
    expect([...answer.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '200',
    ])
    expect(answer.search(/one/)).toBeLessThan(answer.search(/two/))
    expect(answer.search(/two/)).toBeLessThan(answer.search(/three/))
    client.socket.destroy()
  })

  it('stays usable after an error with a small body', async () => {
    await start({ architecture: { server: { requireKeys: true } } })
    const client = await connectRaw(gateway.port)
    client.write(post(path, JSON.stringify(ask('hi'))))
    await client.until(/invalid_api_key/)
    client.write('GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    expect(await client.until(/"checks"/)).toContain('HTTP/1.1 200 OK')
    client.socket.destroy()
  })

  it('answers HEAD without a body', async () => {
    await start()
    const response = await fetch(`${gateway.url}/health`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})
