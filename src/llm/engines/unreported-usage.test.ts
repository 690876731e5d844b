// A server that answers in one piece and reports no usage: what is charged is estimated from all that it said.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { answerOf } from '../__fixtures__/chunks.js'
import { type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { collect } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { createAnthropicMessagesModel } from './anthropic-messages.js'
import { createGeminiModel } from './gemini.js'
import { createOpenAiCompatibleModel } from './openai-compatible.js'
import { createOpenAiResponsesModel } from './openai-responses.js'

const create = {
  'openai-chat': createOpenAiCompatibleModel,
  'openai-responses': createOpenAiResponsesModel,
  'anthropic-messages': createAnthropicMessagesModel,
  gemini: createGeminiModel,
} as const
type AnswerDialect = keyof typeof create

const text = '跨行轉帳 costs'
const args = '{"for":"fees"}'
const spokenTokens = Math.ceil(4 + 6 / 4 + args.length / 4)

let upstream: FakeUpstream
beforeAll(async () => {
  upstream = await startFakeUpstream()
})
afterAll(() => upstream.close())

const ask = async (dialect: AnswerDialect, body: object) => {
  upstream.behave((connection) => connection.json(body))
  const address = upstream.address
  const model = create[dialect]({ deployment: { ...deployment, address }, facts, clock: systemClock })
  const stream = await model.open(testRequest({ stream: false }), testCall())
  await collect(stream)
  const { attempts } = await stream.outcome
  await model.close()
  return attempts
}

const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: args } }
const message = { role: 'assistant', content: text, tool_calls: [call] }
const { usage: _usage, ...whole } = answerOf('')
const chat = { ...whole, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }

const response = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  output: [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
    { type: 'function_call', call_id: 'call_1', name: 'look', arguments: args },
  ],
}
const messages = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [
    { type: 'text', text },
    { type: 'tool_use', id: 'call_1', name: 'look', input: { for: 'fees' } },
  ],
  stop_reason: 'tool_use',
}
const parts = [{ text }, { functionCall: { name: 'look', args: { for: 'fees' } } }]
const gemini = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] }

const answers: [AnswerDialect, string, object][] = [
  ['openai-chat', 'none', chat],
  ['openai-chat', 'an empty one', { ...chat, usage: {} }],
  ['openai-chat', 'no numbers', { ...chat, usage: { prompt_tokens: '9' } }],
  ['openai-responses', 'null', { ...response, usage: null }],
  ['openai-responses', 'an empty one', { ...response, usage: {} }],
  ['anthropic-messages', 'none', messages],
  ['anthropic-messages', 'an empty one', { ...messages, usage: {} }],
  ['gemini', 'none', gemini],
  ['gemini', 'an empty one', { ...gemini, usageMetadata: {} }],
]

describe('a whole answer', () => {
  it.each(answers)('of %s whose usage is %s is estimated', async (dialect, _usage, body) => {
    const attempts = await ask(dialect, body)
    expect(attempts).toMatchObject([{ usageSource: 'estimated', usage: { output: { total: spokenTokens } } }])
    expect(attempts[0]?.usage.input.total).toBeGreaterThan(0)
  })
})
