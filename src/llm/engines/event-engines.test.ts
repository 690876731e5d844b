// What the engines of the Messages and Responses APIs have to themselves; contract.test.ts has what all engines share.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { messageOf, named } from '../__fixtures__/anthropic-server.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { responseOf } from '../__fixtures__/responses-server.js'
import { bytesOf, collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import type { ChatCall, ChatRequest, ChatStream } from '../contract.js'
import { editRequest, wireOf } from '../identity.js'
import { codecs } from '../wire/codecs.js'
import { createAnthropicMessagesModel } from './anthropic-messages.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { HttpChatModel } from './http-chat-model.js'
import { createOpenAiResponsesModel } from './openai-responses.js'

const key = 'sk-ant-0123456789abcdef'
const create = {
  'anthropic-messages': createAnthropicMessagesModel,
  'openai-responses': createOpenAiResponsesModel,
} as const
type EventDialect = keyof typeof create
const dialects = Object.keys(create) as EventDialect[]

let upstream: FakeUpstream
let models: Readonly<Record<EventDialect, HttpChatModel>>
const createModel = (dialect: EventDialect, changes: Partial<EngineDeployment> = {}) =>
  create[dialect]({
    deployment: { ...deployment, address: upstream.address, ...changes },
    facts,
    apiKey: key,
    clock: systemClock,
  })

beforeAll(async () => {
  upstream = await startFakeUpstream()
  models = {
    'anthropic-messages': createModel('anthropic-messages'),
    'openai-responses': createModel('openai-responses'),
  }
})
afterAll(async () => {
  await upstream.close()
  for (const model of Object.values(models)) await model.close()
})

const open = (
  dialect: EventDialect,
  behaviour: Behaviour,
  { request = testRequest(), call = {} }: { request?: ChatRequest; call?: Partial<ChatCall> } = {},
): Promise<ChatStream> => {
  upstream.behave(behaviour)
  return models[dialect].open(request, testCall(call))
}
const streams =
  (...events: readonly string[]): Behaviour =>
  async (connection) => {
    connection.head()
    for (const event of events) await connection.chunk(event)
    connection.end()
  }
const answers: Readonly<Record<EventDialect, (...texts: readonly string[]) => readonly string[]>> = {
  'anthropic-messages': messageOf,
  'openai-responses': (...pieces) => {
    const { opening, deltas, closing } = responseOf({ pieces, usage: { input: 9, output: pieces.length } })
    return [...opening, ...deltas, ...closing]
  },
}
const fixture = (name: string) => readFileSync(new URL(`../wire/__fixtures__/${name}`, import.meta.url))
const sent = () => upstream.requests.at(-1) ?? { head: '', headers: new Map<string, string>(), body: '' }
const reject = async (opening: Promise<unknown>) => {
  const error = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeDefined()
  return error as { code: string; message: string }
}

describe('any chunking of a recording', () => {
  const recordings = [
    ['anthropic-messages', 'anthropic-messages-thinking-tools.sse'],
    ['anthropic-messages', 'anthropic-messages-citations.sse'],
    ['openai-responses', 'openai-responses-reasoning-tools.sse'],
    ['openai-responses', 'openai-responses-text.sse'],
  ] as const

  it('gives the same events and the same bytes, whoever reads which frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...recordings),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        async ([dialect, name], positions, isSpread, isReadBackwards) => {
          const bytes = fixture(name)
          const at = [0, ...positions.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
          const stream = await open(dialect, async (connection) => {
            connection.head()
            for (const [i, end] of at.slice(1).entries()) {
              if (end > (at[i] ?? 0)) await connection.chunk(bytes.subarray(at[i], end))
              if (isSpread) await new Promise((resolve) => setImmediate(resolve))
            }
            connection.end()
          })
          const frames = await collect(stream)
          if (isReadBackwards) for (const frame of [...frames].reverse()) frame.events()
          expect(bytesOf(frames)).toBe(bytes.toString('utf8'))
          const decoded = codecs[dialect].createStreamDecoder().push(bytes)
          expect(eventsOf(frames)).toEqual(decoded)
          const outcome = await stream.outcome
          expect(outcome.end).toBe('finished')
          const usage = decoded.findLast((event) => event.type === 'usage')
          expect(outcome.usage).toEqual(usage?.type === 'usage' && usage.usage)
        },
      ),
      { numRuns: 80 },
    )
  })
})

describe.each(dialects)('a client of %s', (dialect) => {
  const text = fixture(`${dialect}-request.json`).toString('utf8')
  const fromClient = (written = text) =>
    codecs[dialect].decodeRequest(JSON.parse(written), {
      dialect,
      framing: 'json',
      bytes: Buffer.from(written),
    })

  it('is passed on byte for byte, but for the model', async () => {
    await collect(await open(dialect, streams(...answers[dialect]('ok')), { request: fromClient() }))
    const { model } = JSON.parse(text)
    expect(sent().body).toBe(text.replace(JSON.stringify(model), '"tiny-1"'))
  })

  it('is written anew when it was edited, or says a field twice', async () => {
    const twice = text.replace(/^\s*\{/, '{"model":"other",')
    for (const request of [editRequest(fromClient(), { temperature: 0.5 }), fromClient(twice)]) {
      await collect(await open(dialect, streams(...answers[dialect]('ok')), { request }))
      expect(sent().body.match(/"model":/g)).toHaveLength(1)
      expect(JSON.parse(sent().body).model).toBe('tiny-1')
    }
  })

  it('gets the bytes of the answer, whole or streamed', async () => {
    const events = answers[dialect]('跨行', ' transfer')
    const frames = await collect(await open(dialect, streams(...events)))
    expect(bytesOf(frames)).toBe(events.join(''))
    const answer = fixture(`${dialect}-answer.json`).toString('utf8')
    const whole = await collect(
      await open(dialect, (connection) => connection.json(answer), {
        request: testRequest({ stream: false }),
      }),
    )
    expect(whole.map((frame) => wireOf(frame)?.framing)).toEqual(['json'])
    expect(bytesOf(whole)).toBe(answer)
  })

  it('finds neither cookies nor what concerns only the connection in the head', async () => {
    const stream = await open(dialect, async (connection) => {
      connection.head(200, { 'set-cookie': 'a=b', 'keep-alive': 'timeout=5', 'x-ratelimit-remaining': '9' })
      await connection.chunk(answers[dialect]('ok').join(''))
      connection.end()
    })
    await collect(stream)
    expect([...stream.head.headers.keys()].sort()).toEqual(['content-type', 'x-ratelimit-remaining'])
    await collect(await open(dialect, streams(...answers[dialect]('again'))))
    expect(sent().headers.has('cookie')).toBe(false)
  })
})

describe('the head of a request', () => {
  it.each([
    ['anthropic-messages', {}, { 'x-api-key': key, 'anthropic-version': '2023-06-01' }, 'authorization'],
    ['anthropic-messages', { keyHeader: 'authorization' }, { authorization: `Bearer ${key}` }, 'x-api-key'],
    ['openai-responses', {}, { authorization: `Bearer ${key}` }, 'x-api-key'],
    ['openai-responses', { keyHeader: 'api-key' }, { 'api-key': key }, 'authorization'],
  ] as const)(
    'of %s carries the key where the server wants it: %j',
    async (dialect, quirks, headers, absent) => {
      const model = createModel(dialect, { quirks })
      upstream.behave(streams(...answers[dialect]('ok')))
      await collect(await model.open(testRequest(), testCall()))
      expect(Object.fromEntries(sent().headers)).toMatchObject(headers)
      expect(sent().headers.has(absent)).toBe(false)
      await model.close()
    },
  )

  it.each([
    ['anthropic-messages', 'anthropic-messages', '2024-01-01', 'context-1m'],
    ['openai-chat', 'anthropic-messages', '2023-06-01', undefined],
  ] as const)(
    'of a client of %s tells %s what it opted into only where both are one',
    async (own, dialect, version, beta) => {
      await collect(
        await open(dialect, streams(...answers[dialect]('ok')), {
          request: testRequest({ dialect: own }),
          call: { dialectHeaders: { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'context-1m' } },
        }),
      )
      expect(sent().headers.get('anthropic-version')).toBe(version)
      expect(sent().headers.get('anthropic-beta')).toBe(beta)
    },
  )

  it.each([
    ['/openai/v1', {}, '/openai/v1/responses'],
    ['/openai/v1?api-version=preview', {}, '/openai/v1/responses?api-version=preview'],
    [
      '/openai',
      { modelInPath: true, apiVersion: '2024-10-21' },
      '/openai/deployments/tiny-1/responses?api-version=2024-10-21',
    ],
    ['/openai?api-version=a', { apiVersion: 'b' }, '/openai/responses?api-version=a'],
  ] as const)('of a server at %s with %j has the path %s', async (path, quirks, expected) => {
    const address = upstream.address.replace('/v1', path)
    const model = createModel('openai-responses', { address, quirks })
    upstream.behave(streams(...answers['openai-responses']('ok')))
    await collect(await model.open(testRequest(), testCall()))
    expect(sent().head).toBe(`POST ${expected} HTTP/1.1`)
    await model.close()
  })
})

describe('the reasoning of another server', () => {
  const chat = codecs['openai-chat'].decodeRequest({
    model: 'support',
    messages: [
      { role: 'user', content: 'Hi.' },
      { role: 'assistant', content: 'Hello.', reasoning_content: 'A greeting.' },
      { role: 'user', content: 'Bye.' },
    ],
  })

  it.each([
    [{}, ['thinking', 'text']],
    [{ reasoningField: 'none' }, ['text']],
  ] as const)('goes to a server of the Messages API unless it refuses it: %j', async (quirks, types) => {
    const model = createModel('anthropic-messages', { quirks })
    upstream.behave((connection) => connection.json(fixture('anthropic-messages-answer.json').toString()))
    await collect(await model.open(editRequest(chat, { stream: false }), testCall()))
    const [, answer] = JSON.parse(sent().body).messages
    const blocks = typeof answer.content === 'string' ? [{ type: 'text' }] : answer.content
    expect(blocks.map(({ type }: { type: string }) => type)).toEqual(types)
    await model.close()
  })
})

describe('a server that refuses', () => {
  it.each([
    [
      'anthropic-messages',
      429,
      { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' }, request_id: 'req_1' },
      { upstreamType: 'rate_limit_error', retryAfterMs: 7000 },
      true,
    ],
    [
      'anthropic-messages',
      401,
      { type: 'error', error: { type: 'authentication_error', message: `invalid x-api-key ${key}` } },
      { upstreamType: 'authentication_error', detail: 'invalid x-api-key [key]' },
      false,
    ],
    [
      'openai-responses',
      400,
      {
        error: {
          message: 'Too long.',
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
          param: 'input',
        },
      },
      { upstreamCode: 'context_length_exceeded', upstreamParam: 'input' },
      false,
    ],
  ] as const)('%s with status %i gives a typed error', async (dialect, status, body, params, retryable) => {
    const error = await reject(
      open(dialect, (connection) => connection.json(body, status, { 'retry-after': '7' })),
    )
    expect(error).toMatchObject({ code: 'llm.upstream-status', retryable, params: { status, ...params } })
    expect(JSON.stringify(error) + error.message).not.toContain(key)
  })

  it.each([
    [
      'anthropic-messages',
      named({ type: 'error', error: { type: 'overloaded_error', message: `key ${key}` } }),
    ],
    ['openai-responses', named({ type: 'error', code: 'server_error', message: `key ${key}`, param: null })],
    ['openai-responses', named({ type: 'error', error: { code: 'server_error', message: `key ${key}` } })],
    [
      'openai-responses',
      named({
        type: 'response.failed',
        response: { error: { code: 'server_error', message: `key ${key}` } },
      }),
    ],
  ] as const)(
    '%s inside a stream gives an error, before and after its first content: %s',
    async (dialect, event) => {
      const error = await reject(open(dialect, streams(event)))
      expect(error).toMatchObject({
        code: 'llm.upstream-error',
        retryable: true,
        params: { detail: 'key [key]' },
      })
      const content = answers[dialect]('Fif').slice(0, dialect === 'openai-responses' ? 4 : 3)
      const frames = await collect(await open(dialect, streams([...content, event].join(''))))
      expect(textOf(frames)).toBe('Fif')
      expect(eventsOf(frames).at(-1)).toMatchObject({ type: 'error', error: { code: 'llm.upstream-error' } })
      expect(bytesOf(frames)).not.toContain(key)
    },
  )
})

describe('a stream of the Responses API', () => {
  it('without its last event has failed', async () => {
    const events = answers['openai-responses']('Fif', 'teen')
    const stream = await open('openai-responses', streams(...events.slice(0, -1)))
    const frames = await collect(stream)
    expect(eventsOf(frames).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'llm.upstream-broke-off', params: { reason: 'no response.completed' } },
    })
    expect(textOf(frames)).toBe('Fifteen')
  })
})

describe('reasoning that a server of Responses has not kept', () => {
  const summary = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }
  const sealed = { ...summary, id: 'rs_2', encrypted_content: 'gAAAA' }
  const plain = { ...summary, id: 'rs_3', content: [{ type: 'reasoning_text', text: 'Hm.' }] }
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  const result = { type: 'function_call_output', call_id: 'c', output: 'r' }
  const said = (...items: readonly object[]) => [{ role: 'user', content: 'hi' }, ...items, call, result]
  const inputOf = async (request: ChatRequest, changes: Partial<EngineDeployment> = {}) => {
    const model = createModel('openai-responses', changes)
    upstream.behave(streams(...answers['openai-responses']('Hi')))
    await collect(await model.open(request, testCall()))
    await model.close()
    return JSON.parse(sent().body).input.filter(({ type }: { type?: string }) => type === 'reasoning')
  }
  const own = (...items: readonly object[]) =>
    codecs['openai-responses'].decodeRequest({ model: 'a', stream: true, input: said(...items) })

  it('is sent where it can be read: encrypted, or as it was thought', async () => {
    expect(await inputOf(own(summary, sealed, plain))).toEqual([sealed, plain])
  })

  it('of another API is left out, unless the server is said to take it', async () => {
    const chat = codecs['openai-chat'].decodeRequest({
      model: 'a',
      stream: true,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', reasoning_content: 'Hm.', content: 'Hi.' },
        { role: 'user', content: 'and?' },
      ],
    })
    expect(await inputOf(chat)).toEqual([])
    const takes = { quirks: { reasoningField: 'reasoning' } } as const
    expect(await inputOf(chat, takes)).toMatchObject([{ summary: [{ text: 'Hm.' }] }])
  })
})
