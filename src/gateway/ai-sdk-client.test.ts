// The AI SDK as a black box, through each of its providers that speaks an API of ours, on an engine that speaks none.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../core/index.js'
import { type ChatRequest, createScriptedModel, type Script, type ScriptedModel } from '../llm/index.js'
import {
  brokenOff,
  clientKey,
  failureOf,
  firstAttempt,
  stalled,
  startClientGateway,
} from './__fixtures__/client-gateway.js'
import { llmError } from './__fixtures__/errors.js'
import { keyRecord, type TestGateway } from './__fixtures__/harness.js'

/** How each provider is pointed at a gateway, as its users do it. */
const providers: Readonly<Record<string, (url: string, apiKey: string, model: string) => LanguageModel>> = {
  openai: (url, apiKey, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model),
  'openai, Responses API': (url, apiKey, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model),
  'openai-compatible': (url, apiKey, model) =>
    createOpenAICompatible({
      name: 'gateway',
      baseURL: `${url}/v1`,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    }).chatModel(model),
  anthropic: (url, apiKey, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(model),
  google: (url, apiKey, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey })(model),
}

let gateway: TestGateway
let engine: ScriptedModel
const start = async (script: Script = 'Hello') => {
  engine = createScriptedModel({ id: 'main', script, clock: systemClock, facts: { vision: true } })
  gateway = await startClientGateway({ models: { main: engine } })
}
afterEach(() => gateway.close())

const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 5, reasoning: 3 } }
const asked = (call: number): ChatRequest => engine.calls[call]?.request as ChatRequest

describe.each(Object.entries(providers))('the AI SDK with its provider %s', (_name, provider) => {
  const model = (key = clientKey, route = 'chat') => provider(gateway.url, key, route)
  /** One try each: what the client makes of an answer is looked at, not how often it asks. */
  const asks = { maxRetries: 0, maxOutputTokens: 64, providerOptions: { openai: { store: false } } }
  const generate = (more: Partial<Parameters<typeof generateText>[0]> = {}) =>
    generateText({ model: model(), prompt: 'hi', ...asks, ...more } as Parameters<typeof generateText>[0])
  /** The client reports failures of a stream to a callback, too; by default it prints them. */
  const stream = (more: Partial<Parameters<typeof streamText>[0]> = {}) =>
    streamText({
      model: model(),
      prompt: 'hi',
      onError: () => {},
      ...asks,
      ...more,
    } as Parameters<typeof streamText>[0])

  const weather = tool({
    description: 'Tells the weather.',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ({ city, degrees: 21 }),
  })
  const call = { type: 'tool-call', choice: 0, index: 0 } as const
  const inTwoSteps: Script = [
    {
      events: [
        { ...call, id: 'call_1', name: 'weather', arguments: '' },
        { ...call, arguments: '{"city":' },
        { ...call, arguments: '"Taipei"}' },
      ],
      finish: 'tool_calls',
    },
    '21 degrees.',
  ]
  const twoSteps = { tools: { weather }, stopWhen: isStepCount(3) }
  const expectTwoSteps = () => {
    expect(asked(0).tools).toMatchObject([{ name: 'weather', description: 'Tells the weather.' }])
    const parts = asked(1).messages.flatMap((message) => message.parts)
    const said = parts.find((part) => part.type === 'tool-call')
    expect(said).toMatchObject({ name: 'weather', arguments: expect.stringMatching(/"Taipei"/) })
    const result = parts.find((part) => part.type === 'tool-result')
    expect(JSON.stringify(result)).toContain('degrees')
  }

  it('gets a text with its usage', async () => {
    await start({ text: 'Hello', usage })
    const answer = await generate()
    expect(answer.text).toBe('Hello')
    expect(answer.finishReason).toBe('stop')
    expect(answer.usage).toMatchObject({
      inputTokens: 9,
      inputTokenDetails: { cacheReadTokens: 4 },
      outputTokens: 5,
    })
  })

  it('streams a text with its usage', async () => {
    await start({ text: ['Hel', 'lo'], usage })
    const answer = stream()
    const pieces: string[] = []
    for await (const piece of answer.textStream) pieces.push(piece)
    expect(pieces).toEqual(['Hel', 'lo'])
    expect(await answer.finishReason).toBe('stop')
    expect(await answer.usage).toMatchObject({
      inputTokens: 9,
      inputTokenDetails: { cacheReadTokens: 4 },
      outputTokens: 5,
    })
  })

  it('calls a tool and answers with its result', async () => {
    await start(inTwoSteps)
    const answer = await generate(twoSteps)
    expect(answer.text).toBe('21 degrees.')
    expect(answer.steps[0]).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ toolName: 'weather', input: { city: 'Taipei' } }],
    })
    expectTwoSteps()
  })

  it('streams a tool call and the answer with its result', async () => {
    await start(inTwoSteps)
    const answer = stream(twoSteps)
    expect(await answer.text).toBe('21 degrees.')
    const [step] = await answer.steps
    expect(step).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ toolName: 'weather', input: { city: 'Taipei' } }],
    })
    expectTwoSteps()
  })

  const output = Output.object({ schema: z.object({ city: z.string(), degrees: z.number() }) })
  /** The provider asks for it as the API of its vendor has it: a format, or a tool. */
  const inShape: Script = ({ responseFormat, tools = [] }) => {
    const text = ['{"city":"Taipei",', '"degrees":21}']
    if (responseFormat?.type === 'json-schema') return { text }
    const [{ name } = { name: 'none' }] = tools
    const pieces = text.map((piece) => ({ ...call, arguments: piece }))
    return { events: [{ ...call, id: 'call_1', name, arguments: '' }, ...pieces], finish: 'tool_calls' }
  }

  it('gets an object of a schema, whole or streamed', async () => {
    await start(inShape)
    expect((await generate({ output })).output).toEqual({ city: 'Taipei', degrees: 21 })
    const answer = stream({ output })
    const partial: unknown[] = []
    for await (const piece of answer.partialOutputStream) partial.push(piece)
    expect(partial[0]).toMatchObject({ city: 'Taipei' })
    expect(await answer.output).toEqual({ city: 'Taipei', degrees: 21 })
    const { responseFormat, tools = [] } = asked(0)
    const [asTool] = tools
    const schema = responseFormat?.type === 'json-schema' ? responseFormat.schema : asTool?.parameters
    expect(schema).toMatchObject({ properties: { degrees: { type: 'number' } } })
  })

  it('sends an image', async () => {
    await start()
    const messages: ModelMessage[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'file', data: Uint8Array.of(137, 80, 78, 71), mediaType: 'image/png' },
        ],
      },
    ]
    await generate({ messages, prompt: undefined } as Partial<Parameters<typeof generateText>[0]>)
    expect(asked(0).messages.flatMap((message) => message.parts)).toMatchObject([
      { type: 'text', text: 'What is it?' },
      { type: 'image', url: 'data:image/png;base64,iVBORw==' },
    ])
  })

  it('raises its own error for a wrong key, an unknown model and a wrong field', async () => {
    await start()
    const wrongKey = await failureOf(generate({ model: model('la-wrong') }))
    expect(APICallError.isInstance(wrongKey)).toBe(true)
    expect(wrongKey).toMatchObject({ statusCode: 401, isRetryable: false })
    const unknown = await failureOf(generate({ model: model(clientKey, 'nobody') }))
    expect(unknown).toMatchObject({ statusCode: 404, isRetryable: false })
    expect((unknown as Error).message).toContain('nobody')
    const wrong = await failureOf(generate({ topP: 7 }))
    expect(wrong).toMatchObject({ statusCode: 400, isRetryable: false })
    expect((wrong as Error).message).toMatch(/top_?p/i)
  })

  it('is told when to come again, and that an engine is away', async () => {
    await start({ failBefore: llmError('llm.upstream-unreachable') })
    const away = await failureOf(generate())
    expect(away).toMatchObject({ statusCode: 502, isRetryable: true })
    gateway.keys.set(clientKey, keyRecord({ requestsPerMinute: 1 }))
    await failureOf(generate())
    const limited = await failureOf(generate())
    expect(limited).toMatchObject({ statusCode: 429, isRetryable: true })
    const { responseHeaders = {} } = limited as APICallError
    expect(Number(responseHeaders['retry-after'])).toBeGreaterThan(0)
  })

  it('sees that an answer breaks off', async () => {
    await start(brokenOff)
    const failures: unknown[] = []
    const answer = stream({ onError: ({ error }) => void failures.push(error) })
    let text = ''
    const types: string[] = []
    for await (const part of answer.fullStream) {
      types.push(part.type)
      if (part.type === 'text-delta') text += part.text
    }
    expect(text).toBe('ab')
    expect(types).toContain('error')
    expect(failures).toHaveLength(1)
    expect(JSON.stringify(failures[0]) + String(failures[0])).toMatch(/broke off/)
    // None of them may pass for an answer that has ended well.
    const finish = await failureOf(answer.finishReason)
    expect(finish).not.toBe('stop')
  })

  it('ends the call upstream when it aborts', async () => {
    await start(stalled)
    const abort = new AbortController()
    const answer = stream({ abortSignal: abort.signal })
    for await (const part of answer.fullStream) if (part.type === 'text-delta') abort.abort()
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })
})
