// LangChain's OpenAI client as a black box, through both of the APIs it speaks, on an engine that speaks none.

import { AIMessageChunk, type BaseMessage, HumanMessage, type ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
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

let gateway: TestGateway
let engine: ScriptedModel
const start = async (script: Script = 'Hello') => {
  engine = createScriptedModel({ id: 'main', script, clock: systemClock, facts: { vision: true } })
  gateway = await startClientGateway({ models: { main: engine } })
}
afterEach(() => gateway.close())

const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 5, reasoning: 3 } }
const expectedUsage = {
  input_tokens: 9,
  output_tokens: 5,
  input_token_details: { cache_read: 4 },
  output_token_details: { reasoning: 3 },
}
const asked = (call: number): ChatRequest => engine.calls[call]?.request as ChatRequest
const partsOf = (call: number) => asked(call).messages.flatMap((message) => message.parts)

describe.each([
  ['chat completions', false],
  ['responses', true],
] as const)('ChatOpenAI of LangChain, by %s', (_name, useResponsesApi) => {
  const clientOf = (apiKey = clientKey, model = 'chat', more: { topP?: number } = {}) =>
    new ChatOpenAI({
      model,
      apiKey,
      useResponsesApi,
      maxRetries: 0,
      configuration: { baseURL: `${gateway.url}/v1` },
      // Kept responses need a database, and are another test's business.
      ...(useResponsesApi && { zdrEnabled: true }),
      ...more,
    })
  const weather = tool(async ({ city }) => `${city}: 21 degrees`, {
    name: 'weather',
    description: 'Tells the weather.',
    schema: z.object({ city: z.string() }),
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
  /** Runs the tools that were asked for and asks again. */
  const answerTools = async (messages: readonly BaseMessage[], said: AIMessageChunk) => {
    const results = await Promise.all((said.tool_calls ?? []).map((wanted) => weather.invoke(wanted)))
    return clientOf()
      .bindTools([weather])
      .invoke([...messages, said, ...(results as ToolMessage[])])
  }
  const joined = async (stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> => {
    let whole: AIMessageChunk | undefined
    for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk
    return whole ?? new AIMessageChunk('')
  }

  it('gets a text with its usage', async () => {
    await start({ text: 'Hello', usage })
    const answer = await clientOf().invoke('hi')
    expect(answer.text).toBe('Hello')
    expect(answer.usage_metadata).toMatchObject(expectedUsage)
  })

  it('streams a text with its usage', async () => {
    await start({ text: ['Hel', 'lo'], usage })
    const pieces: string[] = []
    let whole: AIMessageChunk | undefined
    for await (const chunk of await clientOf().stream('hi')) {
      if (chunk.text) pieces.push(chunk.text)
      whole = whole ? whole.concat(chunk) : chunk
    }
    expect(pieces).toEqual(['Hel', 'lo'])
    expect(whole?.usage_metadata).toMatchObject(expectedUsage)
  })

  it.each([false, true])('calls a tool and answers with its result (streamed: %s)', async (isStreamed) => {
    await start(inTwoSteps)
    const messages = [new HumanMessage('What is the weather?')]
    const client = clientOf().bindTools([weather])
    const said = isStreamed
      ? await joined(await client.stream(messages))
      : ((await client.invoke(messages)) as AIMessageChunk)
    expect(said.tool_calls).toMatchObject([{ id: 'call_1', name: 'weather', args: { city: 'Taipei' } }])
    const answer = await answerTools(messages, said)
    expect(answer.text).toBe('21 degrees.')
    expect(asked(0).tools).toMatchObject([{ name: 'weather', description: 'Tells the weather.' }])
    expect(partsOf(1).find((part) => part.type === 'tool-result')).toMatchObject({
      id: 'call_1',
      content: [{ type: 'text', text: 'Taipei: 21 degrees' }],
    })
  })

  const shape = z.object({ city: z.string(), degrees: z.number() })
  const inShape = '{"city":"Taipei","degrees":21}'
  it('gets an object of a schema', async () => {
    await start(inShape)
    const answer = await clientOf().withStructuredOutput(shape, { method: 'jsonSchema' }).invoke('hi')
    expect(answer).toEqual({ city: 'Taipei', degrees: 21 })
    expect(asked(0).responseFormat).toMatchObject({
      type: 'json-schema',
      schema: { properties: { degrees: { type: 'number' } } },
    })
  })

  it('gets an object by the call of a tool', async () => {
    await start({
      events: [{ ...call, id: 'call_1', name: 'extract', arguments: inShape }],
      finish: 'tool_calls',
    })
    const client = clientOf().withStructuredOutput(shape, { method: 'functionCalling', name: 'extract' })
    expect(await client.invoke('hi')).toEqual({ city: 'Taipei', degrees: 21 })
    expect(asked(0)).toMatchObject({ toolChoice: { name: 'extract' } })
  })

  it('sends an image', async () => {
    await start()
    const url = 'data:image/png;base64,iVBORw=='
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    await clientOf().invoke([new HumanMessage({ content })])
    expect(partsOf(0)).toMatchObject([
      { type: 'text', text: 'What is it?' },
      { type: 'image', url },
    ])
  })

  it('raises an error for a wrong key, an unknown model and a wrong field', async () => {
    await start()
    expect(await failureOf(clientOf('la-wrong').invoke('hi'))).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
    expect(await failureOf(clientOf(clientKey, 'nobody').invoke('hi'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
    })
    expect(await failureOf(clientOf(clientKey, 'chat', { topP: 7 }).invoke('hi'))).toMatchObject({
      status: 400,
      param: 'top_p',
    })
  })

  it('is told when to come again, and that an engine is away', async () => {
    await start({ failBefore: llmError('llm.upstream-unreachable') })
    expect(await failureOf(clientOf().invoke('hi'))).toMatchObject({ status: 502 })
    gateway.keys.set(clientKey, keyRecord({ requestsPerMinute: 1 }))
    await failureOf(clientOf().invoke('hi'))
    const limited = (await failureOf(clientOf().invoke('hi'))) as { status: number; headers: Headers }
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('sees that an answer breaks off', async () => {
    await start(brokenOff)
    let text = ''
    const failure = await failureOf(
      (async () => {
        for await (const chunk of await clientOf().stream('hi')) text += chunk.text
      })(),
    )
    expect(text).toBe('ab')
    expect(String((failure as Error | undefined)?.message)).toMatch(/broke off/)
  })

  it('ends the call upstream when it aborts', async () => {
    await start(stalled)
    const abort = new AbortController()
    const failure = await failureOf(
      (async () => {
        for await (const chunk of await clientOf().stream('hi', { signal: abort.signal }))
          if (chunk.text) abort.abort()
      })(),
    )
    expect(failure).toBeInstanceOf(Error)
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })
})
