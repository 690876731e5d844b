import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../core/index.js'
import { createScriptedModel, generate } from '../llm/index.js'
import { createMetrics } from '../telemetry/index.js'
import { chatRequest, gatewayCall } from './__fixtures__/gateway-call.js'
import {
  ask,
  keyRecord,
  startTestGateway,
  type TestGateway,
  type TestOptions,
} from './__fixtures__/harness.js'
import { completion, sendJson, startUpstream } from './__fixtures__/upstream.js'
import { createAnswerCache } from './answer-cache.js'
import { withCache } from './stages/with-cache.js'

let gateway: TestGateway
const cached = { routes: [{ name: 'chat', strategy: { deployment: 'main' }, cache: {} }] }
const start = async (options: TestOptions = {}) => {
  let calls = 0
  gateway = await startTestGateway({
    models: { main: () => `answer ${++calls}` },
    ...options,
    architecture: { ...cached, ...options.architecture },
  })
}
afterEach(() => gateway?.close())

const contentOf = async (response: Response) => {
  const body = (await response.json()) as { choices: { message: { content: string } }[] }
  return body.choices[0]?.message.content
}

describe('the answer cache', () => {
  it('answers the same request from memory, without an attempt', async () => {
    await start()
    const first = await gateway.post(ask('hi'))
    expect(first.headers.get('x-cache')).toBe('miss')
    expect(await contentOf(first)).toBe('answer 1')
    const second = await gateway.post(ask('hi'))
    expect(second.headers.get('x-cache')).toBe('hit')
    expect(second.headers.get('x-answered-by')).toBe('cache')
    expect(await contentOf(second)).toBe('answer 1')
    expect(gateway.ledger.attempts).toHaveLength(1)
  })

  it('takes white space and the order of known fields for the same request', async () => {
    await start()
    await gateway.post('{"model":"chat","messages":[{"role":"user","content":"hi"}],"seed":1}')
    const other = await gateway.post(
      '{ "seed": 1, "messages": [{"content":"h\\u0069","role":"user"}], "model": "chat" }',
    )
    expect(other.headers.get('x-cache')).toBe('hit')
  })

  it('streams a hit where the answer was streamed, its texts in one', async () => {
    await start({ models: { main: { text: ['a', 'b'] } } })
    const first = await (await gateway.post(ask('hi', { stream: true }))).text()
    const hit = await gateway.post(ask('hi', { stream: true }))
    expect(hit.headers.get('x-cache')).toBe('hit')
    const again = await hit.text()
    expect(again.match(/"content":"[ab]+"/g)).toEqual(['"content":"ab"'])
    for (const streamed of [first, again]) expect(streamed).toContain('[DONE]')
  })

  it('tells the usage of a stream again to who asks for it', async () => {
    const usage = { input: { total: 3, cacheRead: 0, cacheWrite: 0 }, output: { total: 2, reasoning: 0 } }
    await start({ models: { main: { text: 'Hi', usage } } })
    const asking = ask('hi', { stream: true, stream_options: { include_usage: true } })
    expect(await (await gateway.post(asking)).text()).toContain('"prompt_tokens":3')
    const hit = await gateway.post(asking)
    expect(hit.headers.get('x-cache')).toBe('hit')
    expect(await hit.text()).toContain('"prompt_tokens":3')
  })

  it('repeats the very bytes of an answer that passed unedited', async () => {
    const upstream = await startUpstream((call) => sendJson(call, completion('Hi')))
    await start({ models: { main: upstream.model('main') } })
    const first = await (await gateway.post(ask('hi'))).text()
    expect(await (await gateway.post(ask('hi'))).text()).toBe(first)
    expect(upstream.calls).toHaveLength(1)
    await upstream.close()
  })

  it.each([
    ['a temperature above 0', { temperature: 0.7 }, {}],
    ['Cache-Control: no-store', {}, { 'cache-control': 'no-store' }],
  ])('stays out of the way for %s', async (_name, more, headers) => {
    await start()
    await gateway.post(ask('hi', more), headers)
    const second = await gateway.post(ask('hi', more), headers)
    expect(second.headers.get('x-cache')).toBeNull()
    expect(await contentOf(second)).toBe('answer 2')
  })

  it('renews its answer for Cache-Control: no-cache', async () => {
    await start()
    await gateway.post(ask('hi'))
    expect(await contentOf(await gateway.post(ask('hi'), { 'cache-control': 'no-cache' }))).toBe('answer 2')
    expect(await contentOf(await gateway.post(ask('hi')))).toBe('answer 2')
  })

  it('keeps no answer that failed, was cut or was filtered', async () => {
    await start({ models: { main: [{ text: 'x', finish: 'content_filter' }, 'fine'] } })
    await gateway.post(ask('hi'))
    expect(await contentOf(await gateway.post(ask('hi')))).toBe('fine')
  })

  it('forgets when the documents of its route may have changed', async () => {
    let version = 1
    await start({
      architecture: {
        knowledge: [{ id: 'docs', source: 'docs' }],
        routes: [{ name: 'chat', strategy: { deployment: 'main' }, cache: {}, knowledge: 'docs' }],
      },
      knowledge: {
        search: async () => [],
        status: async () => expect.unreachable(),
        version: () => String(version),
      },
    })
    await gateway.post(ask('hi'))
    expect((await gateway.post(ask('hi'))).headers.get('x-cache')).toBe('hit')
    version = 2
    expect((await gateway.post(ask('hi'))).headers.get('x-cache')).toBe('miss')
  })
})

describe('tenancy of the cache', () => {
  it('never shares an answer between two tenants or two principals', async () => {
    const said = new Map<string, string>()
    await start({
      architecture: { server: { requireKeys: true } },
      models: {
        main: (_request, call) => {
          const owner = JSON.stringify([call.tenant, [...call.principal].sort()])
          return `for ${owner}`
        },
      },
    })
    const caller = fc.record({
      tenant: fc.constantFrom('a', 'b', 'a,b', '["a"]'),
      groups: fc.subarray(['x', 'y', 'x,y', 'public']),
    })
    const request = fc.record({ caller, text: fc.constantFrom('one', 'two') })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 6 }), async (requests) => {
        for (const {
          caller: { tenant, groups },
          text,
        } of requests) {
          gateway.keys.set('la-k', keyRecord({ tenant, groups }))
          const response = await gateway.post(ask(text), { authorization: 'Bearer la-k' })
          const principal = [...new Set([...groups, 'public'])].sort()
          expect(await contentOf(response)).toBe(`for ${JSON.stringify([tenant, principal])}`)
          said.set(`${tenant}/${principal}`, response.headers.get('x-cache') ?? '')
        }
      }),
      { numRuns: 40 },
    )
    expect([...said.values()]).toContain('hit')
  })
})

describe('what a stored answer was checked under', () => {
  it.each([
    ['policy', { policyVersion: 'g@2' }, {}],
    ['documents', { knowledgeVersion: () => '2' }, {}],
    ['architecture', {}, { architectureHash: 'sha256:other' }],
    ['prompt', {}, { promptVariant: 'p@2' }],
    ['arm of its route', {}, { routeArm: 'b' }],
  ])('is part of its key: another %s is another answer', async (_name, deps, call) => {
    const clock = createManualClock()
    const cache = createAnswerCache({ ttlMs: 1000, maxEntries: 10, maxBytes: 100_000, clock })
    const model = createScriptedModel({ id: 'main', script: ['one', 'two'], clock })
    const before = { cache, policyVersion: 'g@1', knowledgeVersion: () => '1', metrics: createMetrics() }
    const textOf = async (changed: object, changedCall: object) =>
      (
        await generate(
          withCache({ ...before, ...changed })(model),
          chatRequest('hi'),
          gatewayCall(changedCall),
        )
      ).choices[0]?.text
    expect([await textOf({}, {}), await textOf({}, {}), await textOf(deps, call)]).toEqual([
      'one',
      'one',
      'two',
    ])
  })
})

describe('createAnswerCache', () => {
  const events = [{ type: 'text', choice: 0, text: 'x'.repeat(100) }] as const
  it('drops what is too old, the least used beyond its number, and the oldest beyond its bytes', () => {
    const clock = createManualClock()
    const cache = createAnswerCache({ ttlMs: 1000, maxEntries: 2, maxBytes: 100_000, clock })
    cache.put('a', { events })
    cache.put('b', { events })
    cache.get('a')
    cache.put('c', { events })
    expect([cache.get('a') !== undefined, cache.get('b'), cache.get('c') !== undefined]).toEqual([
      true,
      undefined,
      true,
    ])
    const small = createAnswerCache({ ttlMs: 1000, maxEntries: 100, maxBytes: 2500, clock })
    for (const key of ['a', 'b', 'c', 'd']) small.put(key, { events })
    expect(small.bytes()).toBeLessThanOrEqual(2500)
    expect(small.get('d')).toBeDefined()
    expect(small.get('a')).toBeUndefined()
  })

  it('keeps the bytes of those that are used, and has forgotten the others', () => {
    const clock = createManualClock()
    const cache = createAnswerCache({ ttlMs: 1000, maxEntries: 100, maxBytes: 3 * 1024 ** 2, clock })
    const wire = { dialect: 'openai-chat', framing: 'json' } as const
    const bytesOf = (key: string) => {
      const found = cache.get(key)
      return found && 'wire' in found ? Buffer.from(found.wire.bytes) : undefined
    }
    // 3 MiB hold five of 600 kB; of 40, all but the last ones are gone unless they were asked for.
    const kept = [Buffer.alloc(300_000, 'a'), Buffer.alloc(300_000, 'A')]
    cache.put('used', { ...wire, pieces: kept })
    for (let i = 0; i < 40; i++) {
      cache.put(`other ${i}`, { ...wire, pieces: [Buffer.alloc(600_000, `${i}`)] })
      expect(bytesOf('used')?.equals(Buffer.concat(kept))).toBe(true)
    }
    expect(bytesOf('other 39')?.equals(Buffer.alloc(600_000, '39'))).toBe(true)
    expect(bytesOf('other 0')).toBeUndefined()
    expect(cache.bytes()).toBeLessThanOrEqual(3 * 1024 ** 2)
  })

  it('drops an answer at the end of its time', async () => {
    const clock = createManualClock()
    const cache = createAnswerCache({ ttlMs: 1000, maxEntries: 2, maxBytes: 100_000, clock })
    cache.put('a', { events })
    await clock.advance(999)
    expect(cache.get('a')).toBeDefined()
    await clock.advance(1)
    expect(cache.get('a')).toBeUndefined()
    expect(cache.bytes()).toBe(0)
  })
})
