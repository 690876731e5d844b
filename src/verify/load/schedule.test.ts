import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ScheduleShape, scheduleArrivals } from './schedule.js'

const shapes = fc.record({
  shape: fc.constantFrom('poisson' as const, 'constant' as const),
  requestsPerSecond: fc.double({ min: 0.5, max: 50, noNaN: true }),
  durationSeconds: fc.double({ min: 0.1, max: 5, noNaN: true }),
  warmupSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
  seed: fc.integer(),
})

describe('the schedule', () => {
  it('is in order, inside its time, and splits warm-up from measurement', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 50 }), (shape, questions) => {
        const arrivals = scheduleArrivals(shape, questions)
        const endMs = (shape.warmupSeconds + shape.durationSeconds) * 1000
        for (const [i, { atMs, question, phase }] of arrivals.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(arrivals[i - 1]?.atMs ?? 0)
          expect(atMs).toBeLessThan(endMs)
          expect(question).toBeLessThan(questions)
          expect(phase).toBe(atMs < shape.warmupSeconds * 1000 ? 'warmup' : 'profiling')
        }
      }),
      { numRuns: 100 },
    )
  })

  it('is the same for the same seed and another for another', () => {
    const shape: ScheduleShape = {
      shape: 'poisson',
      requestsPerSecond: 20,
      durationSeconds: 5,
      warmupSeconds: 1,
      seed: 7,
    }
    expect(scheduleArrivals(shape, 9)).toEqual(scheduleArrivals(shape, 9))
    expect(scheduleArrivals({ ...shape, seed: 8 }, 9)).not.toEqual(scheduleArrivals(shape, 9))
  })

  it('asks every question once before any twice', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 30 }), (shape, questions) => {
        const asked = scheduleArrivals(shape, questions).map(({ question }) => question)
        for (let start = 0; start + questions <= asked.length; start += questions)
          expect(new Set(asked.slice(start, start + questions)).size).toBe(questions)
      }),
      { numRuns: 50 },
    )
  })

  it('offers a Poisson load: the rate asked for, and gaps that vary as much as they last', () => {
    const arrivals = scheduleArrivals(
      { shape: 'poisson', requestsPerSecond: 100, durationSeconds: 200, warmupSeconds: 0, seed: 3 },
      1,
    )
    const gaps = arrivals.slice(1).map(({ atMs }, i) => atMs - (arrivals[i]?.atMs ?? 0))
    const meanMs = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - meanMs) ** 2, 0) / gaps.length)
    expect(meanMs).toBeCloseTo(10, 0)
    expect(deviation / meanMs).toBeCloseTo(1, 1)
  })

  it('keeps a constant load on its grid, however long', () => {
    const arrivals = scheduleArrivals(
      { shape: 'constant', requestsPerSecond: 30, durationSeconds: 100, warmupSeconds: 0, seed: 1 },
      1,
    )
    expect(arrivals).toHaveLength(3000)
    expect(arrivals.at(-1)?.atMs).toBeCloseTo((2999 * 1000) / 30, 6)
  })
})
