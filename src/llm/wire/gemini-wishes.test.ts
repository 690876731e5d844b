import { describe, expect, it } from 'vitest'
import { codecs, type ServedDialect } from './codecs.js'

const bodies = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'x' }] },
  'openai-responses': { model: 'm', input: 'x' },
  'anthropic-messages': { model: 'm', max_tokens: 4096, messages: [{ role: 'user', content: 'x' }] },
  gemini: { model: 'm', contents: [{ role: 'user', parts: [{ text: 'x' }] }] },
} as const

const translate = (from: ServedDialect, to: ServedDialect, more: object) =>
  codecs[to].encodeRequest(codecs[from].decodeRequest({ ...bodies[from], ...more }))
const configOf = (from: ServedDialect, more: object) => translate(from, 'gemini', more).generationConfig

const tools = {
  'openai-chat': [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
  'anthropic-messages': [{ name: 'f', input_schema: { type: 'object' } }],
}

describe('for Gemini', () => {
  it.each([
    ['openai-chat', { reasoning_effort: 'low' }, { thinkingConfig: { thinkingLevel: 'LOW' } }],
    ['openai-chat', { reasoning_effort: 'none' }, { thinkingConfig: { thinkingBudget: 0 } }],
    ['openai-responses', { reasoning: { effort: 'high' } }, { thinkingConfig: { thinkingLevel: 'HIGH' } }],
    [
      'anthropic-messages',
      { output_config: { effort: 'medium' } },
      { maxOutputTokens: 4096, thinkingConfig: { thinkingLevel: 'MEDIUM' } },
    ],
    [
      'openai-chat',
      { presence_penalty: 0.5, frequency_penalty: -1 },
      { presencePenalty: 0.5, frequencyPenalty: -1 },
    ],
    ['openai-chat', { parallel_tool_calls: true, presence_penalty: null }, undefined],
    ['openai-chat', { parallel_tool_calls: false }, undefined],
    ['openai-responses', { text: {} }, undefined],
    ['openai-responses', { reasoning: {} }, undefined],
  ] as const)('%s: %j', (from, asked, config) => {
    expect(configOf(from, asked)).toEqual(config)
  })

  it('a budget of Messages and the number of tokens to draw from are its own', () => {
    expect(
      configOf('anthropic-messages', { thinking: { type: 'enabled', budget_tokens: 2048 }, top_k: 40 }),
    ).toEqual({
      maxOutputTokens: 4096,
      topK: 40,
      thinkingConfig: { thinkingBudget: 2048, includeThoughts: true },
    })
  })

  it.each([
    ['openai-chat', { reasoning_effort: 'xhigh' }, 'reasoning_effort'],
    ['openai-chat', { verbosity: 'low' }, 'verbosity'],
    ['openai-responses', { text: { verbosity: 'low' } }, 'text.verbosity'],
    ['openai-chat', { parallel_tool_calls: false, tools: tools['openai-chat'] }, 'parallel_tool_calls'],
    [
      'anthropic-messages',
      { tools: tools['anthropic-messages'], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      'tool_choice.disable_parallel_tool_use',
    ],
  ] as const)('%s: %j is refused by name', (from, asked, field) => {
    expect(() => configOf(from, asked)).toThrow(
      expect.objectContaining({ params: { field, dialect: 'gemini' } }),
    )
  })
})

const wish = (generationConfig: object) => ({ generationConfig })

describe('from Gemini', () => {
  it.each([
    [wish({ thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } }), { reasoning_effort: 'low' }],
    [{ generation_config: { thinking_config: { thinking_level: 'high' } } }, { reasoning_effort: 'high' }],
    [wish({ thinkingConfig: { thinkingBudget: 0 } }), { reasoning_effort: 'none' }],
    [wish({ thinkingConfig: { thinkingBudget: -1 } }), {}],
    [wish({ presencePenalty: 0.5, frequency_penalty: 1 }), { presence_penalty: 0.5, frequency_penalty: 1 }],
  ])('to chat completions: %j', (asked, said) => {
    expect(translate('gemini', 'openai-chat', asked)).toEqual({ ...bodies['openai-chat'], ...said })
  })

  it('to Responses: how much to think', () => {
    const asked = wish({ thinkingConfig: { thinkingLevel: 'LOW' } })
    expect(translate('gemini', 'openai-responses', asked)).toMatchObject({ reasoning: { effort: 'low' } })
  })

  it('to Messages: a budget, and the number of tokens to draw from', () => {
    const asked = wish({ thinkingConfig: { thinkingBudget: 2048 }, topK: 40 })
    expect(translate('gemini', 'anthropic-messages', asked)).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 2048 },
      top_k: 40,
    })
    const none = wish({ thinkingConfig: { thinkingBudget: 0 } })
    expect(translate('gemini', 'anthropic-messages', none)).toMatchObject({ thinking: { type: 'disabled' } })
  })

  it.each([
    ['openai-chat', wish({ thinkingConfig: { thinkingBudget: 2048 } }), 'generationConfig.thinkingConfig'],
    ['openai-responses', wish({ presencePenalty: 1 }), 'generationConfig.presencePenalty'],
    ['anthropic-messages', wish({ frequencyPenalty: 1 }), 'generationConfig.frequencyPenalty'],
    ['openai-chat', wish({ topK: 4 }), 'generationConfig.topK'],
    [
      'openai-chat',
      wish({ thinkingConfig: { thinkingLevel: 'LOW', odd: 1 } }),
      'generationConfig.thinkingConfig',
    ],
  ] as const)('to %s: %j is refused by name', (to, asked, field) => {
    expect(() => translate('gemini', to, asked)).toThrow(
      expect.objectContaining({ params: { field, dialect: to } }),
    )
  })
})
