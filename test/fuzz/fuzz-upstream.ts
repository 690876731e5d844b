// A server that speaks all four dialects and answers with recordings, whole or streamed; a stream is cut into pieces
// where the request says so. It never does anything wrong.

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createRandom } from '../../src/core/index.js'

export const upstreamDialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type UpstreamDialect = (typeof upstreamDialects)[number]

const recordings = new URL('../../src/llm/wire/__fixtures__/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, recordings), 'utf8')

export const recordingsOf = (dialect: UpstreamDialect): readonly string[] =>
  readdirSync(recordings).filter((name) => name.startsWith(dialect) && name.endsWith('.sse'))

/** In a prompt: which recording is streamed, and the seed by which it is cut; without it the first, whole. */
export const streamMark = (recording: string, seed: string | null) => `<<${recording} ${seed ?? ''}>>`

export interface FuzzUpstream {
  readonly address: string
  close(): Promise<void>
}

export const startFuzzUpstream = async (): Promise<FuzzUpstream> => {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const path = request.url ?? ''
    const dialect = dialectOf(path)
    if (!isStreamed(path, dialect, body)) return sendWhole(response, path, dialect)
    const [, name = recordingsOf(dialect)[0] ?? '', seed = ''] = /<<(\S+) (\S*)>>/.exec(body) ?? []
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    await writePieces(response, read(name), seed)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const dialectOf = (path: string): UpstreamDialect => {
  if (path.includes('/messages')) return 'anthropic-messages'
  if (path.includes('/responses')) return 'openai-responses'
  return path.includes(':') ? 'gemini' : 'openai-chat'
}

/** In Gemini's dialect the path says it, and a field of that name means nothing. */
const isStreamed = (path: string, dialect: UpstreamDialect, body: string): boolean =>
  dialect === 'gemini' ? path.includes('streamGenerate') : /"stream": *true/.test(body)

const sendWhole = (response: ServerResponse, path: string, dialect: UpstreamDialect) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    path.includes('/completions') && !path.includes('/chat') ? completion : read(`${dialect}-answer.json`),
  )
}

const completion = JSON.stringify({
  id: 'cmpl-up',
  object: 'text_completion',
  created: 7,
  model: 'up',
  choices: [{ index: 0, text: 'Hello', logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
})

/** Line ends, comments and a byte order mark as the standard allows them, then cut anywhere, also inside a character. */
const writePieces = async (response: ServerResponse, recording: string, seed: string) => {
  if (seed === '') return void response.write(recording)
  const random = createRandom(seed)
  const lineEnd = random.pick(['\n', '\n', '\r\n', '\r'])
  const commented = recording
    .split('\n\n')
    .map((event) => (random.integer(8) === 0 ? `: ${event.length}\n${event}` : event))
    .join('\n\n')
  const bytes = Buffer.from((random.integer(10) === 0 ? '\ufeff' : '') + commented.replaceAll('\n', lineEnd))
  const cuts = Array.from({ length: random.integer(30) }, () => random.integer(bytes.length + 1))
  const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
  for (const [i, end] of places.slice(1).entries()) {
    response.write(bytes.subarray(places[i], end))
    if (random.next() < 0.7) await new Promise((resolve) => setImmediate(resolve))
  }
}
