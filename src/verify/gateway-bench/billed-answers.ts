// What the mock upstream answers a soak, and what it charges for it: whole answers, streams, tool calls, embeddings,
// and on a mark in the request a failure, a stream that breaks off, or one that waits for its client to leave. It
// counts four characters as a token, so that what a gateway estimates of an answer cut short is what it was.

import type { InvoiceEnd, InvoiceEntry } from './invoice.js'
import { framed } from './mock-answers.js'

export interface BilledAnswer {
  readonly bytes: Buffer
  /** What becomes of the connection: it serves the next request, is ended, or is left to the other side. */
  readonly afterwards: 'next' | 'end' | 'wait'
  readonly entry: InvoiceEntry
}

/** Words of a request by which the mock knows what is to go wrong. */
export const soakMarks = {
  /** The stream breaks off after its first words. */
  cut: '[breaks off]',
  /** The stream says its first words and waits until the client is gone. */
  left: '[left alone]',
  /** The first call fails, the second is answered. */
  once: '[fails once]',
} as const

/** The model that never answers. */
export const failingModel = 'failing'

interface Asked {
  readonly model: string
  readonly stream?: boolean
  readonly messages?: readonly { readonly content?: unknown }[]
  readonly tools?: readonly unknown[]
  readonly input?: string | readonly string[]
}

/** Each of four characters. */
const words = Array.from({ length: 48 }, (_, i) => ` w${letter(i / 26)}${letter(i % 26)}`)
const firstWords = words.slice(0, 8)
const callArguments = JSON.stringify({ city: 'Taipei', unit: 'celsius' })
const callTokens = 12

/** @returns answers by request; remembers which were to fail once and have failed */
export const createBilledAnswers = (): ((path: string, body: string) => BilledAnswer) => {
  const failedOnce = new Set<string>()
  return (path, body) => {
    const asked = JSON.parse(body) as Asked
    if (path.endsWith('/embeddings')) return embeddingsOf(asked)
    const prompt = promptOf(asked)
    if (asked.model === failingModel) return failure(asked)
    if (prompt.includes(soakMarks.once) && !failedOnce.delete(prompt)) {
      failedOnce.add(prompt)
      return failure(asked)
    }
    if (prompt.includes(soakMarks.cut)) return brokenOff(asked, 'failed', 'end')
    if (prompt.includes(soakMarks.left)) return brokenOff(asked, 'cancelled', 'wait')
    return asked.tools ? calling(asked) : saying(asked)
  }
}

function letter(of: number): string {
  return String.fromCharCode(97 + Math.floor(of))
}

const textsOf = ({ messages = [] }: Asked): readonly string[] =>
  messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content ?? '')))
const promptOf = (asked: Asked) => textsOf(asked).join('\n')

/** 3 for the answer's start, 4 around each message, and a token for every four characters. */
const promptTokens = (asked: Asked) =>
  textsOf(asked).reduce((sum, text) => sum + 4 + Math.ceil(text.length / 4), 3)

const entryOf = (asked: Asked, end: InvoiceEnd, outputTokens: number): InvoiceEntry => ({
  model: asked.model,
  end,
  inputTokens: promptTokens(asked),
  outputTokens,
})

const usageOf = ({ inputTokens, outputTokens }: InvoiceEntry) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})

const json = (value: unknown, status = '200 OK'): Buffer => {
  const body = JSON.stringify(value)
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
}

const failure = (asked: Asked): BilledAnswer => ({
  bytes: json({ error: { message: 'out of order', type: 'server_error' } }, '503 Service Unavailable'),
  afterwards: 'next',
  entry: { model: asked.model, end: 'failed', inputTokens: 0, outputTokens: 0 },
})

const envelope = { id: 'chatcmpl-mock', created: 1_700_000_000 }
const whole = (asked: Asked, message: object, finish_reason: string, usage: object) =>
  json({
    ...envelope,
    object: 'chat.completion',
    model: asked.model,
    choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason }],
    usage,
  })

const chunk = (asked: Asked, choices: readonly object[], more = {}) =>
  framed(
    JSON.stringify({ ...envelope, object: 'chat.completion.chunk', model: asked.model, choices, ...more }),
  )
const delta = (asked: Asked, content: object, finish_reason: string | null = null) =>
  chunk(asked, [{ index: 0, delta: content, logprobs: null, finish_reason }])

const head = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
)
const start = (asked: Asked) => delta(asked, { role: 'assistant', content: '' })
const saidIn = (asked: Asked, said: readonly string[]) => said.map((content) => delta(asked, { content }))

const streamed = (asked: Asked, deltas: readonly Buffer[], finish: string, usage: object) =>
  Buffer.concat([
    head,
    start(asked),
    ...deltas,
    delta(asked, {}, finish),
    chunk(asked, [], { usage }),
    framed('[DONE]'),
    Buffer.from('0\r\n\r\n'),
  ])

const saying = (asked: Asked): BilledAnswer => {
  const entry = entryOf(asked, 'finished', words.length)
  const usage = usageOf(entry)
  const bytes = asked.stream
    ? streamed(asked, saidIn(asked, words), 'stop', usage)
    : whole(asked, { content: words.join(''), refusal: null }, 'stop', usage)
  return { bytes, afterwards: 'next', entry }
}

const calling = (asked: Asked): BilledAnswer => {
  const entry = entryOf(asked, 'finished', callTokens)
  const usage = usageOf(entry)
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: callArguments } }
  const bytes = asked.stream
    ? streamed(asked, [delta(asked, { tool_calls: [{ index: 0, ...call }] })], 'tool_calls', usage)
    : whole(asked, { content: null, tool_calls: [call] }, 'tool_calls', usage)
  return { bytes, afterwards: 'next', entry }
}

const brokenOff = (asked: Asked, end: InvoiceEnd, afterwards: BilledAnswer['afterwards']): BilledAnswer => ({
  bytes: Buffer.concat([head, start(asked), ...saidIn(asked, firstWords)]),
  afterwards,
  entry: entryOf(asked, end, firstWords.length),
})

const vector = Array.from({ length: 32 }, (_, i) => Math.round(Math.sin(i) * 1e6) / 1e6)

const embeddingsOf = ({ model, input = [] }: Asked): BilledAnswer => {
  const texts = typeof input === 'string' ? [input] : input
  const inputTokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
  const data = texts.map((_, index) => ({ object: 'embedding', index, embedding: vector }))
  return {
    bytes: json({
      object: 'list',
      data,
      model,
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    }),
    afterwards: 'next',
    entry: { model, end: 'finished', inputTokens, outputTokens: 0 },
  }
}
