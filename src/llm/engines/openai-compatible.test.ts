import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { answerOf, chunk, done, sse, streamOf, usageChunk } from '../__fixtures__/chunks.js'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { attemptsOf } from '../attempts.js'
import type { ChatCall, ChatRequest, ChatStream } from '../contract.js'
import { wireOf } from '../identity.js'
import type { EngineDeployment } from './engine-deployment.js'
import { createOpenAiCompatibleModel, type OpenAiCompatibleModel } from './openai-compatible.js'

const key = 'sk-live-0123456789abcdef'
let upstream: FakeUpstream
let model: OpenAiCompatibleModel

const createModel = (changes: Partial<EngineDeployment> = {}) =>
  createOpenAiCompatibleModel({
    deployment: { ...deployment, address: upstream.address, ...changes },
    facts,
    apiKey: key,
    clock: systemClock,
  })

beforeAll(async () => {
  upstream = await startFakeUpstream()
  model = createModel()
})
afterAll(async () => {
  await upstream.close()
  await model.close()
})

const open = (
  behaviour: Behaviour,
  request: Partial<ChatRequest> = {},
  call: Partial<ChatCall> = {},
): Promise<ChatStream> => {
  upstream.behave(behaviour)
  return model.open(testRequest(request), testCall(call))
}
/** A server that streams these events and ends. */
const streams =
  (...events: readonly string[]): Behaviour =>
  async (connection) => {
    connection.head()
    for (const event of events) await connection.chunk(event)
    connection.end()
  }
const reject = async (opening: Promise<unknown>) => {
  const error = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeDefined()
  return error as { code: string; message: string; retryable: boolean; params: Record<string, unknown> }
}
const lastEvent = async (stream: ChatStream) => eventsOf(await collect(stream)).at(-1)

describe('an upstream that refuses', () => {
  it('is named with its address when nobody is there, and costs nothing', async () => {
    const gone = createModel({ address: 'http://127.0.0.1:1/v1' })
    const error = await reject(gone.open(testRequest(), testCall()))
    expect(error).toMatchObject({
      code: 'llm.upstream-unreachable',
      retryable: true,
      params: { deployment: 'small', address: 'http://127.0.0.1:1', reason: 'ECONNREFUSED' },
    })
    expect(attemptsOf(error)).toMatchObject([{ usageSource: 'none', usage: { input: { total: 0 } } }])
    await gone.close()
  })

  it('needs an address in the first place', () => {
    expect(() => createModel({ address: undefined })).toThrow(/no address/)
  })

  it.each([
    [
      400,
      {
        error: {
          message: 'Too long.',
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
          param: 'messages',
        },
      },
      { upstreamCode: 'context_length_exceeded', upstreamParam: 'messages', detail: 'Too long.' },
      false,
    ],
    [
      401,
      { error: { message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' } },
      { detail: 'Incorrect API key provided: [key].' },
      false,
    ],
    [404, { detail: 'Not Found' }, { detail: 'Not Found', upstreamCode: null }, false],
    [
      422,
      { detail: [{ loc: ['body', 'n'], msg: 'wrong' }] },
      { detail: '[{"loc":["body","n"],"msg":"wrong"}]' },
      false,
    ],
    [
      429,
      { error: { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' } },
      { upstreamCode: 'rate_limit_exceeded' },
      true,
    ],
    [
      429,
      { error: { message: 'No money.', type: 'insufficient_quota', code: 'insufficient_quota' } },
      { upstreamType: 'insufficient_quota' },
      false,
    ],
    [500, '<html>Bad</html>', { detail: '<html>Bad</html>' }, true],
    [
      503,
      { object: 'error', message: 'loading', type: 'ServiceUnavailable', code: 503 },
      { detail: 'loading', upstreamCode: '503' },
      true,
    ],
    [
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { upstreamType: 'overloaded_error' },
      true,
    ],
    [500, { error: 'model crashed' }, { detail: 'model crashed' }, true],
    [307, '', { detail: 'no explanation' }, false],
  ] as const)('with status %i gives a typed error', async (status, body, params, retryable) => {
    const error = await reject(
      open((connection) => connection.json(body, status, { location: '/elsewhere' })),
    )
    expect(error).toMatchObject({ code: 'llm.upstream-status', retryable, params: { status, ...params } })
    expect(JSON.stringify(error)).not.toContain(key)
  })

  it.each([
    [{ 'retry-after': '60' }, 60_000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after-ms': '', 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '3\r\nretry-after: 4' }, 3_000],
    [{ 'retry-after': '604800' }, 604_800_000],
    [{ 'retry-after': '1795754384' }, null],
    [{ 'retry-after-ms': '1e23' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('keeps its Retry-After: %j', async (headers, retryAfterMs) => {
    const error = await reject(open((connection) => connection.json({}, 429, headers)))
    expect(error.params.retryAfterMs).toBe(retryAfterMs)
  })

  it.each([
    [[{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3.5s' }], {}, 3500],
    [[{ '@type': 'x' }, { retryDelay: '40s' }], { 'retry-after': '7' }, 7000],
    [[{ retryDelay: 'soon' }], {}, null],
    ['none', {}, null],
  ])('keeps what it says of it in its body: %j', async (details, headers, retryAfterMs) => {
    const error = { code: 429, message: 'Quota.', status: 'RESOURCE_EXHAUSTED', details }
    for (const body of [{ error }, [{ error }]]) {
      const failure = await reject(open((connection) => connection.json(body, 429, headers)))
      expect(failure.params.retryAfterMs).toBe(retryAfterMs)
    }
  })

  it('keeps a Retry-After that is a date', async () => {
    const at = new Date(Date.now() + 30_000).toUTCString()
    const error = await reject(open((connection) => connection.json({}, 503, { 'retry-after': at })))
    expect(error.params.retryAfterMs).toBeGreaterThan(25_000)
    expect(error.params.retryAfterMs).toBeLessThanOrEqual(30_000)
  })

  it('by an error inside an answer with status 200', async () => {
    const body = { error: { message: `Key ${key} is overloaded`, type: 'overloaded_error' } }
    for (const behaviour of [
      (connection) => connection.json(body),
      streams(sse(body)),
      streams(chunk({ role: 'assistant' }), `event: error\n${sse(body)}`),
    ] satisfies Behaviour[]) {
      const error = await reject(open(behaviour))
      expect(error).toMatchObject({ code: 'llm.upstream-error', retryable: true })
      expect(JSON.stringify(error)).not.toContain(key)
    }
  })

  it('with an endless error body is cut short', async () => {
    const error = await reject(
      open(async (connection) => {
        connection.head(500, { 'content-type': 'text/plain' })
        for (let i = 0; i < 64; i++) await connection.chunk('x'.repeat(4096))
      }),
    )
    expect(error.message.length).toBeLessThan(700)
  })
})

describe('an upstream that breaks off', () => {
  it.each([
    ['before its head', (connection) => connection.reset(), 'llm.upstream-unreachable'],
    [
      'with something that is not HTTP',
      (connection) => connection.raw('SSH-2.0-OpenSSH_9\r\n\r\n'),
      'llm.upstream-unreadable',
    ],
    [
      'after its head',
      async (connection) => {
        connection.head()
        await connection.chunk(chunk({ role: 'assistant' }))
        connection.reset()
      },
      'llm.upstream-broke-off',
    ],
    ['with an empty stream', streams(), 'llm.upstream-broke-off'],
    ['with something that is no event', streams('<html>\n\n</html>'), 'llm.upstream-broke-off'],
    [
      'with a web page',
      async (connection) => {
        connection.head(200, { 'content-type': 'text/html; charset=utf-8' })
        await connection.chunk('<html></html>')
      },
      'llm.upstream-unreadable',
    ],
    ['with broken JSON', streams('data: {"choices":[{"delta":\n\n'), 'llm.event-unreadable'],
    ['with an empty body', (connection) => connection.json(''), 'llm.event-unreadable'],
    [
      'with an answer without choices',
      (connection) => connection.json({ choices: [] }),
      'llm.upstream-broke-off',
    ],
  ] satisfies [string, Behaviour, string][])('%s rejects', async (_when, behaviour, code) => {
    expect(await reject(open(behaviour))).toMatchObject({ code })
  })

  it.each([
    ['inside an event', chunk({ content: 'teen' }).slice(0, 40), 'llm.upstream-broke-off'],
    [
      'inside a tool call',
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a' } }] }),
      'llm.upstream-broke-off',
    ],
    ['with [DONE] but no finish', done, 'llm.upstream-broke-off'],
    ['with garbage', 'data: nonsense\n\n', 'llm.event-unreadable'],
    ['with an error', sse({ error: { message: 'CUDA out of memory', code: 500 } }), 'llm.upstream-error'],
  ])('%s after its first content ends in an error event', async (_where, tail, code) => {
    const stream = await open(streams(chunk({ content: 'Fif' }), tail))
    expect(await lastEvent(stream)).toMatchObject({ type: 'error', error: { code } })
    expect(await stream.outcome).toMatchObject({ end: 'failed', error: { code } })
  })

  it('with [DONE] but no finish shows no reader a [DONE]', async () => {
    const frames = await collect(await open(streams(chunk({ content: 'Fif' }), done)))
    const bytes = frames.map((frame) => Buffer.from(wireOf(frame)?.bytes ?? []).toString())
    expect(bytes.join('')).not.toContain('[DONE]')
  })

  it('against its own content-length is an error event', async () => {
    const event = chunk({ content: 'Fif' })
    const stream = await open(async (connection) => {
      connection.head(200, { 'content-length': '5000' })
      await connection.raw(event)
      connection.socket.end()
    })
    expect(await lastEvent(stream)).toMatchObject({
      type: 'error',
      error: { code: 'llm.upstream-broke-off' },
    })
  })

  it('by a reset after the finish, before [DONE], is an error that loses no content', async () => {
    const stream = await open(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'Fif' }))
      await connection.chunk(chunk({ content: 'teen' }, 'stop'))
      await new Promise((resolve) => setImmediate(resolve))
      connection.reset()
    })
    const frames = await collect(stream)
    expect(textOf(frames)).toBe('Fifteen')
    expect(eventsOf(frames).at(-1)?.type).toBe('error')
  })
})

describe('an upstream with habits', () => {
  it.each([
    ['no [DONE]', (events: readonly string[]) => events.slice(0, -1).join('')],
    ['no last blank line', (events) => events.join('').trimEnd()],
    ['comments', (events) => events.map((event) => `: ping "x\n\n:\n${event}`).join('')],
    ['no space after data:', (events) => events.join('').replaceAll('data: ', 'data:')],
    ['CRLF', (events) => events.join('').replaceAll('\n', '\r\n')],
    ['CR', (events) => events.join('').replaceAll('\n', '\r')],
    ['a byte order mark', (events) => `\ufeff${events.join('')}`],
    [
      'event, id and retry fields',
      (events) => events.map((e) => `event: message\nid: 1\nretry: 10\n${e}`).join(''),
    ],
    ['spaces in its JSON', (events) => events.join('').replaceAll('":', '" : ').replaceAll(',"', ', "')],
    ['everything in one read', (events) => events.join('')],
  ] satisfies [string, (events: readonly string[]) => string][])(
    'is understood: %s',
    async (_habit, write) => {
      const stream = await open(streams(write(streamOf('跨行', '轉帳 "15"', ' dollars'))))
      expect(textOf(await collect(stream))).toBe('跨行轉帳 "15" dollars')
      expect(await stream.outcome).toMatchObject({ end: 'finished', usage: { output: { total: 3 } } })
    },
  )

  it('is understood: a whole JSON answer to a request for a stream', async () => {
    const frames = await collect(await open((connection) => connection.json(answerOf('Fifteen'))))
    expect(textOf(frames)).toBe('Fifteen')
    expect(frames.map((frame) => wireOf(frame)?.framing)).toEqual(['json'])
  })

  it('is understood: an early head with hints', async () => {
    const stream = await open(async (connection) => {
      await connection.raw('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
      await streams(...streamOf('Fifteen'))(connection)
    })
    expect(textOf(await collect(stream))).toBe('Fifteen')
  })

  it('keeps no cookie and passes on nothing that concerns only its connection', async () => {
    const stream = await open(async (connection) => {
      connection.head(200, {
        'set-cookie': 'session=of-somebody',
        connection: 'keep-alive, x-internal',
        'x-internal': '1',
        'keep-alive': 'timeout=5',
        'x-ratelimit-remaining-tokens': '99',
      })
      await connection.chunk(streamOf('Fifteen').join(''))
      connection.end()
    })
    await collect(stream)
    expect([...stream.head.headers.keys()].sort()).toEqual(['content-type', 'x-ratelimit-remaining-tokens'])
    await collect(await open(streams(...streamOf('again'))))
    expect(upstream.requests.at(-1)?.headers.has('cookie')).toBe(false)
  })

  it('gets key, trace and request id, and nothing of the client', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await collect(await open(streams(...streamOf('Fifteen')), {}, { trace, requestId: 'req_7' }))
    const { headers, head } = upstream.requests.at(-1) ?? {}
    expect(head).toBe('POST /v1/chat/completions HTTP/1.1')
    expect(Object.fromEntries(headers ?? [])).toEqual({
      host: expect.any(String),
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': expect.any(String),
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'llm-architect',
      authorization: `Bearer ${key}`,
      traceparent: trace,
      'x-request-id': 'req_7',
    })
  })

  it('that reports no usage gets an estimate by language, from the bytes', async () => {
    const texts = ['跨行轉帳手續費', ' costs 15 dollars', ' \\ "quoted"\n']
    const stream = await open(streams(...texts.map((content) => chunk({ content })), chunk({}, 'stop'), done))
    await collect(stream)
    const { attempts } = await stream.outcome
    expect(attempts).toMatchObject([
      { usageSource: 'estimated', usage: { output: { total: 7 + Math.ceil(29 / 4) } } },
    ])
  })

  it('that reports zero tokens is believed', async () => {
    const none = usageChunk(0, 0)
    const stream = await open(streams(chunk({ content: 'Fifteen' }), chunk({}, 'stop'), none, done))
    await collect(stream)
    const { attempts } = await stream.outcome
    const usage = { input: { total: 0 }, output: { total: 0 } }
    expect(attempts).toMatchObject([{ usageSource: 'reported', usage }])
  })

  it('that sends an event of more than 8 MiB is stopped', async () => {
    const stream = await open(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'a' }))
      for (let i = 0; i < 9; i++) await connection.chunk(`data: ${'x'.repeat(1024 * 1024)}`)
    })
    expect(await lastEvent(stream)).toMatchObject({ type: 'error', error: { code: 'llm.event-too-large' } })
  })

  it('that never comes to its content is not buffered without end', async () => {
    const error = await reject(
      open(async (connection) => {
        connection.head()
        for (let i = 0; i < 40; i++)
          await connection.chunk(chunk({ role: 'assistant', filler: 'x'.repeat(16_384) }))
      }),
    )
    expect(error.code).toBe('llm.upstream-unreadable')
  })
})
