import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../core/index.js'
import { type Counters, createCounters } from '../../ledger/index.js'
import { type Breaker, type BreakerOptions, createBreaker, refusedKeyMs } from './breaker.js'

const options: BreakerOptions = {
  consecutiveFailures: 3,
  failureRate: 0.5,
  minimumCalls: 10,
  windowMs: 10_000,
  openMs: 1_000,
}
let clock: ManualClock
let counters: Counters
let failures: unknown[]
const create = (changes: Partial<BreakerOptions> = {}): Breaker =>
  createBreaker({
    id: 'one',
    options: { ...options, ...changes },
    clock,
    counters,
    onSharedFailure: (error) => failures.push(error),
  })

beforeEach(() => {
  clock = createManualClock()
  counters = createCounters({ clock })
  failures = []
})

const fail = (breaker: Breaker, times = 1) => {
  for (let i = 0; i < times; i++) breaker.record({ kind: 'failure' })
}
const succeed = (breaker: Breaker, times = 1) => {
  for (let i = 0; i < times; i++) breaker.record({ kind: 'success' })
}
const opened = async () => {
  const breaker = create()
  fail(breaker, 3)
  await clock.advance(0)
  return breaker
}

describe('a breaker', () => {
  it('opens on failures in a row, and a success between them starts the row anew', () => {
    const breaker = create()
    fail(breaker, 2)
    succeed(breaker)
    fail(breaker, 2)
    expect(breaker.isClosed()).toBe(true)
    fail(breaker)
    expect(breaker.rest()).toEqual({ reason: 'failures', restMs: 1_000 })
  })

  it('opens on the share of failures within its window, once there were enough calls', () => {
    const breaker = create({ consecutiveFailures: 0 })
    for (let i = 0; i < 4; i++) {
      succeed(breaker)
      fail(breaker)
    }
    expect(breaker.isClosed()).toBe(true)
    succeed(breaker)
    fail(breaker)
    expect(breaker.isClosed()).toBe(false)
  })

  it('forgets what is older than its window', async () => {
    const breaker = create({ consecutiveFailures: 0 })
    fail(breaker, 9)
    await clock.advance(10_001)
    succeed(breaker, 9)
    fail(breaker)
    expect(breaker.isClosed()).toBe(true)
  })

  it('learns nothing from what a client ended', () => {
    const breaker = create()
    for (let i = 0; i < 10; i++) breaker.record({ kind: 'nothing' })
    expect(breaker.state()).toEqual({ state: 'closed', reason: null, restMs: 0, consecutiveFailures: 0 })
  })

  it('lets a single call probe when its time is over, and closes when that succeeds', async () => {
    const breaker = await opened()
    await clock.advance(999)
    expect(await breaker.claimProbe()).toEqual({ reason: 'failures', restMs: 1 })
    await clock.advance(1)
    expect(breaker.state().state).toBe('half-open')
    expect(breaker.isClosed()).toBe(false)
    expect(await breaker.claimProbe()).toBeUndefined()
    expect(await breaker.claimProbe()).toMatchObject({ reason: 'failures' })
    succeed(breaker)
    expect(breaker.isClosed()).toBe(true)
  })

  it('opens again when the probe fails, and frees the probe of a client that left', async () => {
    const breaker = await opened()
    await clock.advance(1_000)
    await breaker.claimProbe()
    breaker.record({ kind: 'nothing' })
    await clock.advance(0)
    expect(await breaker.claimProbe()).toBeUndefined()
    fail(breaker)
    expect(breaker.rest()).toEqual({ reason: 'failures', restMs: 1_000 })
  })

  it('is not closed by a call from before it opened', async () => {
    const breaker = await opened()
    succeed(breaker)
    expect(breaker.isClosed()).toBe(false)
  })

  it('leaves a deployment at its limit alone for exactly as long as it asks, without a probe', async () => {
    const breaker = create()
    breaker.record({ kind: 'rate-limited', restMs: 60_000 })
    await clock.advance(59_999)
    expect(breaker.rest()).toEqual({ reason: 'rate-limited', restMs: 1 })
    await clock.advance(1)
    expect(breaker.isClosed()).toBe(true)
    expect(breaker.state().state).toBe('closed')
  })

  it('leaves a refused key alone and probes it much later', async () => {
    const breaker = create()
    breaker.record({ kind: 'key-refused' })
    expect(breaker.state()).toMatchObject({ state: 'open', reason: 'key-refused', restMs: refusedKeyMs })
    await clock.advance(refusedKeyMs)
    expect(breaker.state().state).toBe('half-open')
  })

  it('tells its replicas by the shared counters, which also share the one probe', async () => {
    const [here, there] = [create({ openMs: 5_000 }), create({ openMs: 5_000 })]
    fail(here, 3)
    expect(there.isClosed()).toBe(true)
    await clock.advance(1_000)
    expect(there.isClosed()).toBe(true)
    await clock.advance(0)
    expect(there.rest()).toEqual({ reason: 'failures', restMs: 4_000 })
    await clock.advance(4_000)
    expect(await here.claimProbe()).toBeUndefined()
    expect(await there.claimProbe()).toEqual({ reason: 'failures', restMs: 5_000 })
  })

  it('goes on alone while the shared counters are away', async () => {
    const away = async () => {
      throw new Error('away')
    }
    counters = { ...counters, reserve: away, used: away }
    const breaker = create()
    fail(breaker, 3)
    await clock.advance(1_000)
    expect(await breaker.claimProbe()).toBeUndefined()
    succeed(breaker)
    expect(breaker.isClosed()).toBe(true)
    expect(failures.length).toBeGreaterThan(0)
  })
})
