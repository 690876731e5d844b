// The official Gemini client as a black box, on engines that speak another dialect or none.

import { ApiError, FunctionCallingConfigMode, GoogleGenAI, type HttpOptions } from '@google/genai'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChatRequest } from '../llm/index.js'
import {
  brokenOff,
  failureOf,
  firstAttempt,
  stalled,
  startClientGateway,
} from './__fixtures__/client-gateway.js'
import { llmError } from './__fixtures__/errors.js'
import { keyRecord, type TestGateway, type TestOptions } from './__fixtures__/harness.js'
import { completion, sendJson, startUpstream } from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

let gateway: TestGateway
let client: GoogleGenAI
const clientOf = (apiKey: string, options: HttpOptions = {}) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url, ...options } })
const start = async (options: TestOptions = {}) => {
  gateway = await startClientGateway(options)
  opened.push(gateway)
  client = clientOf('la-key')
}

const request = { model: 'chat', contents: 'hi' }
const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 5, reasoning: 3 } }
/** What the client shows of an error: the body as text, and the status. */
const errorOf = async (promise: Promise<unknown>) => {
  const failure = await failureOf(promise)
  expect(failure).toBeInstanceOf(ApiError)
  const { message, status } = failure as ApiError
  const { error } = JSON.parse(message.slice(message.indexOf('{')))
  expect(error.code).toBe(status)
  return error
}

describe('the Gemini client', () => {
  it.each(['v1beta', 'v1'])('gets an answer under %s', async (apiVersion) => {
    await start({ models: { main: { text: 'Hello', usage } } })
    const answer = await clientOf('la-key', { apiVersion }).models.generateContent(request)
    expect(answer.text).toBe('Hello')
    expect(answer.candidates).toMatchObject([{ finishReason: 'STOP', index: 0, content: { role: 'model' } }])
    expect(answer.usageMetadata).toEqual({
      promptTokenCount: 9,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 3,
      totalTokenCount: 14,
    })
    expect(answer.modelVersion).toBe('chat')
    expect(answer.responseId).toMatch(/^req_/)
  })

  it('streams an answer, thoughts apart, and the usage with the finish', async () => {
    const events = [
      { type: 'reasoning', choice: 0, text: 'Hm.' },
      { type: 'text', choice: 0, text: 'Hel' },
      { type: 'text', choice: 0, text: 'lo' },
    ] as const
    await start({ models: { main: { events, usage } } })
    const chunks = []
    for await (const chunk of await client.models.generateContentStream(request)) chunks.push(chunk)
    expect(chunks.map((chunk) => chunk.candidates?.[0]?.content?.parts?.[0])).toEqual([
      { text: 'Hm.', thought: true },
      { text: 'Hel' },
      { text: 'lo' },
      { text: '' },
    ])
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe('Hello')
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBe(14)
  })

  it('keeps the history of a chat that streams, of which each chunk is a turn to it', async () => {
    const asked: unknown[] = []
    const answer = ({ messages }: ChatRequest) => {
      asked.push(
        messages.map(({ role, parts }) => [role, ...parts.map((part) => 'text' in part && part.text)]),
      )
      return { text: ['One', '.'] }
    }
    await start({ models: { main: answer } })
    const chat = client.chats.create({ model: 'chat' })
    for await (const chunk of await chat.sendMessageStream({ message: 'a' })) expect(chunk).toBeDefined()
    expect(chat.getHistory().map(({ role }) => role)).toEqual(['user', 'model', 'model', 'model'])
    expect((await chat.sendMessage({ message: 'b' })).text).toBe('One.')
    expect(asked[1]).toEqual([
      ['user', 'a'],
      ['assistant', 'One.'],
      ['user', 'b'],
    ])
  })

  it('streams the calls of several tools, each whole', async () => {
    const call = (index: number) => ({ type: 'tool-call', choice: 0, index }) as const
    const events = [
      { type: 'text', choice: 0, text: 'Looking.' } as const,
      { ...call(0), id: 'call_1', name: 'weather', arguments: '' },
      { ...call(0), arguments: '{"city":' },
      { ...call(0), arguments: '"Taipei"}' },
      { ...call(1), id: 'call_2', name: 'clock', arguments: '{}' },
    ]
    await start({ models: { main: { events, finish: 'tool_calls' } } })
    const parameters = { type: 'OBJECT' as never, properties: { city: { type: 'STRING' as never } } }
    const tools = [{ functionDeclarations: [{ name: 'weather', parameters }, { name: 'clock' }] }]
    const calls = []
    for await (const chunk of await client.models.generateContentStream({ ...request, config: { tools } }))
      calls.push(...(chunk.functionCalls ?? []))
    expect(calls).toEqual([
      { id: 'call_1', name: 'weather', args: { city: 'Taipei' } },
      { id: 'call_2', name: 'clock', args: {} },
    ])
  })

  it('asks an engine of another dialect: system, images, tools and their results, structured output', async () => {
    const upstream = await startUpstream((call) => sendJson(call, completion('{"fee":15}')))
    opened.push(upstream)
    await start({
      architecture: { deployments: [{ id: 'main', engine: 'openai-compatible', model: 'up' }] },
      models: { main: upstream.model('main', 'sk-upstream') },
    })
    const schema = { type: 'object', properties: { fee: { type: 'number' } } }
    const answer = await client.models.generateContent({
      model: 'chat',
      contents: [
        {
          role: 'user',
          parts: [{ text: 'Fee?' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0=' } }],
        },
        { role: 'model', parts: [{ functionCall: { name: 'look_up', args: { what: 'fee' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'look_up', response: { output: '15' } } }] },
      ],
      config: {
        systemInstruction: 'Be brief.',
        temperature: 0.1,
        maxOutputTokens: 50,
        stopSequences: ['#'],
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
        tools: [{ functionDeclarations: [{ name: 'look_up', parametersJsonSchema: { type: 'object' } }] }],
        toolConfig: {
          functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['look_up'] },
        },
      },
    })
    expect(JSON.parse(answer.text ?? '')).toEqual({ fee: 15 })
    expect(JSON.parse(upstream.calls[0]?.body ?? '')).toEqual({
      model: 'main-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Fee?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_0', type: 'function', function: { name: 'look_up', arguments: '{"what":"fee"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_0', content: '15' },
      ],
      temperature: 0.1,
      max_completion_tokens: 50,
      stop: ['#'],
      response_format: { type: 'json_schema', json_schema: { name: 'output', schema } },
      tools: [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'look_up' } },
    })
    const refused = await errorOf(client.models.generateContent({ ...request, config: { topK: 3 } }))
    expect(refused).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(refused.message).toContain('generationConfig.topK')
  })

  it('counts tokens', async () => {
    await start()
    expect((await client.models.countTokens(request)).totalTokens).toBeGreaterThan(0)
    const contents = [{ parts: [{ text: 'hi' }] }]
    const path = '/v1beta/models/chat:countTokens?key=la-key'
    const whole = await gateway.postTo(path, { generateContentRequest: { contents } })
    expect(await whole.json()).toEqual({ totalTokens: expect.any(Number) })
    expect(whole.headers.get('x-token-count')).toBe('estimate')
    expect(gateway.ledger.attempts).toEqual([])
  })

  it.each(['v1beta', 'v1'])('lists models in the shape it knows, under %s', async (apiVersion) => {
    await start()
    const { models } = clientOf('la-key', { apiVersion })
    const names = []
    for await (const { name } of await models.list()) names.push(name)
    expect(names).toEqual(['models/chat'])
    const model = await models.get({ model: 'chat' })
    expect(model.supportedActions).toEqual(['generateContent', 'streamGenerateContent', 'countTokens'])
    expect(model.inputTokenLimit).toBeGreaterThan(0)
    expect(await errorOf(models.get({ model: 'nope' }))).toMatchObject({ code: 404, status: 'NOT_FOUND' })
  })

  it('raises its own error for a wrong key, an unknown model and a wrong field', async () => {
    await start()
    const stranger = clientOf('la-wrong').models
    expect(await errorOf(stranger.generateContent(request))).toMatchObject({
      code: 401,
      status: 'UNAUTHENTICATED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_API_KEY' }],
    })
    const { models } = client
    expect(await errorOf(models.generateContent({ ...request, model: 'gemini-9' }))).toMatchObject({
      code: 404,
      status: 'NOT_FOUND',
    })
    const hot = { ...request, config: { temperature: 5 } }
    for (const asked of [models.generateContent(hot), models.generateContentStream(hot)]) {
      const wrong = await errorOf(asked)
      expect(wrong).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
      expect(wrong.details[1].fieldViolations).toMatchObject([{ field: 'generationConfig.temperature' }])
    }
  })

  it('raises its own error for limits and for upstreams that are down', async () => {
    await start({ models: { main: { failBefore: llmError('llm.upstream-unreachable') } } })
    const { models } = client
    expect(await errorOf(models.generateContent(request))).toMatchObject({ code: 502, status: 'UNAVAILABLE' })
    gateway.keys.set('la-key', keyRecord({ requestsPerMinute: 1 }))
    await failureOf(models.generateContent(request))
    const limited = await errorOf(models.generateContent(request))
    expect(limited).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' })
    expect(limited.details).toContainEqual({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: expect.stringMatching(/^\d+(\.\d+)?s$/),
    })
  })

  it('raises an error in the middle of a stream that breaks off', async () => {
    await start({ models: { main: brokenOff } })
    let text = ''
    const read = async () => {
      for await (const chunk of await client.models.generateContentStream(request)) text += chunk.text
    }
    expect(await errorOf(read())).toMatchObject({ code: 502, status: 'UNAVAILABLE' })
    expect(text).toBe('ab')
  })

  it('ends the call upstream when it aborts', async () => {
    await start({ models: { main: stalled } })
    const leaving = new AbortController()
    const config = { abortSignal: leaving.signal }
    const read = async () => {
      for await (const chunk of await client.models.generateContentStream({ ...request, config }))
        if (chunk.text === 'a') leaving.abort()
    }
    expect(await failureOf(read())).toMatchObject({ name: 'AbortError' })
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })
})

describe('what Gemini has and this gateway has not', () => {
  it('raises the error of the client all the same', async () => {
    await start()
    const upload = client.files.upload({ file: new Blob(['x'], { type: 'text/plain' }) })
    expect(await errorOf(upload)).toMatchObject({ code: 404, status: 'NOT_FOUND' })
    expect(await errorOf(client.caches.list())).toMatchObject({ code: 404, status: 'NOT_FOUND' })
  })
})

describe('a Gemini request without the client', () => {
  const body = {
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generation_config: { max_output_tokens: 5, topP: 0.5 },
  }

  it('takes its key from the URL, and names in either spelling', async () => {
    await start({ models: { main: ({ maxOutputTokens, topP }) => `${maxOutputTokens} ${topP}` } })
    const answer = await gateway.postTo('/v1beta/models/chat:generateContent?key=la-key', body)
    expect(await answer.json()).toMatchObject({ candidates: [{ content: { parts: [{ text: '5 0.5' }] } }] })
    const wrong = { ...body, generation_config: { max_output_tokens: 0 } }
    const refused = await gateway.postTo('/v1/models/chat:generateContent?key=la-key', wrong)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      error: { code: 400, message: expect.stringContaining('generationConfig.max_output_tokens') },
    })
  })

  it('streams one JSON array where no events are asked for', async () => {
    await start({ models: { main: { text: ['a', 'b'], usage } } })
    const path = '/v1beta/models/chat:streamGenerateContent'
    const streamed = await gateway.postTo(path, body, { 'x-goog-api-key': 'la-key' })
    expect(streamed.headers.get('content-type')).toBe('application/json')
    const chunks = (await streamed.json()) as { candidates: { content: { parts: { text: string }[] } }[] }[]
    expect(chunks.map(({ candidates }) => candidates[0]?.content.parts[0]?.text)).toEqual(['a', 'b', ''])
    const events = await gateway.postTo(`${path}?alt=sse`, body, { 'x-goog-api-key': 'la-key' })
    expect(events.headers.get('content-type')).toContain('text/event-stream')
    expect((await events.text()).match(/^data: \{/gm)).toHaveLength(3)
  })

  it('ends the array of a stream that breaks off with the error', async () => {
    const failAfter = { pieces: 1, error: llmError('llm.upstream-broke-off') }
    await start({ models: { main: { text: ['a', 'b'], failAfter } } })
    const path = '/v1beta/models/chat:streamGenerateContent?key=la-key'
    expect(await (await gateway.postTo(path, body)).json()).toMatchObject([
      { candidates: [{}] },
      { error: { code: 502, status: 'UNAVAILABLE' } },
    ])
  })

  it('gets errors in its shape for paths that nobody serves', async () => {
    await start()
    const unknown = await gateway.postTo('/v1beta/models/chat:predict', body)
    expect(await unknown.json()).toMatchObject({
      error: { code: unknown.status, status: expect.any(String) },
    })
    const broken = await gateway.postTo('/v1beta/models/chat:generateContent?key=la-key', '{"contents": [')
    expect(await broken.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
  })
})
