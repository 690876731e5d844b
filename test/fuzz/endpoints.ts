// Every endpoint that takes a body, with good bodies to start from.

import { readFileSync } from 'node:fs'
import { type UpstreamDialect, upstreamDialects } from './fuzz-upstream.js'

export interface FuzzEndpoint {
  readonly path: string
  readonly good: readonly object[]
  readonly headers?: Readonly<Record<string, string>>
  /** Where no body is good: the endpoint says what it cannot do. */
  readonly onlyRefuses?: true
}

const recordings = new URL('../../src/llm/wire/__fixtures__/', import.meta.url)
/** Everything that a dialect can say, for a server of the same dialect. */
const recorded = (dialect: UpstreamDialect) => {
  const body = JSON.parse(readFileSync(new URL(`${dialect}-request.json`, recordings), 'utf8'))
  // References to what another server keeps.
  const input = body.input?.filter(({ type }: { type?: string }) => type !== 'item_reference')
  return { ...body, ...(input && { input }), model: dialect } as object
}

/** The same body for each server behind the gateway, whole and streamed. */
const everywhere = (body: object): readonly object[] =>
  upstreamDialects.flatMap((model) => [
    { ...body, model, stream: false },
    { ...body, model, stream: true },
  ])

const admin = { authorization: 'Bearer la-admin' }
const user = { role: 'user', content: 'hi' }
const chat = { messages: [{ role: 'system', content: 'Be brief.' }, user] }
const messages = { max_tokens: 64, messages: [user] }
const responses = { input: 'hi' }
const contents = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
const tool = { type: 'function', function: { name: 'pay', parameters } }
const answered = {
  messages: [
    user,
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'pay', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'paid' },
  ],
  tools: [tool],
}
const embedding = { model: 'vectors', input: ['a', 'b'] }
const rerank = { model: 'order', query: 'a', documents: ['a', { text: 'b' }], top_n: 1 }

/** @param own good only where the server behind speaks Gemini too */
const gemini = (verb: string, good: readonly object[], own: readonly object[] = []) =>
  (verb.toLowerCase().includes('embed')
    ? [
        ['/v1beta', 'vectors'],
        ['/v1', 'vectors'],
      ]
    : [
        ['/v1beta', 'gemini'],
        ['/v1', 'anthropic-messages'],
      ]
  ).map(([version, model]) => ({
    path: `${version}/models/${model}:${verb}`,
    good: model === 'gemini' ? [...good, ...own] : good,
  }))

export const fuzzEndpoints: readonly FuzzEndpoint[] = [
  {
    path: '/v1/chat/completions',
    good: [...everywhere(chat), ...everywhere(answered), recorded('openai-chat')],
  },
  {
    path: '/v1/completions',
    good: [
      { model: 'raw', prompt: 'hi' },
      { model: 'raw', prompt: ['a', 'b'], stream: true },
    ],
  },
  {
    path: '/v1/messages',
    good: [...everywhere(messages), recorded('anthropic-messages')],
    headers: { 'anthropic-version': '2023-06-01' },
  },
  { path: '/v1/messages/count_tokens', good: [{ model: 'raw', messages: [user] }] },
  {
    path: '/v1/responses',
    good: [...everywhere(responses), recorded('openai-responses')],
  },
  { path: '/v1/responses/input_tokens', good: [{ model: 'raw', input: 'hi' }] },
  { path: '/v1/responses/compact', good: [{ model: 'raw', input: 'hi' }] },
  { path: '/v1/responses/resp_none/cancel', good: [{}], onlyRefuses: true },
  { path: '/v1/conversations', good: [{ metadata: { a: 'b' }, items: [{ type: 'message', ...user }] }] },
  { path: '/v1/conversations/conv_none', good: [{ metadata: { a: 'b' } }], onlyRefuses: true },
  {
    path: '/v1/conversations/conv_none/items',
    good: [{ items: [{ type: 'message', ...user }] }],
    onlyRefuses: true,
  },
  { path: '/v1/embeddings', good: [embedding, { ...embedding, input: 'a', encoding_format: 'base64' }] },
  { path: '/v1/moderations', good: [{ input: ['a', 'b'] }, { input: [{ type: 'text', text: 'a' }] }] },
  { path: '/v1/rerank', good: [rerank] },
  { path: '/v2/rerank', good: [rerank] },
  { path: '/rerank', good: [rerank] },
  ...gemini('generateContent', [contents], [recorded('gemini')]),
  ...gemini('streamGenerateContent', [contents], [recorded('gemini')]),
  ...gemini('countTokens', [contents, { generateContentRequest: contents }]),
  ...gemini('embedContent', [{ content: { parts: [{ text: 'a' }] } }]),
  ...gemini('batchEmbedContents', [
    { requests: [{ model: 'models/vectors', content: { parts: [{ text: 'a' }] } }] },
  ]),
  {
    path: '/v1/tokenize',
    good: [
      { model: 'raw', prompt: 'hi' },
      { model: 'raw', messages: [user] },
    ],
  },
  { path: '/tokenize', good: [{ model: 'raw', prompt: 'hi' }] },
  { path: '/v1/detokenize', good: [{ model: 'raw', tokens: [1, 2] }] },
  { path: '/detokenize', good: [{ model: 'raw', tokens: [1, 2] }] },
  { path: '/v1/vector_stores/docs/search', good: [{ query: 'a', max_num_results: 3 }] },
  { path: '/admin/keys', good: [{ name: 'a', tenant: 'b', routes: ['raw'] }], headers: admin },
  { path: '/admin/keys/key_1/rotate', good: [{ overlapSeconds: 60 }], headers: admin },
]
