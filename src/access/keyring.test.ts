import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createManualClock, type Log, type ManualClock } from '../core/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import * as keyTable from './key-table.js'
import { createKeyring, type Keyring } from './keyring.js'

vi.mock('./key-table.js', { spy: true })

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

const startMs = Date.UTC(2026, 10, 25)
let clock: ManualClock
let keyring: Keyring
let logged: string[]
const logTo = (lines: string[]): Log => {
  const write = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  return { debug: write, info: write, warn: write, error: write }
}
beforeEach(async () => {
  clock = createManualClock(startMs)
  logged = []
  keyring = await createKeyring({ store: test.store, clock, log: logTo(logged) })
})
afterEach(async () => {
  await keyring.close()
  await test.store.pool.query('truncate access_secret, access_key')
})

describe('a virtual key', () => {
  it('is found by its secret, with tenant, groups, routes and limits', async () => {
    const { secret, record } = await keyring.create({
      name: 'web',
      tenant: 'bank',
      groups: ['staff', 'staff'],
      routes: ['support'],
      requestsPerMinute: 60,
      tokensPerMinute: 0,
      monthlyBudgetUsd: 12.5,
    })
    expect(secret).toMatch(/^la-[A-Za-z0-9]{32}$/)
    expect(keyring.find(secret)).toEqual({
      id: record.id,
      name: 'web',
      tenant: 'bank',
      groups: ['staff'],
      routes: ['support'],
      requestsPerMinute: 60,
      tokensPerMinute: 0,
      monthlyBudgetUsd: 12.5,
      createdAt: new Date(startMs),
      expiresAt: null,
      revokedAt: null,
    })
    expect(await keyring.list('bank')).toEqual([record])
    expect(await keyring.list('other')).toEqual([])
  })

  it('is found by its id for as long as one of its secrets is in force', async () => {
    const { record } = await keyring.create({ name: 'web', tenant: 'bank' })
    expect(keyring.findById(record.id)).toEqual(record)
    await keyring.rotate(record.id, { overlapMs: 0 })
    expect(keyring.findById(record.id)?.id).toBe(record.id)
    await keyring.revoke(record.id)
    expect(keyring.findById(record.id)).toBeUndefined()
    const expiresAt = new Date(startMs + 1_000)
    const short = await keyring.create({ name: 'short', tenant: 'bank', expiresAt })
    expect(keyring.findById(short.record.id)?.name).toBe('short')
    await clock.advance(1_000)
    expect(keyring.findById(short.record.id)).toBeUndefined()
  })

  it('has a name of its own within its tenant, as long as it is not revoked', async () => {
    const { record } = await keyring.create({ name: 'web', tenant: 'bank' })
    await keyring.create({ name: 'web', tenant: 'other' })
    await expect(keyring.create({ name: 'web', tenant: 'bank' })).rejects.toMatchObject({
      code: 'access.name-taken',
      params: { tenant: 'bank', name: 'web' },
    })
    await keyring.revoke(record.id)
    const { secret } = await keyring.create({ name: 'web', tenant: 'bank' })
    expect(keyring.find(secret)?.name).toBe('web')
    expect(await keyring.list()).toHaveLength(3)
  })

  it('stops with its expiry, and with its revocation', async () => {
    const { secret } = await keyring.create({
      name: 'short',
      tenant: 'bank',
      expiresAt: new Date(startMs + 1000),
    })
    const other = await keyring.create({ name: 'other', tenant: 'bank' })
    await clock.advance(999)
    expect(keyring.find(secret)?.name).toBe('short')
    await clock.advance(1)
    expect(keyring.find(secret)).toBeUndefined()
    const revoked = await keyring.revoke(other.record.id)
    expect(keyring.find(other.secret)).toBeUndefined()
    await clock.advance(5)
    expect((await keyring.revoke(other.record.id)).revokedAt).toEqual(revoked.revokedAt)
    await expect(keyring.rotate(other.record.id)).rejects.toMatchObject({
      code: 'access.key-not-in-force',
      params: { state: 'revoked' },
    })
    for (const change of [keyring.revoke, keyring.rotate])
      await expect(change('key_none')).rejects.toMatchObject({ code: 'access.key-unknown' })
  })

  it('keeps its old secret for the overlap when it gets a new one', async () => {
    const first = await keyring.create({ name: 'web', tenant: 'bank' })
    const second = await keyring.rotate(first.record.id, { overlapMs: 60_000 })
    expect(second.record).toEqual(first.record)
    expect(second.formerUntil).toEqual(new Date(clock.wallMs() + 60_000))
    expect([first, second].map(({ secret }) => keyring.find(secret)?.id)).toEqual([
      first.record.id,
      first.record.id,
    ])
    await clock.advance(60_000)
    expect([first, second].map(({ secret }) => keyring.find(secret)?.id)).toEqual([
      undefined,
      first.record.id,
    ])
    const third = await keyring.rotate(first.record.id, { overlapMs: 0 })
    expect([second, third].map(({ secret }) => keyring.find(secret) !== undefined)).toEqual([false, true])
    const fourth = await keyring.rotate(first.record.id, { overlapMs: 1_000 })
    // Another rotation gives a secret that is ending no more time.
    await keyring.rotate(first.record.id, { overlapMs: 60_000 })
    await clock.advance(1_000)
    expect([third, fourth].map(({ secret }) => keyring.find(secret) !== undefined)).toEqual([false, true])
  })

  it.each([
    [{ name: '' }, 'access.name-invalid'],
    [{ name: 'a b' }, 'access.name-invalid'],
    [{ tenant: '../x' }, 'access.name-invalid'],
    [{ groups: ['a'.repeat(65)] }, 'access.name-invalid'],
    [{ routes: ['a\0'] }, 'access.name-invalid'],
    [{ requestsPerMinute: 1.5 }, 'access.limit-invalid'],
    [{ tokensPerMinute: -1 }, 'access.limit-invalid'],
    [{ monthlyBudgetUsd: Number.NaN }, 'access.limit-invalid'],
    [{ expiresAt: new Date(startMs) }, 'access.expiry-past'],
    [{ expiresAt: new Date(Number.NaN) }, 'access.expiry-past'],
  ])('is refused with %j', async (patch, code) => {
    await expect(keyring.create({ name: 'web', tenant: 'bank', ...patch })).rejects.toMatchObject({ code })
    expect(await keyring.list()).toEqual([])
  })

  it('is never known by anything that is not a secret in force, whatever happened before', async () => {
    const command = fc.oneof(
      fc.record({ do: fc.constant('create' as const), lifeMs: fc.option(fc.integer({ min: 1, max: 3000 })) }),
      fc.record({ do: fc.constant('revoke' as const), which: fc.nat() }),
      fc.record({ do: fc.constant('rotate' as const), which: fc.nat(), overlapMs: fc.nat(3000) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2000) }),
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 12 }), fc.string(), async (commands, noise) => {
        run++
        /** What should hold, in the simplest form: when each secret ends. */
        const secrets: { id: string; secret: string; endsMs: number }[] = []
        for (const [step, each] of commands.entries()) {
          const nowMs = clock.wallMs()
          const chosen = 'which' in each ? secrets[each.which % Math.max(1, secrets.length)] : undefined
          if (each.do === 'create') {
            const expiresAt = each.lifeMs === null ? null : new Date(nowMs + each.lifeMs)
            const issued = await keyring.create({ name: `key-${run}-${step}`, tenant: 'bank', expiresAt })
            const endsMs = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
            secrets.push({ id: issued.record.id, secret: issued.secret, endsMs })
          } else if (each.do === 'wait') await clock.advance(each.ms)
          else if (chosen && each.do === 'revoke') {
            await keyring.revoke(chosen.id)
            for (const secret of secrets) if (secret.id === chosen.id) secret.endsMs = 0
          } else if (chosen && each.do === 'rotate') {
            const family = secrets.filter((secret) => secret.id === chosen.id)
            const endsMs = Math.max(...family.map((secret) => secret.endsMs))
            const issued = await keyring
              .rotate(chosen.id, { overlapMs: each.overlapMs })
              .catch(() => undefined)
            expect(issued !== undefined).toBe(endsMs > nowMs)
            if (!issued) continue
            for (const secret of family) secret.endsMs = Math.min(secret.endsMs, nowMs + each.overlapMs)
            secrets.push({ id: chosen.id, secret: issued.secret, endsMs })
          }
          for (const { id, secret, endsMs } of secrets)
            expect(keyring.find(secret)?.id).toBe(endsMs > clock.wallMs() ? id : undefined)
        }
        for (const text of [noise, `la-${noise}`, '', 'la-', ...secrets.map(({ secret }) => `${secret} `)])
          expect(keyring.find(text)).toBeUndefined()
      }),
      { numRuns: 25 },
    )
  })
})

describe('the keyring', () => {
  it('sees within its interval what another process changed', async () => {
    const other = await createKeyring({ store: test.store, clock })
    const { secret, record } = await other.create({ name: 'web', tenant: 'bank' })
    expect(keyring.find(secret)).toBeUndefined()
    await keyring.refresh()
    expect(keyring.find(secret)?.id).toBe(record.id)
    await other.revoke(record.id)
    await clock.advance(5_000)
    // The read that the clock started runs against a real database; a refresh waits behind it.
    await keyring.refresh()
    expect(keyring.find(secret)).toBeUndefined()
    await other.close()
  })

  it('forgets a revoked key at once, even when the database goes away right then', async () => {
    let isAway = false
    const store = {
      ...test.store,
      get db() {
        if (isAway) throw new Error('away')
        return test.store.db
      },
    }
    const flaky = await createKeyring({ store, clock })
    const { secret, record } = await flaky.create({ name: 'web', tenant: 'bank' })
    isAway = true
    await expect(flaky.revoke(record.id)).rejects.toThrow('away')
    expect(flaky.find(secret)).toBeUndefined()
    await flaky.close()
  })

  it('does not learn a revoked key anew from a read that had begun before', async () => {
    const { secret, record } = await keyring.create({ name: 'web', tenant: 'bank' })
    const former = await keyTable.selectSecrets(test.store.db)
    const slow = Promise.withResolvers<typeof former>()
    vi.mocked(keyTable.selectSecrets)
      .mockReturnValueOnce(slow.promise)
      .mockRejectedValueOnce(new Error('away'))
    const before = keyring.refresh()
    const revoked = keyring.revoke(record.id)
    await vi.waitFor(() => expect(keyring.find(secret)).toBeUndefined())
    slow.resolve(former)
    await before
    await expect(revoked).rejects.toThrow('away')
    expect(keyring.find(secret)).toBeUndefined()
  })

  it('knows its keys again after a restart', async () => {
    const { secret, record } = await keyring.create({ name: 'web', tenant: 'bank' })
    await keyring.close()
    keyring = await createKeyring({ store: test.store, clock })
    expect(keyring.find(secret)).toEqual(record)
  })

  it('stores and logs hashes only', async () => {
    const { secret, record } = await keyring.create({ name: 'web', tenant: 'bank' })
    const rotated = await keyring.rotate(record.id)
    await keyring.create({ name: 'web', tenant: 'bank' }).catch((error: Error) => logged.push(String(error)))
    const { rows } = await test.store.pool.query(
      'select to_jsonb(k)::text || to_jsonb(s)::text as text from access_key k join access_secret s on s.key_id = k.id',
    )
    const everything = JSON.stringify([rows, logged, await keyring.list()])
    expect(rows).toHaveLength(2)
    for (const known of [secret, rotated.secret]) expect(everything).not.toContain(known.slice(3))
  })

  it('lets one of many win when they create the same name at once', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => keyring.create({ name: 'web', tenant: 'bank' })),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    const [first] = results.filter((result) => result.status === 'rejected')
    expect(first?.reason).toMatchObject({ code: 'access.name-taken' })
  })
})
