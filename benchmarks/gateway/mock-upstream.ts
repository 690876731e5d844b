// A chat completions server on raw sockets that costs next to nothing: one answer of about 1 kB, or 50 events in one
// burst. Prints its port.

import { type AddressInfo, createServer } from 'node:net'
import { tellCpu } from './tell-cpu.ts'

const envelope = { id: 'chatcmpl-mock', created: 1_700_000_000, model: 'mock', system_fingerprint: 'fp_mock' }
const usage = { prompt_tokens: 42, completion_tokens: 50, total_tokens: 92 }
const words = Array.from({ length: 48 }, (_, i) => ` word${String(i).padStart(2, '0')}`)

const answer = JSON.stringify({
  ...envelope,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: words.join('').repeat(2), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
})
const json = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
)

const chunk = (choices: readonly object[], more = {}) =>
  JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...more })
const events = [
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }]),
  ...words.map((content) => chunk([{ index: 0, delta: { content }, logprobs: null, finish_reason: null }])),
  chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }]),
]
const framed = (data: string) => {
  const event = `data: ${data}\n\n`
  return `${event.length.toString(16)}\r\n${event}\r\n`
}
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const streamOf = (data: readonly string[]) => Buffer.from(`${head}${data.map(framed).join('')}0\r\n\r\n`)
const plainStream = streamOf([...events, '[DONE]'])
const usageStream = streamOf([...events, chunk([], { usage }), '[DONE]'])

const server = createServer({ noDelay: true }, (socket) => {
  let received = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes])
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = /content-length: *(\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1]
      const end = headEnd + 4 + Number(length ?? 0)
      if (received.length < end) return
      const body = received.toString('latin1', headEnd + 4, end)
      received = received.subarray(end)
      if (!/"stream": *true/.test(body)) socket.write(json)
      else socket.write(/"include_usage": *true/.test(body) ? usageStream : plainStream)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
tellCpu()
