import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../core/index.js'
import { type Counters, createCounters, monthStartMs, type Reservation } from './counters.js'

const minute = 60_000
const granted = (results: readonly unknown[]) =>
  results.filter((result): result is Reservation => (result as Reservation).granted)

const reserveMany = (counters: Counters, amounts: readonly number[], limit: number) =>
  Promise.all(
    amounts.map((amount) => counters.reserve({ key: 'k', amount, limit, windowMs: 'calendar-month' })),
  )

describe('counters', () => {
  it('never grant more than the limit to 1,000 concurrent callers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1000, maxLength: 1000 }),
        fc.integer({ min: 0, max: 300_000 }),
        async (amounts, limit) => {
          const counters = createCounters({ clock: createManualClock() })
          const won = granted(await reserveMany(counters, amounts, limit))
          const sum = won.reduce((total, reservation) => total + reservation.amount, 0)
          expect(sum).toBeLessThanOrEqual(limit)
          expect(await counters.used('k')).toBe(sum)
          // Nobody was refused for nothing: the smallest refused amount did not fit.
          const refused = amounts.length - won.length
          if (refused > 0) expect(sum + Math.max(...amounts)).toBeGreaterThan(limit)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('equal the sum of what was really used, in any order of settle, release and repetition', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ amount: fc.nat(100), actual: fc.nat(100), release: fc.boolean(), twice: fc.boolean() }),
          { maxLength: 60 },
        ),
        fc.integer({ min: 1, max: 2000 }),
        async (calls, limit) => {
          const counters = createCounters({ clock: createManualClock() })
          let expected = 0
          let overshoot = 0
          for (const call of calls) {
            const reservation = await counters.reserve({
              key: 'k',
              amount: call.amount,
              limit,
              windowMs: 'calendar-month',
            })
            if (!reservation.granted) continue
            expected += call.release ? 0 : call.actual
            overshoot = Math.max(overshoot, call.release ? 0 : call.actual - call.amount)
            if (call.release) await counters.release(reservation)
            else await counters.settle(reservation, call.actual)
            if (call.twice) await counters.settle(reservation, 1_000_000)
            if (call.twice) await counters.release(reservation)
          }
          expect(await counters.used('k')).toBe(expected)
          // One call runs at a time here, so the limit is passed by one estimate's error at most.
          expect(expected).toBeLessThanOrEqual(limit + Math.max(0, overshoot))
        },
      ),
    )
  })

  it('drain a bucket evenly and say when to come back', async () => {
    const clock = createManualClock()
    const counters = createCounters({ clock })
    const reserve = (amount: number) => counters.reserve({ key: 'rpm', amount, limit: 60, windowMs: minute })
    for (let i = 0; i < 60; i++) expect((await reserve(1)).granted).toBe(true)
    expect(await reserve(1)).toMatchObject({ granted: false, used: 60, limit: 60, retryAfterMs: 1000 })
    await clock.advance(999)
    expect((await reserve(1)).granted).toBe(false)
    await clock.advance(1)
    expect((await reserve(1)).granted).toBe(true)
    expect(await reserve(61)).toMatchObject({ granted: false, retryAfterMs: null })
  })

  it('let through at most limit x (1 + windows) in any time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 80 }),
        async (limit, pauses) => {
          const clock = createManualClock()
          const counters = createCounters({ clock })
          let admitted = 0
          for (const pause of pauses) {
            await clock.advance(pause)
            for (let i = 0; i < 5; i++)
              if ((await counters.reserve({ key: 'k', amount: 1, limit, windowMs: minute })).granted)
                admitted++
          }
          expect(admitted).toBeLessThanOrEqual(limit * (1 + clock.monotonicMs() / minute) + 1e-6)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('start anew with the month, and settle a call of the old month in the old one', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 31, 23, 59, 59))
    const counters = createCounters({ clock })
    const request = { key: 'budget', amount: 80, limit: 100, windowMs: 'calendar-month' } as const
    const old = await counters.reserve(request)
    expect(await counters.reserve(request)).toMatchObject({ granted: false, retryAfterMs: 1000 })
    await clock.advance(1000)
    expect(await counters.used('budget')).toBe(0)
    const fresh = await counters.reserve(request)
    expect(fresh.granted).toBe(true)
    if (old.granted) await counters.settle(old, 95)
    expect(await counters.used('budget')).toBe(80)
  })

  it('remember what was spent before a restart, and are not lowered by it', async () => {
    const counters = createCounters({ clock: createManualClock() })
    await counters.raise({ key: 'k', amount: 90, windowMs: 'calendar-month' })
    await counters.raise({ key: 'k', amount: 10, windowMs: 'calendar-month' })
    expect(await counters.used('k')).toBe(90)
    expect((await reserveMany(counters, [11], 100))[0]?.granted).toBe(false)
    expect((await reserveMany(counters, [10], 100))[0]?.granted).toBe(true)
  })

  it('follow a limit that changes', async () => {
    const counters = createCounters({ clock: createManualClock() })
    expect((await reserveMany(counters, [50], 100))[0]?.granted).toBe(true)
    expect((await reserveMany(counters, [1], 40))[0]?.granted).toBe(false)
    expect((await reserveMany(counters, [150], 200))[0]?.granted).toBe(true)
  })

  it('refuse amounts that would spoil the sum', async () => {
    const counters = createCounters({ clock: createManualClock() })
    for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(reserveMany(counters, [amount], 100)).rejects.toThrow(RangeError)
    expect(await counters.used('k')).toBe(0)
  })

  it('begin months at 00:00 UTC', () => {
    expect(monthStartMs(Date.UTC(2026, 1, 28, 23))).toBe(Date.UTC(2026, 1, 1))
  })
})
