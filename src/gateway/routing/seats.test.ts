import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../core/index.js'
import { createWatchdog } from '../../llm/index.js'
import { createSeats, type Seats, type SeatWaiter } from './seats.js'

let clock: ManualClock
let seats: Seats
let order: string[]
const create = (concurrency: number, queue: number) =>
  createSeats({ deployment: 'main', limits: { concurrency, queue }, clock, watchdog: createWatchdog(clock) })

beforeEach(() => {
  clock = createManualClock()
  order = []
  seats = create(1, 10)
})

const wait = (tenant: string, changes: Partial<SeatWaiter> = {}) => {
  const taken = seats.take({ tenant, signal: new AbortController().signal, ...changes })
  taken.then(
    () => order.push(tenant),
    (error: { code?: string }) => order.push(`${tenant}: ${error.code ?? error}`),
  )
  return taken
}
/** Frees one seat and lets who gets it say so. */
const leave = async () => {
  seats.leave()
  await clock.advance(0)
}

describe('seats', () => {
  it('are taken at once while there are any', () => {
    expect([seats.tryTake(), seats.tryTake()]).toEqual([true, false])
    seats.leave()
    expect(seats.tryTake()).toBe(true)
  })

  it('go round the tenants, however many wait for one of them', async () => {
    seats.tryTake()
    for (const tenant of ['a', 'a', 'a', 'b', 'c']) void wait(tenant)
    for (let i = 0; i < 5; i++) await leave()
    expect(order).toEqual(['a', 'b', 'c', 'a', 'a'])
  })

  it('are not taken past those who wait', async () => {
    seats.tryTake()
    void wait('a')
    seats.leave()
    expect(seats.tryTake()).toBe(false)
    await clock.advance(0)
    expect(order).toEqual(['a'])
  })

  it('have a queue with an end: one more is refused, with the time after which to come again', async () => {
    seats = create(1, 2)
    seats.tryTake()
    void wait('a')
    void wait('a')
    await expect(wait('a')).rejects.toMatchObject({
      code: 'gateway.queue-full',
      retryable: true,
      params: { status: 429, waiting: 2, retryAfterMs: expect.any(Number) },
    })
    expect(seats.state()).toEqual({ running: 1, waiting: 2, concurrency: 1 })
  })

  it('of a full queue are given up by the tenant that waits most for one that waits less', async () => {
    seats = create(1, 3)
    seats.tryTake()
    for (const tenant of ['a', 'a', 'a', 'b']) void wait(tenant).catch(() => {})
    await clock.advance(0)
    expect(order).toEqual(['a: gateway.queue-full'])
    for (let i = 0; i < 3; i++) await leave()
    expect(order.slice(1)).toEqual(['a', 'b', 'a'])
  })

  it('are waited for no longer than the deadline, nor by a client that has left', async () => {
    seats.tryTake()
    const leaving = new AbortController()
    void wait('late', { deadlineMs: clock.monotonicMs() + 200 }).catch(() => {})
    void wait('gone', { signal: leaving.signal }).catch(() => {})
    leaving.abort('gone')
    await clock.advance(199)
    expect(order).toEqual(['gone: gone'])
    await clock.advance(1)
    expect(order).toEqual(['gone: gone', 'late: gateway.queue-slow'])
    expect(seats.state().waiting).toBe(0)
  })

  it('become more when a reload allows it', async () => {
    seats.tryTake()
    void wait('a')
    seats.configure({ concurrency: 2, queue: 10 })
    await clock.advance(0)
    expect(order).toEqual(['a'])
  })

  it('ask for a longer pause the slower they become free', async () => {
    seats = create(1, 3)
    seats.tryTake()
    for (const tenant of ['a', 'b', 'c', 'd', 'e']) {
      void wait(tenant).catch(() => {})
      await clock.advance(5_000)
      await leave()
    }
    for (const tenant of ['a', 'b', 'c']) void wait(tenant).catch(() => {})
    await expect(wait('a')).rejects.toMatchObject({ params: { retryAfterMs: 15_000 } })
  })
})
