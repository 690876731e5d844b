// The mix of a soak: what is asked, how often, and which answer is right. Knows no connection.

import { soakMarks } from './billed-answers.js'

export interface SoakKind {
  readonly name: string
  /** Its share of the mix, against the sum of all. */
  readonly weight: number
  readonly path: string
  readonly body: (count: number) => object
  /** Whether a whole answer, head and decoded body, is the right one. */
  readonly isRight: (answer: string) => boolean
  /** The client leaves as soon as this has come. Guards may move where one piece ends and the next begins. */
  readonly leavesAt?: string
}

/** Routes of the gateway that is soaked. */
export const soakRoutes = { chat: 'chat', fallback: 'second-best', embedding: 'vectors' } as const

const question = (count: number) => `Question ${count}: how do I raise the limit of my card while I travel?`
const system = 'You are a helpful assistant of a bank. Answer shortly and politely.'
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
  required: ['city'],
  additionalProperties: false,
}
const tool = { type: 'function', function: { name: 'weather', description: 'The weather now.', parameters } }

const has =
  (...parts: readonly string[]) =>
  (answer: string) =>
    answer.startsWith('HTTP/1.1 200') && parts.every((part) => answer.includes(part))

const chat = (name: string, weight: number, text: (count: number) => string, more: object = {}) => ({
  name,
  weight,
  path: '/v1/chat/completions',
  body: (count: number) => ({
    model: soakRoutes.chat,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: text(count) },
    ],
    ...more,
  }),
})
const stream = { stream: true }
/** What the mock says begins with these words. */
const answered = has('"finish_reason":"stop"', '" waa wab')
const streamed = has('"finish_reason":"stop"', 'data: [DONE]')

const messages = (name: string, weight: number, more: object, isRight: SoakKind['isRight']): SoakKind => ({
  name,
  weight,
  path: '/v1/messages',
  body: (count) => ({
    model: soakRoutes.chat,
    system,
    max_tokens: 200,
    messages: [{ role: 'user', content: [{ type: 'text', text: question(count) }] }],
    ...more,
  }),
  isRight,
})

const responses = (name: string, weight: number, more: object, isRight: SoakKind['isRight']): SoakKind => ({
  name,
  weight,
  path: '/v1/responses',
  body: (count) => ({ model: soakRoutes.chat, instructions: system, input: question(count), ...more }),
  isRight,
})

/** A mid-stream failure is told as an error, and never ends as if all were said. */
const isToldError = (answer: string) => has('"error"')(answer) && !answer.includes('[DONE]')
const repeated = (count: number) => `How do I raise the limit of card ${count % 50}?`

export const soakKinds: readonly SoakKind[] = [
  { ...chat('chat', 24, question), isRight: answered },
  { ...chat('chat, streamed', 24, question, stream), isRight: streamed },
  { ...chat('chat, repeated', 4, repeated), isRight: answered },
  { ...chat('chat, tools', 3, question, { tools: [tool] }), isRight: has('"finish_reason":"tool_calls"') },
  {
    ...chat('chat, tools, streamed', 3, question, { tools: [tool], ...stream }),
    isRight: has('"finish_reason":"tool_calls"', 'data: [DONE]'),
  },
  messages('messages', 6, {}, has('"stop_reason":"end_turn"')),
  messages('messages, streamed', 8, stream, has('event: message_stop')),
  responses('responses, kept', 4, {}, has('"status":"completed"')),
  responses('responses, streamed', 8, { ...stream, store: false }, has('event: response.completed')),
  {
    name: 'embeddings',
    weight: 10,
    path: '/v1/embeddings',
    body: (count) => ({ model: soakRoutes.embedding, input: [question(count), system] }),
    isRight: has('"object":"embedding"'),
  },
  {
    ...chat('client leaves', 3, (count) => `${question(count)} ${soakMarks.left}`, stream),
    isRight: has('wab'),
    leavesAt: 'wab',
  },
  {
    ...chat('upstream breaks off', 1, (count) => `${question(count)} ${soakMarks.cut}`, stream),
    isRight: isToldError,
  },
  { ...chat('retried', 1, (count) => `${question(count)} ${soakMarks.once}`), isRight: answered },
  {
    ...chat('fallback, streamed', 1, question, { ...stream, model: soakRoutes.fallback }),
    isRight: streamed,
  },
]
