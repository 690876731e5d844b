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
