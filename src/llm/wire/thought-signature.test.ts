import { describe, expect, it } from 'vitest'
import { codecs, type ServedDialect } from './codecs.js'

const toGemini = (from: ServedDialect, json: unknown, model = 'gemini-3-pro-preview') => {
  const request = codecs[from].decodeRequest(json)
  const written = codecs.gemini.encodeRequest({ ...request, model })
  const contents = written.contents as readonly { readonly parts: readonly object[] }[]
  return contents[1]?.parts.map((part) => ('thoughtSignature' in part ? part.thoughtSignature : undefined))
}
const notKnown = 'skip_thought_signature_validator'
const user = { role: 'user', content: 'hi' }
const chatCall = (id: string, more: object = {}) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: '{}' },
  ...more,
})
const chat = (...calls: readonly object[]) => ({
  model: 'm',
  messages: [user, { role: 'assistant', content: null, tool_calls: calls }],
})
const signed = { extra_content: { google: { thought_signature: 'U0lH' } } }

describe('the signature of a function call', () => {
  const answer = {
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        content: {
          role: 'model',
          parts: [
            { functionCall: { name: 'f', args: {} }, thoughtSignature: 'U0lH' },
            { functionCall: { name: 'g', args: {} } },
          ],
        },
      },
    ],
    responseId: 'r',
  }
  const events = codecs.gemini.decodeAnswer(answer, { deployment: 'main', secrets: [] })

  it('comes to chat clients where Google puts it, and goes back to Gemini', () => {
    const { choices } = codecs['openai-chat'].encodeAnswer(events, {
      id: 'a',
      model: 'm',
      createdSeconds: 0,
    }) as { choices: readonly [{ message: { tool_calls: readonly object[] } }] }
    const calls = choices[0].message.tool_calls
    expect(calls).toMatchObject([signed, {}])
    expect(calls[1]).not.toHaveProperty('extra_content')
    expect(toGemini('openai-chat', chat(...calls))).toEqual(['U0lH', undefined])
  })

  it('is left out for servers that could not read it', () => {
    const request = codecs['openai-chat'].decodeRequest(chat(chatCall('a', signed)))
    const messages = JSON.stringify(codecs['anthropic-messages'].encodeRequest(request))
    expect(messages).toContain('tool_use')
    expect(messages).not.toContain('U0lH')
  })
})

describe('a call whose signature the client could not keep', () => {
  it.each([
    ['openai-chat', chat(chatCall('a'), chatCall('b'))],
    [
      'anthropic-messages',
      {
        model: 'm',
        max_tokens: 9,
        messages: [
          user,
          {
            role: 'assistant',
            content: [
              { type: 'tool_use', id: 'a', name: 'f', input: {} },
              { type: 'tool_use', id: 'b', name: 'f', input: {} },
            ],
          },
        ],
      },
    ],
    [
      'openai-responses',
      {
        model: 'm',
        input: [
          user,
          { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
          { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
        ],
      },
    ],
  ] as const)('is marked so for Gemini, the first of a turn (%s)', (dialect, json) => {
    expect(toGemini(dialect, json)).toEqual([notKnown, undefined])
  })

  it.each([
    ['gemini-2.5-flash', undefined],
    ['models/gemini-2.0-flash', undefined],
    ['gemma-3-27b-it', undefined],
    ['gemini-3-flash-preview', notKnown],
    ['gemini-flash-latest', notKnown],
    ['gemini-pro-latest', notKnown],
    ['publishers/google/models/gemini-4-argon', notKnown],
  ])('is marked where the model asks for one: %s', (model, expected) => {
    expect(toGemini('openai-chat', chat(chatCall('a')), model)).toEqual([expected])
  })

  it('is left as it is for clients of Gemini', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    ]
    expect(toGemini('gemini', { model: 'm', contents })).toEqual([undefined])
  })
})
