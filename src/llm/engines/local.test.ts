import { describe, expect, it } from 'vitest'
import { ArchitectError, createManualClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import type { LlamaChatParams, LlamaChatProgress } from '../local/protocol.js'
import { codecs } from '../wire/codecs.js'
import { createLocalModel } from './local.js'
import { parseLocalOptions } from './local-options.js'
import type { LlamaPort } from './local-port.js'

interface Asked {
  readonly params: LlamaChatParams
  readonly signal: AbortSignal | undefined
  tell(progress: Partial<LlamaChatProgress>): void
  finish(result: object): void
  fail(error: Error): void
}

/** A process that answers when the test says so. */
const createProcess = (description: object = { contextLength: 4096, canChat: true }) => {
  const asked: Asked[] = []
  const port: LlamaPort = {
    ready: Promise.resolve(),
    request: <T>(method: string, params: unknown, options: Parameters<LlamaPort['request']>[2] = {}) => {
      if (method === 'describe') return Promise.resolve(description as T)
      const answer = Promise.withResolvers<unknown>()
      asked.push({
        params: params as LlamaChatParams,
        signal: options.signal,
        tell: (progress) =>
          options.onProgress?.({
            promptTokens: 9,
            cachedTokens: 4,
            completionTokens: 0,
            said: [],
            ...progress,
          }),
        finish: answer.resolve,
        fail: answer.reject,
      })
      return answer.promise as Promise<T>
    },
    close: async () => {},
  }
  return { port, asked }
}

const create = (process = createProcess()) => {
  const clock = createManualClock()
  const model = createLocalModel({ deployment, facts, port: process.port, clock, temperature: 0.5 })
  return { model, clock, asked: process.asked }
}
const text = (said: string) => [{ type: 'text', text: said }] as const
const counted = { finish: 'stop', promptTokens: 9, cachedTokens: 4, completionTokens: 3, reasoningTokens: 1 }

describe('the local engine', () => {
  it('knows after loading what the model can do', async () => {
    const { model } = create(createProcess({ contextLength: 512, canChat: false }))
    await model.ready
    expect(model.facts).toMatchObject({ contextLength: 512, tools: false })
  })

  it('passes on what an answer depends on, with the temperature of the deployment and the tenant of the caller', async () => {
    const { model, asked } = create()
    const opening = model.open(
      testRequest({ stop: ['END'], logprobs: { top: 2 } }),
      testCall({ tenant: 'bank' }),
    )
    expect(asked[0]?.params).toMatchObject({
      tenant: 'bank',
      temperature: 0.5,
      stop: ['END'],
      logprobs: { top: 2 },
    })
    asked[0]?.finish(counted)
    await opening
    const second = model.open(testRequest({ temperature: 0 }), testCall())
    expect(asked[1]?.params.temperature).toBe(0)
    asked[1]?.finish(counted)
    await second
  })

  it.each([
    ['tools[0]', { tools: [{ type: 'web_search' }] }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
  ])('asks nothing of its process where %s stands for what another server has', async (field, change) => {
    const { model, asked } = create()
    const request = codecs['openai-responses'].decodeRequest({ model: 'a', input: 'hi', ...change })
    await expect(model.open(request, testCall())).rejects.toMatchObject({
      code: 'llm.request-not-expressible',
      params: { field },
    })
    expect(asked).toEqual([])
  })

  it('asks nothing of its process for a message of a thread, which holds what was said before', async () => {
    const { model, asked } = create()
    const request = codecs['anthropic-messages'].decodeRequest({
      model: 'a',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hi' }],
      thread: { type: 'continue', previous_message_id: 'msg_1' },
    })
    await expect(model.open(request, testCall())).rejects.toMatchObject({
      code: 'llm.request-not-expressible',
      params: { field: 'thread' },
    })
    expect(asked).toEqual([])
  })

  it('reports what was counted, the reused part of the prompt with it', async () => {
    const { model, asked } = create()
    const opening = model.open(testRequest(), testCall())
    asked[0]?.tell({ completionTokens: 2, said: text('Fifteen') })
    const stream = await opening
    asked[0]?.finish(counted)
    const events = eventsOf(await collect(stream))
    expect(events.at(-1)).toMatchObject({
      type: 'usage',
      usage: { input: { total: 9, cacheRead: 4 }, output: { total: 3, reasoning: 1 } },
    })
    expect((await stream.outcome).attempts).toMatchObject([{ usageSource: 'reported', end: 'finished' }])
  })

  it('what was said before a cancel is counted to the token', async () => {
    const { model, asked } = create()
    const opening = model.open(testRequest(), testCall())
    asked[0]?.tell({ completionTokens: 7, said: text('Fif') })
    const stream = await opening
    await stream.cancel('client-gone')
    expect(asked[0]?.signal?.aborted).toBe(true)
    expect(await stream.outcome).toMatchObject({
      usage: { input: { total: 9 }, output: { total: 7 } },
      attempts: [{ usageSource: 'partial' }],
    })
  })

  it('asks once for each choice, and counts the prompt once', async () => {
    const { model, asked } = create()
    const opening = model.open(testRequest({ choices: 2, seed: 5 }), testCall())
    expect(asked.map(({ params }) => params.seed)).toEqual([5, 6])
    asked[1]?.tell({ said: text('B') })
    const stream = await opening
    asked[0]?.tell({ said: text('A') })
    for (const one of asked) one.finish(counted)
    const events = eventsOf(await collect(stream))
    expect(events.filter(({ type }) => type === 'text')).toMatchObject([
      { choice: 1, text: 'B' },
      { choice: 0, text: 'A' },
    ])
    expect(await stream.outcome).toMatchObject({
      finish: new Map([
        [0, 'stop'],
        [1, 'stop'],
      ]),
      usage: { input: { total: 9 }, output: { total: 6 } },
    })
  })

  it('one failed choice fails the answer, and the other is given up', async () => {
    const { model, asked } = create()
    const opening = model.open(testRequest({ choices: 2 }), testCall())
    asked[0]?.fail(new ArchitectError('llm.queue-full', { status: 429 }, 'full', { retryable: true }))
    await expect(opening).rejects.toMatchObject({ code: 'llm.queue-full', params: { status: 429 } })
    expect(asked[1]?.signal?.aborted).toBe(true)
  })

  it('gives up when the first content does not come in time', async () => {
    const { model, clock, asked } = create()
    const opening = model.open(testRequest(), testCall())
    const failed = expect(opening).rejects.toMatchObject({
      code: 'llm.upstream-timeout',
      params: { phase: 'first-content', limitMs: 60_000 },
    })
    await clock.advance(61_000)
    await failed
    expect(asked[0]?.signal?.aborted).toBe(true)
  })

  it('work that says nothing yet moves the limit after the first content', async () => {
    const { model, clock, asked } = create()
    const opening = model.open(testRequest(), testCall())
    asked[0]?.tell({ completionTokens: 1, said: text('Fif') })
    const stream = await opening
    await clock.advance(50_000)
    asked[0]?.tell({ completionTokens: 17 })
    await clock.advance(50_000)
    asked[0]?.tell({ completionTokens: 18, said: text('teen') })
    await clock.advance(61_000)
    const frames = await collect(stream)
    expect(textOf(frames)).toBe('Fifteen')
    expect(eventsOf(frames).at(-1)).toMatchObject({ error: { params: { phase: 'idle' } } })
  })

  it("the caller's deadline ends it", async () => {
    const { model, clock } = create()
    const opening = model.open(testRequest(), testCall({ deadlineMs: clock.monotonicMs() + 2_000 }))
    const failed = expect(opening).rejects.toMatchObject({
      retryable: false,
      params: { phase: 'deadline', limitMs: 2_000 },
    })
    await clock.advance(3_000)
    await failed
  })

  it('a process that ended is a failure for which the next deployment may be asked', async () => {
    const { model, asked } = create()
    const opening = model.open(testRequest(), testCall())
    const crash = { name: 'llama', detail: 'signal SIGKILL' }
    asked[0]?.fail(new ArchitectError('supervisor.child-crashed', crash, 'gone', { retryable: true }))
    await expect(opening).rejects.toMatchObject({
      code: 'llm.upstream-broke-off',
      retryable: true,
      params: { reason: 'signal SIGKILL' },
    })
  })
})

describe('its options', () => {
  it('have defaults that leave a core free', () => {
    const options = parseLocalOptions('small', {})
    expect(options).toMatchObject({ sequences: 4, maxWaiting: 64, gpu: 'auto', lora: [], temperature: 1 })
    expect(options.threads).toBeGreaterThanOrEqual(1)
  })

  it('that are wrong are named', () => {
    expect(() => parseLocalOptions('small', { threads: 0, sequence: 3 })).toThrow(
      expect.objectContaining({
        code: 'llm.options-invalid',
        params: expect.objectContaining({ detail: expect.stringMatching(/threads.*sequence/s) }),
      }),
    )
  })
})
