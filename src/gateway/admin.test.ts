// The admin API, budgets and limits, with the real keyring and ledger on a real store.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKeyring, type Keyring } from '../access/index.js'
import { silentLog, systemClock, type Usage } from '../core/index.js'
import { type Counters, createCounters, type Ledger, openLedger } from '../ledger/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { ask, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'

const token = 'la-admin-test'
/** Ten cents per output token. */
const usdOf = (usage: Usage) => usage.output.total * 0.1

let test: TestStore
let directory: string
let keyring: Keyring
let ledger: Ledger
let counters: Counters
let gateway: TestGateway

beforeAll(async () => {
  test = await startTestStore()
  keyring = await createKeyring({ store: test.store, clock: systemClock })
})
afterAll(async () => {
  await keyring.close()
  await test.close()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gateway-ledger-'))
  counters = createCounters({ clock: systemClock })
  ledger = await openLedger({
    directory,
    store: test.store,
    clock: systemClock,
    price: (_deployment, usage) => ({ usd: usdOf(usage), version: 'test' }),
    counters,
    log: silentLog,
  })
})
afterEach(async () => {
  await gateway.close()
  await ledger.close()
  await rm(directory, { recursive: true, force: true })
})

const usage = (output: number): Usage => ({
  input: { total: 10, cacheRead: 0, cacheWrite: 0 },
  output: { total: output, reasoning: 0 },
})
const start = async (options: TestOptions = {}) => {
  gateway = await startTestGateway({
    ...options,
    ledger,
    counters,
    keyring,
    admin: { token, keys: keyring, ...options.admin },
    architecture: { server: { requireKeys: true }, ...options.architecture },
  })
}
const admin = async (method: string, path: string, body?: unknown, bearer = token) => {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${bearer}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}
const createKey = async (fields: object) => {
  const { status, body } = await admin('POST', '/admin/keys', fields)
  expect(status).toBe(201)
  return body as unknown as { secret: string; record: { id: string } }
}
const post = (secret: string, body: unknown = ask('x', { max_tokens: 10 })) =>
  gateway.post(body, { authorization: `Bearer ${secret}` })

describe('the admin API', () => {
  it('opens to the admin token only', async () => {
    await start()
    for (const wrong of ['', 'la-admin-tesT', 'la-x'])
      expect((await admin('GET', '/admin/keys', undefined, wrong)).status).toBe(401)
    const { secret } = await createKey({ name: 'not-an-admin' })
    expect((await admin('GET', '/admin/ledger', undefined, secret)).status).toBe(401)
  })

  it('is not there without a token', async () => {
    await start()
    await gateway.close()
    gateway = await startTestGateway()
    expect((await admin('GET', '/admin/keys')).status).toBe(404)
  })

  it('makes, lists, rotates and revokes keys that work at once', async () => {
    await start()
    const { secret, record } = await createKey({
      name: 'team-a',
      tenant: 'acme',
      groups: ['staff'],
      tokensPerMinute: 0,
    })
    expect((await post(secret)).status).toBe(200)
    const { body: listed } = await admin('GET', '/admin/keys?tenant=acme')
    expect(JSON.stringify(listed)).toContain(record.id)
    expect(JSON.stringify(listed)).not.toContain(secret)
    const { body: rotated } = await admin('POST', `/admin/keys/${record.id}/rotate`, { overlapSeconds: 0 })
    expect((await post(secret)).status).toBe(401)
    expect((await post((rotated as unknown as { secret: string }).secret)).status).toBe(200)
    expect((await admin('DELETE', `/admin/keys/${record.id}`)).status).toBe(200)
    expect((await post((rotated as unknown as { secret: string }).secret)).status).toBe(401)
    expect((await admin('DELETE', '/admin/keys/nope')).status).toBe(404)
  })

  it.each([
    [{}, 'name'],
    [{ name: 'x', requestsPerMinute: '10' }, 'requestsPerMinute'],
    [{ name: 'x', budget: 3 }, 'budget'],
    [{ name: 'x y' }, 'name'],
    [{ name: 'x', routes: ['chat', 'nonexist'] }, 'routes'],
    [{ name: 'x', expiresAt: 'tomorrow' }, 'expiresAt'],
  ])('refuses the key %j by field', async (fields, param) => {
    await start()
    const { status, body } = await admin('POST', '/admin/keys', fields)
    expect([status, (body as { error?: { param: string } }).error?.param]).toEqual([400, param])
  })

  it('limits a key to routes that exist, and names them otherwise', async () => {
    await start()
    await createKey({ name: 'one-route', routes: ['chat'] })
    const { body } = await admin('POST', '/admin/keys', { name: 'no-route', routes: ['nonexist'] })
    expect((body as { error?: { message: string } }).error?.message).toMatch(/"nonexist".*chat/)
  })

  it('says until when the secret before stays in force', async () => {
    await start()
    const { record } = await createKey({ name: 'rotating' })
    const untilMs = async (fields: object) => {
      const { body } = await admin('POST', `/admin/keys/${record.id}/rotate`, fields)
      return Date.parse((body as unknown as { formerUntil: string }).formerUntil)
    }
    const hourMs = 3_600_000
    const before = Date.now()
    expect(await untilMs({ overlapSeconds: 3600 })).toBeGreaterThanOrEqual(before + hourMs)
    expect(await untilMs({})).toBeGreaterThanOrEqual(before + 24 * hourMs)
    expect(await untilMs({ overlapSeconds: 0 })).toBeLessThanOrEqual(Date.now())
    expect((await admin('POST', `/admin/keys/${record.id}/rotate`, { overlapSeconds: 1e12 })).status).toBe(
      400,
    )
  })

  it('pages through the ledger and sums it up', async () => {
    await start({ models: { main: { text: 'hi', usage: usage(2) } } })
    const { secret } = await createKey({ name: 'reader', tenant: 'ledger-test' })
    for (let i = 0; i < 3; i++) await post(secret)
    const first = await admin('GET', '/admin/ledger?tenant=ledger-test&limit=2')
    expect(first.body.rows).toMatchObject([{ outputTokens: 2, costUsd: '0.2' }, { end: 'finished' }])
    const rest = await admin('GET', `/admin/ledger?tenant=ledger-test&limit=2&after=${first.body.next}`)
    expect(rest.body).toMatchObject({ rows: [{ route: 'chat' }], next: null })
    const idsOf = (...pages: (typeof first)[]) =>
      pages.flatMap(({ body }) => (body.rows ?? []).map(({ requestId }) => requestId))
    const path = '/admin/ledger?tenant=ledger-test&limit=2&first=newest'
    const newest = await admin('GET', path)
    const older = await admin('GET', `${path}&after=${newest.body.next}`)
    expect(idsOf(newest, older)).toEqual(idsOf(first, rest).reverse())
    expect(older.body.next).toBeNull()
    const since = new Date(Date.now() + 60_000).toISOString()
    expect((await admin('GET', `/admin/ledger?since=${since}`)).body.rows).toEqual([])
    expect((await admin('GET', '/admin/ledger/summary?by=tenant&tenant=ledger-test')).body).toMatchObject({
      by: 'tenant',
      groups: [{ group: 'ledger-test', requests: 3, attempts: 3, outputTokens: 6, costUsd: '0.6' }],
    })
  })

  it.each([
    '/admin/ledger?since=yesterday',
    '/admin/ledger?limit=x',
    '/admin/ledger?first=best',
    '/admin/ledger?after=%21',
    '/admin/ledger/summary?by=moon',
  ])('refuses %s', async (path) => {
    await start()
    expect((await admin('GET', path)).status).toBe(400)
  })

  it('starts ingests and tells of them', async () => {
    const started: KnowledgeBase[] = []
    const job = { id: 'job_1', kind: 'ingest', state: 'running', progress: { files: 3 }, error: null }
    await start({
      admin: {
        token,
        keys: keyring,
        ingest: {
          start: async (base) => {
            started.push(base)
            return 'job_1'
          },
          get: async (id) => (id === 'job_1' ? (job as never) : undefined),
        },
      },
      architecture: { knowledge: [{ id: 'docs', source: 'docs' }] },
    })
    expect(await admin('POST', '/admin/knowledge/docs/ingest')).toEqual({
      status: 202,
      body: { job: 'job_1' },
    })
    expect(started).toMatchObject([{ id: 'docs' }])
    expect((await admin('GET', '/admin/jobs/job_1')).body).toMatchObject({
      state: 'running',
      progress: { files: 3 },
    })
    expect((await admin('GET', '/admin/jobs/job_2')).status).toBe(404)
    expect((await admin('POST', '/admin/knowledge/nope/ingest')).status).toBe(404)
  })
})

describe('limits under concurrency', () => {
  it('a budget is not passed by more than its running calls, however many come at once', async () => {
    await start({ models: { main: { text: 'hi', usage: usage(10) } } })
    // Each call reserves and costs 1 dollar: exactly 7 fit.
    const { secret, record } = await createKey({ name: 'budget', tenant: 'budget', monthlyBudgetUsd: 7 })
    const responses = await Promise.all(Array.from({ length: 60 }, () => post(secret)))
    const statuses = responses.map((response) => response.status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(7)
    expect(statuses.filter((status) => status === 429)).toHaveLength(53)
    const { rows } = await ledger.rows({ tenant: 'budget' })
    expect(rows.filter((row) => row.keyId === record.id)).toHaveLength(7)
    const refused = responses.find((response) => response.status === 429)
    expect(await refused?.json()).toMatchObject({
      error: { code: 'insufficient_quota', type: 'insufficient_quota' },
    })
  })

  it('requests per minute are counted exactly', async () => {
    await start()
    const { secret } = await createKey({ name: 'rpm', tenant: 'rpm', requestsPerMinute: 5 })
    const responses = await Promise.all(Array.from({ length: 30 }, () => post(secret)))
    expect(responses.filter((response) => response.status === 200)).toHaveLength(5)
    const refused = responses.find((response) => response.status === 429)
    expect(refused?.headers.get('x-ratelimit-limit-requests')).toBe('5')
    expect(refused?.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('tokens per minute are reserved before a call and settled after it', async () => {
    const room = Promise.withResolvers<void>()
    const main = async () => {
      await room.promise
      return { text: 'hi', usage: usage(5) }
    }
    await start({ models: { main } })
    const { secret } = await createKey({ name: 'tpm', tenant: 'tpm', tokensPerMinute: 1000 })
    const tooLarge = await post(secret, ask('x', { max_tokens: 2000 }))
    expect(tooLarge.status).toBe(429)
    expect(tooLarge.headers.get('x-should-retry')).toBe('false')
    // Each reserves about 400 and uses 15: two fit at once, and after they settled there is room again.
    let refused = 0
    const together = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { status } = await post(secret, ask('x', { max_tokens: 400 }))
        if (status === 429 && ++refused === 3) room.resolve()
        return status
      }),
    )
    expect(together.filter((status) => status === 200)).toHaveLength(2)
    expect((await post(secret, ask('x', { max_tokens: 400 }))).status).toBe(200)
  })
})
