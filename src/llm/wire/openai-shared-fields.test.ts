import { describe, expect, it } from 'vitest'
import { codecs } from './codecs.js'

describe('the limit of one tool call at a time', () => {
  const asked = (choice: object) =>
    codecs['openai-chat'].encodeRequest(
      codecs['anthropic-messages'].decodeRequest({
        model: 'a',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ name: 'rate', input_schema: { type: 'object' } }],
        tool_choice: choice,
      }),
    )

  it('of a Messages client is said to chat completions', () => {
    expect(asked({ type: 'any', disable_parallel_tool_use: true })).toMatchObject({
      tool_choice: 'required',
      parallel_tool_calls: false,
    })
  })

  it('is not said where there is none', () => {
    expect(asked({ type: 'auto', disable_parallel_tool_use: false })).not.toHaveProperty(
      'parallel_tool_calls',
    )
  })

  it('hides no unknown field beside it', () => {
    const choice = { type: 'auto', disable_parallel_tool_use: true, more: 1 }
    expect(() => asked(choice)).toThrow(expect.objectContaining({ code: 'llm.request-not-expressible' }))
  })
})

describe('what an API has no word for', () => {
  it.each([
    ['openai-responses', 'gemini', { reasoning: { effort: 'max' } }, 'reasoning.effort'],
    ['openai-responses', 'gemini', { text: { verbosity: 'low' } }, 'text.verbosity'],
    ['openai-responses', 'anthropic-messages', { reasoning: { effort: 'minimal' } }, 'reasoning.effort'],
    ['anthropic-messages', 'gemini', { output_config: { effort: 'max' } }, 'output_config.effort'],
  ] as const)('of %s to %s is named as its client knows it (%#)', (from, to, fields, field) => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const body = { model: 'a', max_tokens: 9, messages, input: messages, ...fields }
    const { max_tokens, messages: _said, ...responses } = body
    const request = codecs[from].decodeRequest(from === 'openai-responses' ? responses : body)
    expect(() => codecs[to].encodeRequest(request)).toThrow(
      expect.objectContaining({ params: { field, dialect: to } }),
    )
  })
})
