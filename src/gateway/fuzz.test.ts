// Whatever JSON arrives: an answer or an error of the client, never one of ours, and the server goes on.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { createScriptedModel } from '../llm/index.js'
import { startTestGateway, type TestGateway } from './__fixtures__/harness.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({
    architecture: {
      guardrails: [{ id: 'g' }],
      knowledge: [{ id: 'docs', source: 'docs' }],
      prompts: [{ id: 'p', system: { en: 'Use {{context}}' } }],
      routes: [
        {
          name: 'chat',
          strategy: { deployment: 'main' },
          guardrails: 'g',
          cache: {},
          knowledge: 'docs',
          prompt: 'p',
        },
        { name: 'raw', strategy: { deployment: 'main' } },
      ],
    },
    models: {
      main: {
        ...createScriptedModel({ id: 'main', script: 'ok', clock: systemClock }),
        completes: true,
        tokenizer: { tokenize: async () => ({ tokens: [1] }), detokenize: async () => 'ok' },
      },
    },
    knowledge: {
      search: async () => [],
      status: async () => expect.unreachable(),
      version: () => '1',
    },
    admin: {
      token: 'la-admin',
      keys: {
        create: async () => expect.unreachable(),
        list: async () => [],
        revoke: async () => expect.unreachable(),
        rotate: async () => expect.unreachable(),
      },
    },
  })
})
afterAll(() => gateway.close())

const value = fc.jsonValue({ maxDepth: 3 })
const part = fc.oneof(
  value,
  fc.record(
    {
      type: fc.constantFrom('text', 'image_url', 'file', 'input_audio', 'x'),
      text: value,
      image_url: value,
      file: value,
    },
    { requiredKeys: ['type'] },
  ),
)
const message = fc.record(
  {
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'system', 'developer', 'tool', 'function'), value),
    content: fc.oneof(fc.string(), fc.array(part, { maxLength: 4 }), value),
    tool_calls: fc.oneof(
      value,
      fc.array(
        fc.record({
          id: value,
          type: fc.constant('function'),
          function: fc.record({ name: value, arguments: value }),
        }),
        { maxLength: 3 },
      ),
    ),
    tool_call_id: value,
    reasoning_content: value,
    name: value,
  },
  { requiredKeys: ['role'] },
)
const validMessage = fc.record({
  role: fc.constantFrom('user', 'system'),
  content: fc.string({ unit: 'grapheme' }),
})
const field = fc.constantFrom(
  'model',
  'stream',
  'n',
  'stop',
  'tools',
  'tool_choice',
  'response_format',
  'stream_options',
  'max_tokens',
  'temperature',
  'logprobs',
  'seed',
  'odd',
)
/** A good request with one or two fields gone wrong, or messages of any shape. */
const chat = fc
  .tuple(
    fc.oneof(
      fc.array(validMessage, { minLength: 1, maxLength: 3 }),
      fc.array(message, { maxLength: 3 }),
      value,
    ),
    fc.dictionary(field, value, { maxKeys: 2 }),
    fc.boolean(),
  )
  .map(([messages, wrong, stream]) => ({ model: 'chat', messages, stream, ...wrong }))

const statusOf = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(gateway.url + path, { method: 'POST', body, headers })
  await response.text()
  return response.status
}

it('answers or refuses every chat body', async () => {
  const statuses = new Set<number>()
  await fc.assert(
    fc.asyncProperty(chat, async (body) => {
      const status = await statusOf('/v1/chat/completions', JSON.stringify(body))
      statuses.add(status)
      expect([200, 400, 404]).toContain(status)
    }),
    { numRuns: 300 },
  )
  expect(statuses).toContain(200)
  expect(statuses).toContain(400)
})

const geminiPart = fc.oneof(
  value,
  fc.record(
    {
      text: fc.oneof(fc.string(), value),
      thought: value,
      inlineData: fc.oneof(value, fc.record({ mimeType: value, data: value })),
      file_data: fc.oneof(value, fc.record({ mime_type: value, fileUri: value })),
      functionCall: fc.oneof(value, fc.record({ name: fc.string(), args: value, id: value })),
      functionResponse: fc.oneof(value, fc.record({ name: fc.string(), response: value, parts: value })),
    },
    { requiredKeys: [] },
  ),
)
const geminiContent = fc.record(
  {
    role: fc.oneof(fc.constantFrom('user', 'model', 'function'), value),
    parts: fc.oneof(fc.array(geminiPart), value),
  },
  { requiredKeys: ['parts'] },
)
const geminiField = fc.constantFrom(
  'systemInstruction',
  'system_instruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'generation_config',
  'content',
  'requests',
  'odd',
)
const gemini = fc
  .tuple(
    fc.oneof(
      fc.array(fc.record({ parts: fc.constant([{ text: 'hi' }]) }), { minLength: 1, maxLength: 3 }),
      fc.array(geminiContent, { maxLength: 3 }),
      value,
    ),
    fc.dictionary(geminiField, value, { maxKeys: 2 }),
  )
  .map(([contents, wrong]) => ({ contents, ...wrong }))

it('answers or refuses every body of Gemini clients', async () => {
  const statuses = new Set<number>()
  const verbs = [
    'generateContent',
    'streamGenerateContent',
    'countTokens',
    'embedContent',
    'batchEmbedContents',
  ]
  await fc.assert(
    fc.asyncProperty(gemini, fc.constantFrom(...verbs), async (body, verb) => {
      const status = await statusOf(`/v1beta/models/chat:${verb}`, JSON.stringify(body))
      statuses.add(status)
      expect([200, 400]).toContain(status)
    }),
    { numRuns: 300 },
  )
  expect(statuses).toEqual(new Set([200, 400]))
})

it('refuses every text that is no request', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('null', '{}', '[]', '"x"', '0'),
  )
  await fc.assert(
    fc.asyncProperty(text, async (body) => {
      expect(await statusOf('/v1/chat/completions', body)).toBe(400)
    }),
    { numRuns: 100 },
  )
})

it('answers or refuses every body of the other endpoints', async () => {
  const search = fc.record({ query: value, max_num_results: value, filters: value }, { requiredKeys: [] })
  const key = fc.record({ tenant: value, groups: value, expiresAt: value, x: value }, { requiredKeys: [] })
  await fc.assert(
    fc.asyncProperty(search, key, async (searchBody, keyBody) => {
      expect([200, 400]).toContain(
        await statusOf('/v1/vector_stores/docs/search', JSON.stringify(searchBody)),
      )
      const admin = { authorization: 'Bearer la-admin' }
      expect(await statusOf('/admin/keys', JSON.stringify(keyBody), admin)).toBe(400)
    }),
    { numRuns: 60 },
  )
})

/** A good request of an endpoint with one or two fields gone wrong. */
const nearly = (good: fc.Arbitrary<object>, fields: readonly string[]) =>
  fc
    .tuple(good, fc.dictionary(fc.constantFrom('model', 'odd', ...fields), value, { maxKeys: 2 }))
    .map(([body, wrong]) => ({ ...body, ...wrong }))

const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 1, maxLength: 3 }))
const ids = fc.array(fc.nat(), { maxLength: 4 })

const items = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'assistant', 'developer'), content: fc.string() }),
  fc.record({
    type: fc.constantFrom('function_call', 'function_call_output', 'reasoning', 'compaction', 'odd'),
    call_id: fc.constantFrom('a', 'b'),
    name: fc.string(),
    arguments: fc.string(),
    output: fc.string(),
    encrypted_content: fc.string().map((text) => `la1.${text}`),
  }),
)
const inputs = fc.oneof(fc.string(), fc.array(items, { minLength: 1, maxLength: 4 }))

it.each([
  [
    '/v1/completions',
    nearly(fc.record({ model: fc.constant('raw'), prompt: fc.oneof(texts, ids), stream: fc.boolean() }), [
      'prompt',
      'suffix',
      'n',
      'best_of',
      'logprobs',
      'stop',
      'max_tokens',
      'stream',
      'stream_options',
    ]),
  ],
  [
    '/v1/responses',
    nearly(fc.record({ model: fc.constant('chat'), input: inputs, store: fc.constant(false) }), [
      'input',
      'instructions',
      'tools',
      'text',
      'background',
      'previous_response_id',
      'conversation',
      'stream',
    ]),
  ],
  [
    '/v1/responses/compact',
    nearly(fc.record({ model: fc.constant('raw'), input: inputs }), [
      'input',
      'instructions',
      'previous_response_id',
    ]),
  ],
  ['/v1/moderations', nearly(fc.record({ input: texts }), ['input'])],
  [
    '/tokenize',
    nearly(fc.record({ model: fc.constantFrom('raw', 'chat'), prompt: fc.string() }), [
      'prompt',
      'messages',
      'add_special_tokens',
      'return_token_strs',
    ]),
  ],
  ['/detokenize', nearly(fc.record({ model: fc.constant('raw'), tokens: ids }), ['tokens'])],
])('answers or refuses every body of %s', async (path, bodies) => {
  const statuses = new Set<number>()
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const status = await statusOf(path, JSON.stringify(body))
      statuses.add(status)
      expect([200, 400, 404]).toContain(status)
    }),
    { numRuns: 150 },
  )
  expect(statuses).toContain(200)
  expect(statuses).toContain(400)
})

it('answers or refuses every path and query', async () => {
  await fc.assert(
    fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), async (path, query) => {
      const response = await fetch(`${gateway.url}${path || '/'}?${query}`)
      await response.text()
      expect(response.status).toBeLessThan(500)
    }),
    { numRuns: 100 },
  )
})
