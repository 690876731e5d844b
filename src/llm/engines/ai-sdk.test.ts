// What the engine for providers of the AI SDK makes of their answers; contract.test.ts has what all engines share, with
// a fake model and with an installed provider before a server.

import type { LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { engineOf, failureOf } from '../__fixtures__/provider-engine.js'
import { apiCallError, finishOf, type Piece, says, started, usageOf } from '../__fixtures__/provider-model.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import type { ProviderModel } from '../ai-sdk/provider-model.js'
import { attemptsOf } from '../attempts.js'
import type { Part, ResponseFormat } from '../contract.js'
import { generate } from '../generate.js'

const text = (said: string): Part => ({ type: 'text', text: said, source: 'user' })
const streamed = (pieces: readonly Piece[]) => engineOf({ stream: () => pieces })
const eventsAfter = async (pieces: readonly Piece[]) => eventsOf(await collect(await streamed(pieces).open()))

describe('the models it takes', () => {
  it('are those of the AI SDK, by its own types', () => {
    const takes = (model: ProviderModel) => model.specificationVersion
    expect(takes({ specificationVersion: 'v4' } as LanguageModelV4)).toBe('v4')
    expect(takes({ specificationVersion: 'v3' } as LanguageModelV3)).toBe('v3')
  })
})

describe('what a provider leaves out', () => {
  const warning = { type: 'unsupported', feature: 'topK' } as const
  const refusal = { code: 'llm.not-capable', params: { deployment: 'small', field: 'top_k' } }

  it('is refused before the first content, and its call is ended', async () => {
    const { open, asked } = streamed([started(warning), says('Hello'), finishOf()])
    expect(await failureOf(open())).toMatchObject(refusal)
    expect(asked()?.abortSignal?.aborted).toBe(true)
  })

  it('is refused with the usage of an answer that came whole', async () => {
    const { open } = engineOf({ generate: () => ({ warnings: [warning], usage: usageOf(9, 2) }) })
    const error = await failureOf(open({ stream: false }))
    expect(error).toMatchObject(refusal)
    expect(attemptsOf(error)).toMatchObject([{ end: 'failed', usage: { input: { total: 9 } } }])
  })

  it('is not what it only advises on', async () => {
    const { open } = streamed([
      started({ type: 'other', message: 'Mind the gap.' }),
      says('Hello'),
      finishOf(),
    ])
    expect(textOf(await collect(await open()))).toBe('Hello')
  })
})

describe('an answer', () => {
  it('has the calls of several tools, in pieces or whole', async () => {
    const events = await eventsAfter([
      started(),
      { type: 'tool-input-start', id: 'a', toolName: 'weather' },
      { type: 'tool-input-delta', id: 'a', delta: '{"city":' },
      { type: 'tool-input-delta', id: 'a', delta: '"Taipei"}' },
      { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'weather', input: '{"city":"Taipei"}' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'clock', input: '{}' },
      { type: 'tool-input-start', id: 'c', toolName: 'patch', inputEncoding: 'text' },
      { type: 'tool-input-delta', id: 'c', delta: 'raw' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'patch', input: '"raw"' },
      finishOf('tool-calls'),
    ])
    const call = { type: 'tool-call', choice: 0 }
    expect(events).toEqual([
      expect.objectContaining({ type: 'start' }),
      { ...call, index: 0, id: 'a', name: 'weather', arguments: '' },
      { ...call, index: 0, arguments: '{"city":' },
      { ...call, index: 0, arguments: '"Taipei"}' },
      { ...call, index: 1, id: 'b', name: 'clock', arguments: '{}' },
      { ...call, index: 2, id: 'c', name: 'patch', arguments: '"raw"' },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
    ])
  })

  it('has reasoning whose signature takes what the provider wants back', async () => {
    const { open } = streamed([
      started(),
      { type: 'reasoning-start', id: 'r', providerMetadata: { fake: { itemId: 'rs_1' } } },
      { type: 'reasoning-delta', id: 'r', delta: 'Hmm.' },
      { type: 'reasoning-end', id: 'r', providerMetadata: { fake: { signature: 'abc' } } },
      says('Hello'),
      finishOf(),
    ])
    const events = eventsOf(await collect(await open()))
    const said = events.filter((event) => event.type === 'reasoning')
    expect(said.map((event) => event.text).join('')).toBe('Hmm.')
    const signature = said.at(-1)?.signature ?? ''
    const { open: ask, asked } = engineOf()
    const parts: Part[] = [{ type: 'reasoning', text: 'Hmm.', signature }, text('Hello')]
    await collect(await ask({ messages: [{ role: 'assistant', parts }] }))
    expect(asked()?.prompt[0]?.content[0]).toEqual({
      type: 'reasoning',
      text: 'Hmm.',
      providerOptions: { fake: { itemId: 'rs_1', signature: 'abc' } },
    })
    await collect(
      await ask({
        messages: [{ role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm', signature: 'x' }] }],
      }),
    )
    expect(asked()?.prompt[0]?.content[0]).toEqual({ type: 'reasoning', text: 'Hm' })
  })

  it('that came whole has text, reasoning, calls and usage', async () => {
    const { engine } = engineOf({
      generate: () => ({
        content: [
          { type: 'reasoning', text: 'Hmm.' },
          { type: 'text', text: 'Looking.' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'weather', input: '{}' },
        ],
        finishReason: { unified: 'tool-calls', raw: 'tool_use' },
        usage: usageOf(9, 5, { cacheRead: 4, reasoning: 2 }),
      }),
      headers: { 'x-ratelimit-remaining': '9', 'set-cookie': 'a=b' },
    })
    const stream = await engine.open(testRequest({ stream: false }), testCall())
    expect([...stream.head.headers]).toEqual([['x-ratelimit-remaining', '9']])
    expect(eventsOf(await collect(stream)).map(({ type }) => type)).toEqual([
      'start',
      'reasoning',
      'text',
      'tool-call',
      'finish',
      'usage',
    ])
    expect((await stream.outcome).usage).toEqual({
      input: { total: 9, cacheRead: 4, cacheWrite: 0 },
      output: { total: 5, reasoning: 2 },
    })
  })

  it('in JSON is what the provider took for it, without its drafts', async () => {
    const { engine } = engineOf({
      generate: () => ({
        content: [
          { type: 'text', text: 'A draft.' },
          { type: 'text', text: '{"a":1}' },
        ],
        structuredOutputText: '{"a":1}',
      }),
    })
    const textFor = async (responseFormat: ResponseFormat) => {
      const stream = await engine.open(testRequest({ stream: false, responseFormat }), testCall())
      return textOf(await collect(stream))
    }
    expect(await textFor({ type: 'json' })).toBe('{"a":1}')
    expect(await textFor({ type: 'text' })).toBe('A draft.{"a":1}')
  })

  it.each<[Piece, string | undefined]>([
    [finishOf('length'), 'length'],
    [finishOf('content-filter'), 'content_filter'],
    [finishOf('other', usageOf(), 'pause_turn'), 'pause_turn'],
    [finishOf('other'), undefined],
    [finishOf('interrupted'), undefined],
    [finishOf('error', usageOf(), 'MALFORMED_FUNCTION_CALL'), undefined],
  ])('that ends with %j has the finish %s', async (finish, reason) => {
    const stream = await streamed([started(), says('Hello'), finish]).open()
    const frames = await collect(stream)
    const outcome = await stream.outcome
    expect(outcome.end).toBe(reason === undefined ? 'failed' : 'finished')
    expect(outcome.finish.get(0)).toBe(reason)
    expect(eventsOf(frames).at(-1)?.type).toBe(reason === undefined ? 'error' : 'finish')
  })

  it('of files cannot be passed on, and says so', async () => {
    const file: Piece = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } }
    expect(await failureOf(streamed([started(), file, finishOf()]).open())).toMatchObject({
      code: 'llm.upstream-unreadable',
      params: { reason: 'a file of type image/png' },
    })
  })

  it('is read no faster than its reader takes it', async () => {
    let made = 0
    const piece = 'x'.repeat(64 * 1024)
    const { open } = engineOf({
      stream: async function* () {
        yield started()
        for (; made < 40; made++) yield says(piece)
        yield finishOf()
      },
    })
    const stream = await open()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(made).toBeLessThan(10)
    expect(textOf(await collect(stream))).toHaveLength(40 * piece.length)
  })
})

describe('a failure of the provider', () => {
  const failing = (error: unknown) =>
    failureOf(
      engineOf({
        generate: () => {
          throw error
        },
      }).open({ stream: false }),
    )

  it('has the status, the words and the Retry-After of its server, and no secret', async () => {
    const responseBody = JSON.stringify({
      error: { message: 'Slow down, very-secret-value.', type: 'rate_limit_error', code: 'busy' },
    })
    const error = await failing(
      apiCallError({ statusCode: 429, responseBody, responseHeaders: { 'retry-after': '7' } }),
    )
    expect(error).toMatchObject({
      code: 'llm.upstream-status',
      retryable: true,
      params: {
        status: 429,
        retryAfterMs: 7000,
        upstreamType: 'rate_limit_error',
        upstreamCode: 'busy',
        detail: 'Slow down, [key].',
      },
    })
    expect(JSON.stringify(error) + error.message).not.toContain('very-secret')
  })

  it.each<[string, unknown, string, boolean]>([
    ['a refusal', apiCallError({ statusCode: 400 }), 'llm.upstream-status', false],
    ['no connection', apiCallError({ cause: { code: 'ECONNREFUSED' } }), 'llm.upstream-unreachable', true],
    ['no answer', apiCallError({ statusCode: 200 }), 'llm.upstream-unreadable', false],
    [
      'no JSON',
      apiCallError({ statusCode: 200, cause: Object.assign(new Error('{'), { name: 'AI_JSONParseError' }) }),
      'llm.upstream-unreadable',
      false,
    ],
    [
      'an answer that was cut',
      apiCallError({ statusCode: 200, cause: new TypeError('terminated') }),
      'llm.upstream-broke-off',
      true,
    ],
    [
      'a missing setting',
      Object.assign(new Error('no region'), { name: 'AI_LoadSettingError' }),
      'llm.engine-failed',
      false,
    ],
    [
      'something that is not supported',
      Object.assign(new Error('no'), {
        name: 'AI_UnsupportedFunctionalityError',
        functionality: 'image URLs',
      }),
      'llm.not-capable',
      false,
    ],
    ['a fault of its own', new TypeError('x is undefined'), 'llm.engine-failed', true],
  ])('because of %s is typed', async (_name, cause, code, retryable) => {
    expect(await failing(cause)).toMatchObject({ code, retryable })
  })

  it('inside a stream is an error, before and after the first content', async () => {
    const said: Piece = { type: 'error', error: { message: 'Overloaded', type: 'overloaded_error' } }
    const expected = { code: 'llm.upstream-error', retryable: true, params: { detail: 'Overloaded' } }
    expect(await failureOf(streamed([started(), said, finishOf()]).open())).toMatchObject(expected)
    const events = await eventsAfter([started(), says('Hel'), said, finishOf()])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: expected })
  })

  it('by silence ends its call when the time is over', async () => {
    const clock = createManualClock()
    const silent = engineOf(
      { stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }) },
      { clock },
    )
    const opening = failureOf(silent.open())
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(60_000)
    expect(await opening).toMatchObject({ code: 'llm.upstream-timeout', params: { phase: 'first-content' } })
    expect(silent.asked()?.abortSignal?.aborted).toBe(true)
  })
})

describe('a call that is given up', () => {
  it('is aborted at the provider', async () => {
    const { engine, asked } = engineOf({
      stream: async function* () {
        yield started()
        yield says('Hel')
        await new Promise(() => {})
      },
    })
    const stream = await engine.open(testRequest(), testCall())
    await stream.cancel('client-gone')
    expect(asked()?.abortSignal?.aborted).toBe(true)
  })

  it('is put together by generate all the same', async () => {
    const { engine } = engineOf()
    expect((await generate(engine, testRequest(), testCall())).choices).toMatchObject([{ text: 'Hello' }])
  })
})
