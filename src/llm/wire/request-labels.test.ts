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
    prompt_cache_options: { mode: 'explicit' },
    prompt_cache_retention: '24h',
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

it('Responses to chat keeps the class of service', () => {
  const asked = { model: 'a', input: 'b', service_tier: 'flex' }
  expect(translate('openai-responses', 'openai-chat', asked)).toMatchObject({ service_tier: 'flex' })
  expect(() => translate('openai-responses', 'anthropic-messages', asked)).toThrow('service_tier')
})

it.each([
  ['low', 'low'],
  [undefined, 'auto'],
] as const)('a picture keeps its detail between chat and Responses: %s', (detail, expected) => {
  const url = 'https://example.com/a.png'
  const image_url = { url, ...(detail && { detail }) }
  const picture = { role: 'user', content: [{ type: 'image_url', image_url }] }
  const written = translate('openai-chat', 'openai-responses', { model: 'a', messages: [picture] })
  expect(written.input).toMatchObject([{ content: [{ type: 'input_image', detail: expected }] }])
  expect(translate('openai-responses', 'openai-chat', written).messages).toMatchObject([
    { content: [{ image_url: { url, detail: expected } }] },
  ])
})

it('leaves out what says only what is the case anyway', () => {
  const call = { type: 'tool_use', id: 't', name: 'rate', input: {} }
  const tool = { name: 'rate', input_schema: { type: 'object' } }
  const asked = (marks: object, toolMarks: object) => ({
    ...messages,
    messages: [
      ...messages.messages,
      { role: 'assistant', content: [{ ...call, ...marks }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'r' }] },
    ],
    tools: [{ ...tool, ...toolMarks }],
  })
  const marks = { caller: { type: 'direct' } }
  const toolMarks = { allowed_callers: ['direct'], defer_loading: false }
  const code = { caller: { type: 'code_execution_20260120', tool_id: 'x' } }
  for (const to of ['openai-chat', 'openai-responses', 'gemini'] as const) {
    expect(translate('anthropic-messages', to, asked(marks, toolMarks))).toEqual(
      translate('anthropic-messages', to, asked({}, {})),
    )
    expect(() => translate('anthropic-messages', to, asked(code, {}))).toThrow('caller')
  }
  const modes = { labels: { team: 'a' }, generationConfig: { responseModalities: ['TEXT'] } }
  expect(translate('gemini', 'openai-chat', { ...gemini, ...modes })).toEqual(
    translate('gemini', 'openai-chat', gemini),
  )
  expect(translate('openai-chat', 'gemini', { ...chat, modalities: ['text'] })).toEqual(
    translate('openai-chat', 'gemini', chat),
  )
  const speech = { generationConfig: { responseModalities: ['TEXT'], speechConfig: {} } }
  expect(() => translate('gemini', 'openai-chat', { ...gemini, ...speech })).toThrow('speechConfig')
})

it('leaves out the name of a result’s tool, and lists of nothing', () => {
  const call = { id: 'c', type: 'function', function: { name: 'rate', arguments: '{}' } }
  const asked = (more: object, named = {}) => ({
    ...chat,
    messages: [
      ...chat.messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: 'r', ...more },
      { role: 'user', content: 'and?', ...named },
    ],
  })
  for (const to of ['anthropic-messages', 'openai-responses', 'gemini'] as const) {
    expect(translate('openai-chat', to, asked({ name: 'rate' }))).toEqual(
      translate('openai-chat', to, asked({})),
    )
    expect(() => translate('openai-chat', to, asked({}, { name: 'Ann' }))).toThrow('messages[3].name')
  }
  expect(
    translate('gemini', 'openai-responses', { ...gemini, generationConfig: { stopSequences: [] } }),
  ).toEqual(translate('gemini', 'openai-responses', gemini))
  expect(translate('gemini', 'openai-chat', { ...gemini, safetySettings: [] })).toEqual(
    translate('gemini', 'openai-chat', gemini),
  )
  const blocked = { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] }
  expect(() => translate('gemini', 'openai-chat', { ...gemini, ...blocked })).toThrow('safetySettings')
})

it('leaves out what Gemini’s Python client says of a function’s result', () => {
  const rate = { name: 'rate', parametersJsonSchema: { type: 'object' } }
  const asked = (more: object) => ({ ...gemini, tools: [{ functionDeclarations: [{ ...rate, ...more }] }] })
  const hints = {
    response_json_schema: { type: 'string' },
    response: { type: 'STRING' },
    behavior: 'BLOCKING',
  }
  for (const to of ['openai-chat', 'anthropic-messages', 'openai-responses'] as const) {
    expect(translate('gemini', to, asked(hints))).toEqual(translate('gemini', to, asked({})))
    expect(() => translate('gemini', to, asked({ behavior: 'NON_BLOCKING' }))).toThrow('behavior')
  }
  expect(translate('gemini', 'gemini', asked(hints))).toMatchObject(asked(hints))
})
