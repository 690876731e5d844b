// A hosted model that counts what it is asked, for tests that compare calls with what was recorded of them.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers chat completions after a moment, and knows how often it was asked what. */
export const startCountingProvider = async () => {
  const calls = new Map<string, number>()
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const text = String(JSON.parse(body).messages.at(-1).content)
      calls.set(text, (calls.get(text) ?? 0) + 1)
      setTimeout(() => {
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({
            id: 'chatcmpl-1',
            object: 'chat.completion',
            created: 1,
            model: 'mock',
            choices: [
              {
                index: 0,
                message: { role: 'assistant', content: `answer to ${text}` },
                finish_reason: 'stop',
              },
            ],
            usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
          }),
        )
      }, 15)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const total = () => [...calls.values()].reduce((sum, count) => sum + count, 0)
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    total,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
