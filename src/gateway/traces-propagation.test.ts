// Where a trace comes from and goes on, what is left out of it, and what becomes of requests when nobody takes it.

import { afterEach, describe, expect, it } from 'vitest'
import { ask, type TestGateway } from './__fixtures__/harness.js'
import { closeAll, type Setting, start } from './__fixtures__/start-gateway.js'
import { closeTraced, named, spansOf, type Traced, traced } from './__fixtures__/traced-gateway.js'
import { completion, sendJson } from './__fixtures__/upstream.js'

afterEach(async () => {
  await closeAll()
  await closeTraced()
})

const begin = (t: Traced | undefined, setting: Setting = {}) =>
  start((call) => sendJson(call, completion('the answer of the house')), {
    ...setting,
    options: { ...setting.options, tracer: t?.tracer },
  })

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const parent = (flags: string) => `00-${traceId}-${parentId}-${flags}`
const send = async (gateway: TestGateway, headers: Record<string, string> = {}) =>
  (await gateway.post(ask('x'), headers)).text()

describe('a trace that the client has begun', () => {
  it('goes on below its span, and its state is handed on', async () => {
    const t = await traced()
    const { gateway, upstream } = await begin(t)
    await send(gateway, { traceparent: parent('01'), tracestate: 'vendor=abc' })
    const spans = await spansOf(t)
    const [server, client] = [named(spans, 'chat chat'), named(spans, 'chat main')]
    expect([server.traceId, server.parentSpanId, server.traceState]).toEqual([
      traceId,
      parentId,
      'vendor=abc',
    ])
    expect(upstream.calls[0]?.request.headers).toMatchObject({
      traceparent: `00-${traceId}-${client.spanId}-01`,
      tracestate: 'vendor=abc',
    })
  })

  it('that is not sampled is told of to nobody, and still goes on', async () => {
    const t = await traced()
    const { gateway, upstream } = await begin(t)
    await send(gateway, { traceparent: parent('00') })
    await t.tracer.flush()
    expect(t.collector.spans).toEqual([])
    const sent = upstream.calls[0]?.request.headers.traceparent
    expect(sent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
    expect(sent).not.toContain(parentId)
  })

  it.each([
    ['garbage', 'no trace at all'],
    ['an id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['a version that is forbidden', `ff-${traceId}-${parentId}-01`],
    ['more than its version has', `${parent('01')}-more`],
  ])('but holds %s is not believed', async (_, traceparent) => {
    const t = await traced()
    const { gateway } = await begin(t)
    await send(gateway, { traceparent })
    const server = named(await spansOf(t), 'chat chat')
    expect(server.parentSpanId).toBe('')
    expect(server.traceId).not.toBe(traceId)
  })

  it('passes as it came where there is no tracer', async () => {
    const { gateway, upstream } = await begin(undefined)
    await send(gateway, { traceparent: parent('01') })
    expect(upstream.calls[0]?.request.headers.traceparent).toBe(parent('01'))
  })
})

describe('sampling', () => {
  it('takes its share of requests, each with all of its spans, by trace id', async () => {
    const t = await traced({ sampleRatio: 0.5 })
    const { gateway, upstream } = await begin(t)
    for (let i = 0; i < 40; i++) await send(gateway)
    await t.tracer.flush()
    const sampled = upstream.calls.filter(({ request }) => /-01$/.test(String(request.headers.traceparent)))
    // Of 40 fair coins, fewer than 4 or more than 36 heads come up once in ten million times.
    expect(sampled.length).toBeGreaterThan(3)
    expect(sampled.length).toBeLessThan(37)
    expect(t.collector.spans).toHaveLength(2 * sampled.length)
  })

  it('does as the environment says', async () => {
    const t = await traced({ environment: { OTEL_TRACES_SAMPLER: 'always_off' } })
    const { gateway } = await begin(t)
    await send(gateway, { traceparent: parent('01') })
    await t.tracer.flush()
    expect(t.collector.requests).toEqual([])
  })
})

describe('what stands in spans', () => {
  const question = 'My card is 4111 1111 1111 1111, and sk-abcdefghijklmnopqrstuvwx is my key.'
  const secretKey = 'sk-upstream-0123456789abcdef'
  const guarded = (t: Traced) =>
    begin(t, {
      keys: [secretKey],
      options: {
        architecture: {
          deployments: [{ id: 'main', engine: 'openai-compatible', model: 'main' }],
          guardrails: [{ id: 'house' }],
          routes: [{ name: 'chat', strategy: { deployment: 'main' }, guardrails: 'house' }],
        },
      },
    })

  it('is no text and no secret', async () => {
    const t = await traced({ environment: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t0ken' } })
    const { gateway } = await guarded(t)
    await gateway.post(ask(question), { authorization: 'Bearer la-0123456789abcdef0123456789abcdef' })
    await gateway.post(ask(question))
    await spansOf(t, 2)
    expect(t.collector.requests[0]?.headers.authorization).toBe('Bearer t0ken')
    expect(t.collector.raw()).toContain('chat main')
    expect(t.collector.raw()).not.toMatch(/4111|My card|sk-|answer of the house|la-0123|t0ken/)
  })

  it('is text as the guards leave it, without secrets, where the architecture asks for it', async () => {
    const t = await traced({ captureContent: true })
    const { gateway } = await guarded(t)
    await gateway.post(ask(question))
    const spans = await spansOf(t)
    const { attributes } = named(spans, 'chat chat')
    const input = JSON.parse(String(attributes['gen_ai.input.messages']))
    expect(input).toMatchObject([{ role: 'user', parts: [{ type: 'text' }] }])
    expect(input[0].parts[0].content).toMatch(/^My card is \S+, and \S+ is my key\.$/)
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'the answer of the house' }] },
    ])
    expect(Object.keys(named(spans, 'chat main').attributes)).not.toContain('gen_ai.input.messages')
    expect(t.collector.raw()).not.toMatch(/4111|sk-a|sk-upstream/)
  })

  it('is no secret even on a route without guards', async () => {
    const t = await traced({ captureContent: true })
    const { gateway } = await begin(t)
    await gateway.post(ask(question))
    const { attributes } = named(await spansOf(t), 'chat chat')
    expect(attributes['gen_ai.input.messages']).toContain('sk-[redacted]')
    expect(t.collector.raw()).not.toContain('sk-abcdef')
  })
})

describe('a collector', () => {
  it.each([
    ['that is gone', async (t: Traced) => t.collector.close()],
    ['that fails', async () => {}],
  ])('%s costs spans, which are counted, and no request', async (_, spoil) => {
    const t = await traced({ status: 400, environment: { OTEL_EXPORTER_OTLP_TIMEOUT: '200' } })
    await spoil(t)
    const { gateway } = await begin(t)
    for (let i = 0; i < 3; i++) expect(await send(gateway)).toContain('the answer')
    await t.tracer.close()
    expect(t.counted).toEqual({ failed: 6 })
  })

  it('that takes everything and says nothing fills a queue of so many spans, and the rest is dropped', async () => {
    const environment = {
      OTEL_BSP_MAX_QUEUE_SIZE: '4',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
      OTEL_EXPORTER_OTLP_TIMEOUT: '150',
    }
    const t = await traced({ status: 'never', environment })
    const { gateway } = await begin(t)
    for (let i = 0; i < 6; i++) expect(await send(gateway)).toContain('the answer')
    expect(t.counted.dropped).toBeGreaterThan(0)
    await t.tracer.close()
    const { failed = 0, dropped = 0 } = t.counted
    expect(failed + dropped).toBe(12)
  })
})
