// The gateway between a client and upstreams that misbehave.

import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, startTestGateway, type TestGateway } from './__fixtures__/harness.js'
import { connectRaw, post } from './__fixtures__/raw-client.js'
import {
  chunk,
  completion,
  finish,
  sendEvents,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamCall,
} from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

type Behaviour = (call: UpstreamCall, index: number) => void | Promise<void>

/** A gateway whose route tries one deployment per behaviour, in order. */
const start = async (
  ...behaviours: readonly Behaviour[]
): Promise<{ gateway: TestGateway; upstreams: Upstream[] }> => {
  const upstreams = await Promise.all(behaviours.map((behave) => startUpstream(behave)))
  const ids = upstreams.map((_, i) => `up${i}`)
  const gateway = await startTestGateway({
    architecture: {
      deployments: ids.map((id) => ({ id, engine: 'openai-compatible', model: id })),
      routes: [{ name: 'chat', strategy: { fallback: ids.map((deployment) => ({ deployment })) } }],
    },
    models: Object.fromEntries(
      upstreams.map((upstream, i) => [`up${i}`, upstream.model(`up${i}`, 'sk-our-secret-key')]),
    ),
  })
  opened.push(...upstreams, gateway)
  return { gateway, upstreams }
}

const settled = async (gateway: TestGateway, count: number) => {
  for (let i = 0; i < 200; i++) {
    if (gateway.ledger.attempts.filter((attempt) => attempt.settled).length >= count) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  return gateway.ledger.attempts
}

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: Record<string, unknown> & { message: string } }).error

describe('an answer', () => {
  it('passes byte for byte, streamed and whole', async () => {
    const events = `: hello\n\n${chunk({ role: 'assistant', content: '' })}${chunk({ content: 'Hi', odd: [1] })}${finish}`
    const { gateway } = await start((call) => {
      if (call.body.includes('"stream":true')) {
        sendEvents(call, events)
        call.response.end()
      } else sendJson(call, completion('Hi'))
    })
    expect(await (await gateway.post(ask('x', { stream: true }))).text()).toBe(events)
    expect(await (await gateway.post(ask('x'))).text()).toBe(JSON.stringify(completion('Hi')))
    expect(await settled(gateway, 2)).toMatchObject([
      { settled: { end: 'finished' } },
      { settled: { end: 'finished', usage: { input: { total: 7 }, output: { total: 3 } } } },
    ])
  })

  it('carries nothing of the upstream connection, its cookies or its limits', async () => {
    const { gateway } = await start((call) =>
      sendJson(call, completion('Hi'), 200, {
        'set-cookie': 'session=1',
        'x-ratelimit-remaining-requests': '9',
        'openai-organization': 'org',
        'x-request-id': 'req-upstream',
      }),
    )
    const { headers } = await gateway.post(ask('x'))
    expect([...headers.keys()].sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
      'server-timing',
      'x-answered-by',
      'x-request-id',
      'x-upstream-request-id',
    ])
    expect(headers.get('x-upstream-request-id')).toBe('req-upstream')
  })
})

describe('an upstream that fails before it answers', () => {
  it('is replaced by the next, each attempt settled', async () => {
    const { gateway, upstreams } = await start(
      (call) => sendJson(call, { error: { message: 'boom' } }, 500),
      (call) => sendJson(call, completion('from the second')),
    )
    const response = await gateway.post(ask('x'))
    expect(response.headers.get('x-answered-by')).toBe('up1')
    expect(await response.text()).toContain('from the second')
    expect(upstreams.map((upstream) => upstream.calls.length)).toEqual([1, 1])
    expect(await settled(gateway, 2)).toMatchObject([
      { attempt: 0, deployment: 'up0', settled: { end: 'failed', error: { code: 'llm.upstream-status' } } },
      { attempt: 1, deployment: 'up1', settled: { end: 'finished' } },
    ])
  })

  it('leaves 502 with what was tried, without addresses or keys', async () => {
    const { gateway, upstreams } = await start(
      (call) => sendJson(call, { error: { message: 'bad key sk-our-secret-key' } }, 401),
      (call) => void call.request.socket.destroy(),
    )
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(502)
    const error = await errorOf(response)
    expect(error).toMatchObject({ type: 'server_error', code: 'upstream_unavailable' })
    expect(error.message).toMatch(
      /up0 \(llm.upstream-status 401\), up1 \(llm.upstream-(unreachable|broke-off)\)/,
    )
    expect(JSON.stringify(error)).not.toContain('sk-our')
    for (const upstream of upstreams)
      expect(JSON.stringify(error)).not.toContain(new URL(upstream.address).port)
  })

  it('with 429 everywhere is passed on with the soonest Retry-After', async () => {
    const limited = (seconds: number) => (call: UpstreamCall) =>
      sendJson(call, { error: { message: 'slow down' } }, 429, { 'retry-after': String(seconds) })
    const { gateway } = await start(limited(60), limited(7))
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await errorOf(response)).toMatchObject({ code: 'rate_limit_exceeded' })
  })

  it('that never answers is given up in time with 504', async () => {
    const { gateway } = await start(() => {})
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(504)
    expect(await errorOf(response)).toMatchObject({ code: 'upstream_timeout' })
  })

  it('with a stream that ends before content is replaced by the next', async () => {
    const { gateway } = await start(
      (call) => {
        sendEvents(call, chunk({ role: 'assistant', content: '' }))
        call.response.end()
      },
      (call) => {
        sendEvents(call, chunk({ content: 'second' }) + finish)
        call.response.end()
      },
    )
    const text = await (await gateway.post(ask('x', { stream: true }))).text()
    expect(text).toContain('second')
    expect(text).not.toContain('"role"')
  })
})

describe("a client's mistake that only the upstream knows", () => {
  it('is passed on with its code and is not repeated elsewhere', async () => {
    const { gateway, upstreams } = await start(
      (call) =>
        sendJson(
          call,
          {
            error: {
              message: 'maximum context length is 4097 tokens',
              type: 'invalid_request_error',
              code: 'context_length_exceeded',
              param: 'messages',
            },
          },
          400,
        ),
      (call) => sendJson(call, completion('never')),
    )
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
      param: 'messages',
    })
    expect(upstreams[1]?.calls).toHaveLength(0)
  })
})

describe('an upstream that fails after it began', () => {
  it.each<[string, Behaviour]>([
    ['is reset', (call) => void call.response.socket?.resetAndDestroy()],
    ['closes', (call) => void call.response.socket?.destroy()],
    ['ends without a finish', (call) => void call.response.end()],
    ['says [DONE] without a finish', (call) => void call.response.end('data: [DONE]\n\n')],
    [
      'sends an error object',
      (call) => sendEvents(call, `data: ${JSON.stringify({ error: { message: 'overloaded' } })}\n\n`),
    ],
    ['sends garbage', (call) => sendEvents(call, 'data: {"choices": [nonsense\n\n')],
    ['stalls', () => {}],
  ])('and %s ends in a typed error, never in [DONE], and is not repeated', async (_name, breakOff) => {
    const { gateway, upstreams } = await start(
      async (call, index) => {
        sendEvents(call, chunk({ role: 'assistant', content: 'Once upon' }))
        await new Promise((resolve) => setTimeout(resolve, 20))
        await breakOff(call, index)
      },
      (call) => sendJson(call, completion('never')),
    )
    const response = await gateway.post(ask('x', { stream: true }))
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain('Once upon')
    expect(text).not.toContain('[DONE]')
    const last = text.trimEnd().split('\n\n').at(-1) ?? ''
    expect(JSON.parse(last.replace(/^data: /, ''))).toMatchObject({
      error: { type: 'server_error', code: expect.any(String), message: expect.any(String) },
    })
    expect(upstreams[1]?.calls).toHaveLength(0)
    expect(await settled(gateway, 1)).toMatchObject([{ settled: { end: 'failed' } }])
  })
})

describe('a client that leaves', () => {
  it.each([
    ['before the first token of a stream', true, ''],
    ['in the middle of a stream', true, chunk({ role: 'assistant', content: 'Once' })],
    ['while it waits for a whole answer', false, ''],
  ])('%s ends the upstream call, and its attempt is settled', async (_name, stream, first) => {
    const { gateway, upstreams } = await start((call) => {
      if (first !== '') sendEvents(call, first)
    })
    const client = await connectRaw(gateway.port)
    client.write(post('/v1/chat/completions', JSON.stringify(ask('x', { stream }))))
    while (upstreams[0]?.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    if (first !== '') await client.until(/Once/)
    client.socket.destroy()
    await upstreams[0]?.calls[0]?.closed
    expect(await settled(gateway, 1)).toMatchObject([{ settled: { end: 'cancelled' } }])
  })

  it('without reading is let go after a while, however much is waiting for it', async () => {
    const { gateway, upstreams } = await startStalled()
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.write(post('/v1/chat/completions', JSON.stringify(ask('x', { stream: true }))))
    while (upstreams[0]?.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await upstreams[0]?.calls[0]?.closed
    expect(await settled(gateway, 1)).toMatchObject([{ settled: { end: 'cancelled' } }])
    client.socket.destroy()
  })

  it('without reading a whole answer is let go likewise', async () => {
    const long = 'x'.repeat(16 * 1024 * 1024)
    const upstream = await startUpstream((call) => sendJson(call, completion(long)))
    const gateway = await startTestGateway({
      models: { main: upstream.model('main', undefined, { firstContentMs: 10_000 }) },
      patience: { stalledMs: 100 },
    })
    opened.push(upstream, gateway)
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.write(post('/v1/chat/completions', JSON.stringify(ask('x'))))
    while (!gateway.ledger.attempts[0]?.settled) await new Promise((resolve) => setTimeout(resolve, 5))
    // Resolves at once when nothing is under way any more, and otherwise only after ten seconds.
    const startedMs = performance.now()
    await gateway.gateway.drain(10_000)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    client.socket.resume()
    expect((await client.ended()).length).toBeLessThan(long.length)
  })
})

const startStalled = async () => {
  const upstream = await startUpstream(async (call) => {
    const text = chunk({ content: 'x'.repeat(60_000) })
    sendEvents(call, text)
    // A wait for `drain` ends with the connection, which the loop looks at.
    while (!call.response.destroyed)
      if (!call.response.write(text)) await once(call.response, 'drain').catch(() => {})
  })
  const gateway = await startTestGateway({
    architecture: {
      deployments: [{ id: 'up0', engine: 'openai-compatible', model: 'up0' }],
      routes: [{ name: 'chat', strategy: { deployment: 'up0' } }],
    },
    models: { up0: upstream.model('up0') },
    patience: { stalledMs: 200 },
  })
  opened.push(upstream, gateway)
  return { gateway, upstreams: [upstream] }
}
