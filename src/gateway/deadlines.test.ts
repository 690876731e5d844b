// Deadlines, and clients that leave a route that drains, through a gateway on real sockets.

import { afterEach, describe, expect, it } from 'vitest'
import { ask, type TestGateway } from './__fixtures__/harness.js'
import { connectRaw, post } from './__fixtures__/raw-client.js'
import { closeAll, errorOf, settled, start, until } from './__fixtures__/start-gateway.js'
import {
  chunk,
  completion,
  finish,
  sendEvents,
  sendJson,
  type Upstream,
  type UpstreamCall,
} from './__fixtures__/upstream.js'

afterEach(closeAll)

describe('a deadline', () => {
  it('ends a whole answer in 504, and no other deployment is asked any more', async () => {
    const { gateway } = await start(() => {}, { second: (call) => sendJson(call, completion('never')) })
    const response = await gateway.post(ask('x'), { 'x-request-timeout-ms': '80' })
    expect(response.status).toBe(504)
    const error = await errorOf(response)
    expect(error).toMatchObject({ type: 'server_error', code: 'deadline_exceeded' })
    expect(error.message).toContain('x-request-timeout-ms')
    expect(await settled(gateway, 1)).toMatchObject([{ deployment: 'main', settled: { end: 'failed' } }])
  })

  it('ends a stream that drips in an error event', async () => {
    const { gateway } = await start(
      async (call) => {
        while (!call.response.destroyed) {
          sendEvents(call, chunk({ content: 'drip ' }))
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      },
      { route: { timeoutMs: 400 } },
    )
    const text = await (await gateway.post(ask('x', { stream: true }))).text()
    expect(text).toContain('drip')
    expect(text).not.toContain('[DONE]')
    expect(text).toContain('"code":"deadline_exceeded"')
  })

  it('of a client that limits only the head does not cut a stream that has begun', async () => {
    const { gateway } = await start(async (call) => {
      if (call.body.includes('silent')) return
      sendEvents(call, chunk({ content: 'Once' }))
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      sendEvents(call, finish)
      call.response.end()
    })
    const head = { 'x-stainless-timeout': '1' }
    const [late, text] = await Promise.all([
      gateway.post(ask('silent', { stream: true }), head),
      gateway.post(ask('x', { stream: true }), head).then((response) => response.text()),
    ])
    expect(late.status).toBe(504)
    expect(text).toContain('[DONE]')
  })

  it('ends what no engine ends', async () => {
    const { gateway } = await start((call) => sendJson(call, completion('never')), {
      route: { knowledge: 'handbook', timeoutMs: 50 },
      options: {
        architecture: {
          knowledge: [{ id: 'handbook', source: './handbook' }],
          routes: [{ name: 'chat', strategy: { deployment: 'main' }, knowledge: 'handbook', timeoutMs: 50 }],
        },
        knowledge: {
          search: ({ signal }) =>
            new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
          status: (async () => ({})) as never,
          version: () => '1',
        },
      },
    })
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(504)
    expect((await errorOf(response)).message).toContain('50 ms')
  })
})

describe('a client that leaves a route that drains', () => {
  const route = { onDisconnect: 'drain', drainCap: { seconds: 5, tokens: 50 } }
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  const leaveDuring = async (gateway: TestGateway, upstream: Upstream, stream: boolean, seen?: RegExp) => {
    const client = await connectRaw(gateway.port)
    client.write(post('/v1/chat/completions', JSON.stringify(ask('x', { stream }))))
    await until(() => upstream.calls.length === 1)
    if (seen) await client.until(seen)
    client.socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 20))
    return upstream.calls[0] as UpstreamCall
  }

  it.each([
    ['in the middle of a stream', true, true],
    ['before the first token', true, false],
    ['while it waits for a whole answer', false, false],
  ])('%s still has the usage that the engine reports', async (_when, stream, hasBegun) => {
    const { gateway, upstream } = await start(
      (call) => {
        if (hasBegun) sendEvents(call, chunk({ content: 'Once' }))
      },
      { route },
    )
    const call = await leaveDuring(gateway, upstream, stream, hasBegun ? /Once/ : undefined)
    if (stream) {
      sendEvents(call, chunk({ content: 'more' }) + chunk({}, { finish_reason: 'stop' }))
      sendEvents(call, `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`)
      call.response.end()
    } else sendJson(call, completion('whole'))
    expect(await settled(gateway, 1)).toMatchObject([
      { settled: { end: 'finished', usageSource: 'reported', usage: { input: { total: 7 } } } },
    ])
  })

  it.each([
    ['tokens', { seconds: 5, tokens: 50 }, 'x'.repeat(4_000)],
    ['seconds', { seconds: 0.05, tokens: 50 }, 'x'],
  ])('is read on only up to the cap of %s', async (_what, drainCap, text) => {
    const { gateway, upstream } = await start((call) => sendEvents(call, chunk({ content: 'Once' })), {
      route: { ...route, drainCap },
    })
    const call = await leaveDuring(gateway, upstream, true, /Once/)
    sendEvents(call, chunk({ content: 'more' }))
    await new Promise((resolve) => setTimeout(resolve, 20))
    sendEvents(call, chunk({ content: text }))
    await call.closed
    expect(await settled(gateway, 1)).toMatchObject([
      { settled: { end: 'cancelled', usageSource: 'partial' } },
    ])
  })

  it('ends when the gateway stops', async () => {
    const { gateway, upstream } = await start((call) => sendEvents(call, chunk({ content: 'Once' })), {
      route,
    })
    const call = await leaveDuring(gateway, upstream, true, /Once/)
    await gateway.gateway.drain(0)
    await call.closed
    expect(await settled(gateway, 1)).toMatchObject([{ settled: { end: 'cancelled' } }])
  })
})
