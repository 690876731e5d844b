// What a provider of the AI SDK is asked, as its fake keeps it.

import { describe, expect, it } from 'vitest'
import { engineOf, failureOf } from '../__fixtures__/provider-engine.js'
import { collect } from '../__fixtures__/streams.js'
import type { ChatRequest, Part } from '../contract.js'
import { codecs } from '../wire/codecs.js'

const user = (...parts: readonly Part[]): Partial<ChatRequest> => ({ messages: [{ role: 'user', parts }] })
const text = (said: string): Part => ({ type: 'text', text: said, source: 'user' })

describe('a request', () => {
  it('says everything that the specification has a place for', async () => {
    const { open, asked } = engineOf()
    const schema = { type: 'object', properties: { city: { type: 'string' } } }
    const request = codecs['openai-chat'].decodeRequest({
      model: 'support',
      stream: true,
      messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Looking.',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Taipei"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'weather', description: 'Tells it.', parameters: schema, strict: true },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'place', schema, description: 'A place.' },
      },
      max_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      seed: 7,
      stop: ['END'],
      reasoning_effort: 'low',
      parallel_tool_calls: true,
      n: 1,
    })
    await collect(await open(request, { trace: '00-a-b-01', traceState: 'v=1' }))
    expect(asked()).toEqual({
      prompt: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Looking.' },
            { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: { city: 'Taipei' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'call_1',
              toolName: 'weather',
              output: { type: 'text', value: '21 degrees' },
            },
          ],
        },
      ],
      tools: [
        { type: 'function', name: 'weather', description: 'Tells it.', inputSchema: schema, strict: true },
      ],
      toolChoice: { type: 'tool', toolName: 'weather' },
      responseFormat: { type: 'json', name: 'place', schema, description: 'A place.' },
      maxOutputTokens: 64,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      seed: 7,
      stopSequences: ['END'],
      reasoning: 'low',
      headers: { traceparent: '00-a-b-01', tracestate: 'v=1' },
      providerOptions: { fake: { region: 'tpe' } },
      abortSignal: expect.any(AbortSignal),
    })
  })

  it('of Gemini or of the Responses API says what those have under other names', async () => {
    const { open, asked } = engineOf()
    const gemini = codecs.gemini.decodeRequest({
      model: 'support',
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      generationConfig: { topK: 40, presencePenalty: 0.1, maxOutputTokens: 64 },
    })
    await collect(await open({ ...gemini, stream: true }))
    expect(asked()).toMatchObject({ topK: 40, presencePenalty: 0.1, maxOutputTokens: 64 })
    const responses = codecs['openai-responses'].decodeRequest({
      model: 'support',
      input: 'hi',
      reasoning: { effort: 'high' },
      store: false,
    })
    await collect(await open({ ...responses, stream: true }))
    expect(asked()).toMatchObject({ reasoning: 'high' })
  })

  it('carries images, audio and files as bytes', async () => {
    const { open, asked } = engineOf()
    const parts: Part[] = [
      text('What?'),
      { type: 'image', url: 'data:image/png;base64,AAAA' },
      { type: 'audio', data: 'BBBB', format: 'wav' },
      { type: 'file', name: 'a.pdf', data: 'data:application/pdf;base64,CCCC' },
    ]
    await collect(await open(user(...parts)))
    expect(asked()?.prompt[0]?.content).toEqual([
      { type: 'text', text: 'What?' },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
      { type: 'file', mediaType: 'audio/wav', data: { type: 'data', data: 'BBBB' } },
      { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: { type: 'data', data: 'CCCC' } },
    ])
    const v3 = engineOf({}, { version: 'v3' })
    await collect(await v3.open(user(...parts)))
    expect(v3.asked()?.prompt[0]?.content).toMatchObject([
      {},
      { data: 'AAAA' },
      { data: 'BBBB' },
      { data: 'CCCC' },
    ])
  })

  it('carries the address of an image only to a provider that reads it', async () => {
    const image: Part = { type: 'image', url: 'https://pictures.example/Cat.png' }
    const { open, asked } = engineOf({ supportedUrls: { 'image/*': [/^https:\/\/pictures\.example\/.*$/] } })
    await collect(await open(user(image)))
    expect(asked()?.prompt[0]?.content).toEqual([
      { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL(image.url) } },
    ])
    expect(await failureOf(engineOf().open(user(image)))).toMatchObject({
      code: 'llm.request-not-expressible',
      params: { field: 'messages[0].content[0].url' },
    })
  })

  it.each<[string, Partial<ChatRequest>]>([
    ['n', { choices: 2 }],
    ['logprobs', { logprobs: { top: 2 } }],
    ['logit_bias', { extra: { logit_bias: { 5: 1 } }, dialect: 'openai-chat' }],
    ['parallel_tool_calls', { extra: { parallel_tool_calls: false }, dialect: 'openai-chat' }],
    ['thinking', { extra: { thinking: { type: 'enabled' } }, dialect: 'anthropic-messages' }],
    ['logit_bias', { extra: { logit_bias: { 5: 1 } } }],
    ['tools[0]', { tools: [{ name: 'web', parameters: null, item: { dialect: 'gemini', value: {} } }] }],
    ['messages[0].content[0].file_id', user({ type: 'file', id: 'file_1' })],
    ['messages[0].content[0]', user({ type: 'item', dialect: 'openai-chat', value: {} })],
  ])('that has no place for %s is refused before anything is asked', async (field, request) => {
    const { open, provider } = engineOf()
    expect(await failureOf(open(request))).toMatchObject({
      code: 'llm.request-not-expressible',
      params: { field },
    })
    expect(provider.calls).toEqual([])
  })

  it('for a model of V3 cannot say how much to reason', async () => {
    const { open } = engineOf({}, { version: 'v3' })
    const request = { extra: { reasoning_effort: 'low' }, dialect: 'openai-chat' } as const
    expect(await failureOf(open(request))).toMatchObject({
      code: 'llm.not-capable',
      params: { field: 'reasoning_effort' },
    })
  })
})
