import { describe, expect, it } from 'vitest'
import { deployment } from '../__fixtures__/subjects.js'
import { editRequest } from '../identity.js'
import { codecs } from '../wire/codecs.js'
import { chatRequestBody } from './chat-request-body.js'
import type { Quirks } from './quirks.js'

const messages = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'assistant',
    content: null,
    reasoning_content: 'A lost card.',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'block', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'blocked' },
]

/** What a server is sent for a client's fields, whether its bytes could have passed or not. */
const bodiesOf = (fields: object, quirks: Quirks) => {
  const text = JSON.stringify({ model: 'support', messages, ...fields })
  const request = codecs['openai-chat'].decodeRequest(JSON.parse(text), {
    dialect: 'openai-chat',
    framing: 'json',
    bytes: Buffer.from(text),
  })
  return [request, editRequest(request, { topP: 0.5 })].map((each) =>
    JSON.parse(chatRequestBody(each, { ...deployment, quirks }).bytes.toString('utf8')),
  )
}

describe('a quirk', () => {
  it.each([
    [
      { maxTokensField: 'max_tokens' },
      { max_completion_tokens: 5 },
      { max_tokens: 5 },
      ['max_completion_tokens'],
    ],
    [
      { maxTokensField: 'max_completion_tokens' },
      { max_tokens: 5 },
      { max_completion_tokens: 5 },
      ['max_tokens'],
    ],
    [{}, { max_tokens: 5 }, { max_tokens: 5 }, ['max_completion_tokens']],
    [{ seedField: 'random_seed' }, { seed: 7 }, { random_seed: 7 }, ['seed']],
    [
      { noStreamUsage: true },
      { stream: true, stream_options: { include_usage: true } },
      { stream: true },
      ['stream_options'],
    ],
    [
      { unsupported: ['n', 'parallel_tool_calls'] },
      { n: 1, parallel_tool_calls: true },
      {},
      ['n', 'parallel_tool_calls'],
    ],
    [{ unsupported: ['logit_bias'] }, { logit_bias: null, user: 'u' }, { user: 'u' }, ['logit_bias']],
  ] satisfies [Quirks, object, object, string[]][])(
    '%j changes %j to %j',
    (quirks, fields, expected, absent) => {
      for (const body of bodiesOf(fields, quirks)) {
        expect(body).toMatchObject({ ...expected, messages, model: 'tiny-1' })
        for (const name of absent) expect(body).not.toHaveProperty(name)
      }
    },
  )

  it.each([
    [['n'], { n: 2 }, 'n'],
    [['parallel_tool_calls'], { parallel_tool_calls: false }, 'parallel_tool_calls'],
    [['logit_bias'], { logit_bias: { 1: 2 } }, 'logit_bias'],
    [['logprobs', 'top_logprobs'], { logprobs: true, top_logprobs: 3 }, 'logprobs'],
    [
      ['strict'],
      { tools: [{ type: 'function', function: { name: 'a', parameters: {}, strict: true } }] },
      'tools[0].function.strict',
    ],
    [
      ['strict'],
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {}, strict: true } } },
      'response_format.json_schema.strict',
    ],
  ])('that %j are unsupported refuses %j, naming the field', (unsupported, fields, field) => {
    expect(() => bodiesOf(fields, { unsupported })).toThrow(
      expect.objectContaining({
        code: 'llm.request-not-expressible',
        params: { field, dialect: 'openai-chat (small)' },
      }),
    )
  })

  it('that strict is unsupported leaves out where it says no', () => {
    const tool = { type: 'function', function: { name: 'a', parameters: {} } }
    const format = { type: 'json_schema', json_schema: { name: 'a', schema: {} } }
    for (const body of bodiesOf(
      {
        tools: [{ ...tool, function: { ...tool.function, strict: false } }],
        response_format: { ...format, json_schema: { ...format.json_schema, strict: false } },
      },
      { unsupported: ['strict'] },
    ))
      expect(body).toMatchObject({ tools: [tool], response_format: format })
  })

  it.each([
    ['reasoning_content', { reasoning_content: 'A lost card.' }, 'reasoning'],
    ['reasoning', { reasoning: 'A lost card.' }, 'reasoning_content'],
    ['none', {}, 'reasoning_content'],
  ] as const)('puts the reasoning of earlier turns in %s', (reasoningField, expected, absent) => {
    for (const body of bodiesOf({}, { reasoningField })) {
      expect(body.messages[1]).toMatchObject(expected)
      expect(body.messages[1]).not.toHaveProperty(absent)
    }
  })

  it('gives tool calls ids of nine letters and digits, and results the ids of their calls', () => {
    for (const body of bodiesOf({}, { toolCallIds: 'alphanumeric-9' })) {
      const { id } = body.messages[1].tool_calls[0]
      expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
      expect(body.messages[2].tool_call_id).toBe(id)
    }
  })

  it('leaves an id that is right alone, and the bytes with it', () => {
    const right = [{ ...messages[2], tool_call_id: 'abcDEF123' }]
    const [passed] = bodiesOf({ messages: right }, { toolCallIds: 'alphanumeric-9' })
    expect(passed).toEqual({ model: 'tiny-1', messages: right })
  })
})
