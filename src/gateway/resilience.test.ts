// Retries, keys, breakers and seats, through a gateway on real sockets.

import { afterEach, describe, expect, it } from 'vitest'
import { createRandom, silentLog, systemClock } from '../core/index.js'
import { createCounters } from '../ledger/index.js'
import { ask } from './__fixtures__/harness.js'
import { connectRaw, post } from './__fixtures__/raw-client.js'
import { type Behaviour, closeAll, errorOf, settled, start, until } from './__fixtures__/start-gateway.js'
import {
  chunk,
  completion,
  finish,
  sendEvents,
  sendJson,
  type Upstream,
  type UpstreamCall,
} from './__fixtures__/upstream.js'
import { createResilience } from './routing/resilience.js'

afterEach(closeAll)

const quick = { retry: { attempts: 3, baseDelayMs: 5, maxDelayMs: 50 } }
const authorization = (upstream: Upstream) =>
  upstream.calls.map(({ request }) => request.headers.authorization)

describe('a retry', () => {
  it('calls the same deployment again until it answers, each attempt with its row', async () => {
    const { gateway } = await start(
      (call, index) => {
        if (index === 0) call.request.socket.destroy()
        else if (index === 1) sendJson(call, { error: { message: 'busy' } }, 503)
        else sendJson(call, completion('third time lucky'))
      },
      { deployment: quick },
    )
    const response = await gateway.post(ask('x'))
    expect(await response.text()).toContain('third time lucky')
    expect((await settled(gateway, 3)).map(({ attempt, settled }) => [attempt, settled?.end])).toEqual([
      [0, 'failed'],
      [1, 'failed'],
      [2, 'finished'],
    ])
    const { text } = await gateway.metrics.read()
    expect(text).toContain(
      'llm_architect_retries_total{route="chat",deployment="main",reason="llm.upstream-status"} 1',
    )
  })

  it('waits as long as it is told, and no longer than it may', async () => {
    const { gateway, upstream } = await start(
      (call, index) => {
        if (index === 0) sendJson(call, { error: { message: 'slow down' } }, 429, { 'retry-after-ms': '40' })
        else sendJson(call, { error: { message: 'slow down' } }, 429, { 'retry-after': '60' })
      },
      { deployment: quick },
    )
    const startedMs = performance.now()
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(429)
    expect(performance.now() - startedMs).toBeGreaterThan(40)
    expect(Number(response.headers.get('retry-after'))).toBe(60)
    expect(response.headers.get('x-should-retry')).toBe('true')
    expect(upstream.calls).toHaveLength(2)
  })

  it('never repeats a stream that has begun, nor a request that is wrong', async () => {
    const { gateway, upstream } = await start(
      async (call, index) => {
        if (index === 1)
          return sendJson(call, { error: { message: 'no', type: 'invalid_request_error' } }, 400)
        sendEvents(call, chunk({ content: 'Once' }))
        await new Promise((resolve) => setTimeout(resolve, 10))
        call.response.destroy()
      },
      { deployment: quick },
    )
    const text = await (await gateway.post(ask('x', { stream: true }))).text()
    expect(text).toContain('upstream_broke_off')
    expect((await gateway.post(ask('x'))).status).toBe(400)
    expect(upstream.calls).toHaveLength(2)
  })
})

describe('a deployment with several keys', () => {
  it('takes the next where one is at its limit or refused, without a pause', async () => {
    const { gateway, upstream } = await start(
      (call) => {
        const key = call.request.headers.authorization
        if (key === 'Bearer k1') sendJson(call, { error: { message: 'slow' } }, 429, { 'retry-after': '60' })
        else if (key === 'Bearer k2') sendJson(call, { error: { message: 'bad key k2' } }, 401)
        else sendJson(call, completion('from the third key'))
      },
      { keys: ['k1', 'k2', 'k3'] },
    )
    expect(await (await gateway.post(ask('x'))).text()).toContain('from the third key')
    expect(await (await gateway.post(ask('x'))).text()).toContain('from the third key')
    expect(authorization(upstream)).toEqual(['Bearer k1', 'Bearer k2', 'Bearer k3', 'Bearer k3'])
    expect(await settled(gateway, 4)).toHaveLength(4)
    const { text } = await gateway.metrics.read()
    expect(text).toContain('llm_architect_breaker_open{deployment="main",key="env:KEY_1"} 1')
    expect(text).toContain('llm_architect_breaker_open{deployment="main",key="env:KEY_3"} 0')
  })

  it.each([
    [402, 'Insufficient Balance'],
    [400, 'Your credit balance is too low to access the Anthropic API.'],
    [400, 'API key not valid. Please pass a valid API key.'],
  ])(
    'takes the next where the account is spent or the key wrong, as a %i says: %s',
    async (status, message) => {
      const { gateway } = await start(
        (call) => {
          const isRefused = call.request.headers.authorization === 'Bearer k1'
          if (isRefused) sendJson(call, { error: { message, type: 'invalid_request_error' } }, status)
          else sendJson(call, completion('from the second key'))
        },
        { keys: ['k1', 'k2'] },
      )
      expect(await (await gateway.post(ask('x'))).text()).toContain('from the second key')
    },
  )

  it('tells the client when all are at their limits, without asking again', async () => {
    const { gateway, upstream } = await start(
      (call) => sendJson(call, { error: { message: 'slow' } }, 429, { 'retry-after': '60' }),
      { keys: ['k1', 'k2'] },
    )
    expect((await gateway.post(ask('x'))).status).toBe(429)
    const response = await gateway.post(ask('x'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60'])
    expect(upstream.calls).toHaveLength(2)
    expect(gateway.ledger.attempts).toHaveLength(2)
  })
})

describe('a breaker', () => {
  const breaker = { consecutiveFailures: 2, openMs: 60_000 }
  it('spares a broken deployment, says so, and the next one answers', async () => {
    const { gateway, upstream } = await start((call) => sendJson(call, { error: { message: 'boom' } }, 500), {
      deployment: { breaker },
      second: (call) => sendJson(call, completion('from the second')),
      options: { admin: { token: 'la-admin', keys: {} as never } },
    })
    for (let i = 0; i < 4; i++)
      expect(await (await gateway.post(ask('x'))).text()).toContain('from the second')
    expect(upstream.calls).toHaveLength(2)
    expect(await settled(gateway, 6)).toHaveLength(6)
    const health = await fetch(`${gateway.url}/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({ checks: { 'breaker:main': 'failures' } })
    const admin = await fetch(`${gateway.url}/admin/breakers`, {
      headers: { authorization: 'Bearer la-admin' },
    })
    expect(await admin.json()).toMatchObject({
      deployments: [
        {
          deployment: 'main',
          seats: null,
          keys: [{ key: 'none', state: 'open', reason: 'failures', consecutiveFailures: 2 }],
        },
        { deployment: 'second', keys: [{ state: 'closed', reason: null }] },
      ],
    })
  })

  it('of a deployment that others fall back to opens likewise', async () => {
    const asked: string[] = []
    const fail = (name: string) => (call: UpstreamCall) => {
      asked.push(name)
      sendJson(call, { error: { message: 'boom' } }, 500)
    }
    const { gateway } = await start(fail('main'), { deployment: { breaker }, second: fail('second') })
    for (let i = 0; i < 4; i++) expect((await gateway.post(ask('x'))).status).toBe(502)
    expect(asked).toEqual(['main', 'second', 'main', 'second'])
    const health = await (await fetch(`${gateway.url}/health`)).json()
    expect(health).toMatchObject({ checks: { 'breaker:main': 'failures', 'breaker:second': 'failures' } })
  })

  it('without another deployment is a 502 that says when to come again', async () => {
    const { gateway } = await start((call) => sendJson(call, { error: { message: 'boom' } }, 500), {
      deployment: { breaker },
    })
    for (let i = 0; i < 2; i++) await gateway.post(ask('x'))
    const response = await gateway.post(ask('x'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([502, '60'])
    expect((await errorOf(response)).message).toContain('gateway.deployment-resting')
  })

  it('is not opened by requests that are wrong, clients that leave or deadlines that are short', async () => {
    const { gateway, upstream } = await start(
      (call) => {
        if (call.body.includes('wrong')) sendJson(call, { error: { message: 'no' } }, 400)
        else if (call.body.includes('good')) sendJson(call, completion('good'))
      },
      { deployment: { breaker } },
    )
    for (let i = 0; i < 3; i++) await gateway.post(ask('wrong'))
    for (let i = 0; i < 3; i++)
      expect((await gateway.post(ask('slow'), { 'x-request-timeout-ms': '20' })).status).toBe(504)
    for (let i = 0; i < 3; i++) {
      const client = await connectRaw(gateway.port)
      client.write(post('/v1/chat/completions', JSON.stringify(ask('leaving'))))
      await until(() => upstream.calls.filter(({ body }) => body.includes('leaving')).length > i)
      client.socket.destroy()
    }
    await settled(gateway, 9)
    expect(await (await gateway.post(ask('good'))).text()).toContain('good')
  })

  it('outlives a reload, unless the key is another one', async () => {
    const counters = createCounters({ clock: systemClock })
    const random = createRandom('reload')
    const resilience = createResilience({ clock: systemClock, counters, random, log: silentLog })
    const refuse: Behaviour = (call) =>
      call.request.headers.authorization === 'Bearer new'
        ? sendJson(call, completion('welcome'))
        : sendJson(call, { error: { message: 'unknown key' } }, 401)
    const before = await start(refuse, { keys: ['old'], options: { resilience } })
    await before.gateway.post(ask('x'))
    const same = await start(refuse, { keys: ['old'], options: { resilience } })
    await same.gateway.post(ask('x'))
    expect(same.upstream.calls).toHaveLength(0)
    const renewed = await start(refuse, { keys: ['new'], options: { resilience } })
    expect(await (await renewed.gateway.post(ask('x'))).text()).toContain('welcome')
  })
})

describe('a limit of concurrent calls', () => {
  it('lets the rest wait, turns away what is too much, and gives each seat back', async () => {
    const waiting: UpstreamCall[] = []
    const { gateway, upstream } = await start((call) => void waiting.push(call), {
      deployment: { limits: { concurrency: 1, queue: 1 } },
    })
    const first = gateway.post(ask('first'))
    await until(() => upstream.calls.length === 1)
    const second = gateway.post(ask('second', { stream: true }))
    const full = async () =>
      (await gateway.metrics.read()).text.includes('_requests_waiting{deployment="main"} 1')
    while (!(await full())) await new Promise((resolve) => setImmediate(resolve))
    const third = await gateway.post(ask('third'))
    expect([third.status, third.headers.get('x-should-retry')]).toEqual([429, 'true'])
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await errorOf(third)).message).toContain('queue')
    sendJson(waiting[0] as UpstreamCall, completion('one'))
    expect(await (await first).text()).toContain('one')
    await until(() => waiting.length === 2)
    sendEvents(waiting[1] as UpstreamCall, chunk({ content: 'two' }) + finish)
    waiting[1]?.response.end()
    expect(await (await second).text()).toContain('two')
    expect(await settled(gateway, 2)).toHaveLength(2)
    const { text } = await gateway.metrics.read()
    expect(text).toContain('llm_architect_deployment_requests_running{deployment="main"} 0')
  })

  it('sends what finds no seat to the next deployment at once, where none may wait', async () => {
    const waiting: UpstreamCall[] = []
    const { gateway, upstream } = await start((call) => void waiting.push(call), {
      deployment: { limits: { concurrency: 1, queue: 0 } },
      second: (call) => sendJson(call, completion('from the second')),
    })
    const first = gateway.post(ask('base'))
    await until(() => waiting.length === 1)
    expect(await (await gateway.post(ask('above it'))).text()).toContain('from the second')
    expect(upstream.calls).toHaveLength(1)
    sendJson(waiting[0] as UpstreamCall, completion('from the first'))
    expect(await (await first).text()).toContain('from the first')
    expect((await settled(gateway, 2)).map(({ deployment }) => deployment)).toEqual(['main', 'second'])
  })

  it('counts the wait into the deadline', async () => {
    const { gateway, upstream } = await start(() => {}, { deployment: { limits: { concurrency: 1 } } })
    const first = gateway.post(ask('first'), { 'x-request-timeout-ms': '1000' })
    await until(() => upstream.calls.length === 1)
    const late = await gateway.post(ask('late'), { 'x-request-timeout-ms': '50' })
    expect(late.status).toBe(504)
    expect(await errorOf(late)).toMatchObject({ code: 'deadline_exceeded' })
    expect(gateway.ledger.attempts).toHaveLength(1)
    await first
  })
})
