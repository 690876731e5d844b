import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connectRaw } from './__fixtures__/raw-client.js'
import { startChunkedBody } from './chunked-body.js'

let server: Server
const start = async (answer: (response: ServerResponse) => void): Promise<number> => {
  server = createServer((request, response) => request.resume().on('end', () => answer(response)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const pieces = [
  Buffer.from('data: 一\n\n'),
  new Uint8Array(),
  Buffer.alloc(100_000, 'x'),
  Buffer.from([0, 255]),
]
const whole = Buffer.concat(pieces)
const answerAll = (response: ServerResponse) => {
  const body = startChunkedBody(response, 200, { 'content-type': 'text/plain' })
  for (const piece of pieces) body.write(piece)
  body.end()
}

describe('a chunked body', () => {
  it('is what was written, byte for byte, and the connection serves the next request', async () => {
    const port = await start(answerAll)
    for (const _ of [1, 2]) {
      const response = await fetch(`http://127.0.0.1:${port}/`)
      expect(response.headers.get('transfer-encoding')).toBe('chunked')
      expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true)
    }
  })

  it('comes as one chunk per write on the wire', async () => {
    const port = await start((response) => {
      const body = startChunkedBody(response, 200, {})
      body.write(Buffer.from('hello'))
      body.write(Buffer.from('!'))
      body.end()
    })
    const client = await connectRaw(port)
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    const received = await client.until(/\r\n0\r\n\r\n/)
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe('5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n')
    client.socket.destroy()
  })

  it('goes without chunks to a client of HTTP/1.0, which knows none', async () => {
    const port = await start((response) => {
      const body = startChunkedBody(response, 200, {})
      body.write(Buffer.from('hello'))
      body.end()
    })
    const client = await connectRaw(port)
    client.write('GET / HTTP/1.0\r\n\r\n')
    const received = await client.ended()
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe('hello')
    expect(received).not.toMatch(/transfer-encoding/i)
  })

  it('is not whole when the response is destroyed before its end', async () => {
    const port = await start((response) => {
      startChunkedBody(response, 200, {}).write(Buffer.from('half'))
      setImmediate(() => response.destroy())
    })
    await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow()
  })

  it('tells when the client is behind', async () => {
    const flows: boolean[] = []
    const port = await start((response) => {
      const body = startChunkedBody(response, 200, {})
      for (let i = 0; i < 200; i++) flows.push(body.write(Buffer.alloc(100_000)))
      body.end()
    })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect((await response.arrayBuffer()).byteLength).toBe(20_000_000)
    expect(flows).toContain(false)
  })
})
