// The yardstick: node:http and undici's dispatch with nothing between them but one JSON.parse of the request.
// Prints its port.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { tellCpu } from './tell-cpu.ts'

const origin = process.argv[2] ?? ''
const pool = new Pool(origin, { connections: 2048, pipelining: 1, allowH2: false })

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts)
    JSON.parse(body.toString('utf8'))
    pool.dispatch(
      {
        origin,
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status, headers) => {
          const { 'content-type': type = 'application/json', 'content-length': length } = headers
          response.writeHead(status, {
            'content-type': type,
            ...(length !== undefined && { 'content-length': length }),
          })
        },
        onResponseData: (_controller, part) => void response.write(part),
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    )
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
tellCpu()
