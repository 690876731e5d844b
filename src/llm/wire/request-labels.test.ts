// Labels, hints and what is stored: what has no say in an answer, from one dialect to another.

import { expect, it } from 'vitest'
import { codecs, type ServedDialect } from './codecs.js'

const translate = (from: ServedDialect, to: ServedDialect, json: unknown) =>
  codecs[to].encodeRequest(codecs[from].decodeRequest(json))

const chat = { model: 'a', messages: [{ role: 'user', content: 'b' }] }
const messages = { model: 'a', max_tokens: 9, messages: [{ role: 'user', content: 'b' }] }
const gemini = { model: 'a', contents: [{ role: 'user', parts: [{ text: 'b' }] }] }

it('chat to Responses keeps what both call alike', () => {
  const labels = {
    metadata: { a: 'b' },
    user: 'u',
    prompt_cache_key: 'k',
    safety_identifier: 's',
    service_tier: 'flex',
    store: true,
  }
  expect(translate('openai-chat', 'openai-responses', { ...chat, ...labels })).toMatchObject(labels)
})

it.each([
  ['openai-chat', { ...chat, store: null }],
  ['anthropic-messages', messages],
  ['gemini', gemini],
] as const)('a server of Responses stores nothing for a client of %s that did not ask', (from, json) => {
  expect(translate(from, 'openai-responses', json)).toMatchObject({ store: false })
})

it('a client of Responses says by itself what is stored', () => {
  const asked = { model: 'a', input: 'b' }
  expect(translate('openai-responses', 'openai-responses', asked)).not.toHaveProperty('store')
})

it('leaves out how the AI SDK wants the arguments of tools streamed, which says nothing of the answer', () => {
  const tool = { name: 'rate', input_schema: { type: 'object' } }
  const asked = { ...messages, tools: [{ ...tool, eager_input_streaming: true }] }
  for (const to of ['openai-chat', 'openai-responses', 'gemini'] as const)
    expect(translate('anthropic-messages', to, asked)).toEqual(
      translate('anthropic-messages', to, { ...messages, tools: [tool] }),
    )
})
