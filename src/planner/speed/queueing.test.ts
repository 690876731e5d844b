import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.js'
import { createLengths, normalQuantile } from './length-distribution.js'
import { addMoments, gammaQuantile, momentsOf, refusedShare, waitingTime } from './queueing.js'

describe('normalQuantile', () => {
  it('gives the tabulated values', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9)
    expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655, 8)
    expect(normalQuantile(0.95)).toBeCloseTo(1.644853627, 8)
    expect(normalQuantile(0.001)).toBeCloseTo(-3.0902323062, 7)
  })
})

describe('lengths', () => {
  it('pass through their median and 95th percentile, and have the mean of a log-normal', () => {
    const lengths = createLengths({ p50: 120, p95: 300 })
    expect(lengths.quantile(0.5)).toBeCloseTo(120, 6)
    expect(lengths.quantile(0.95)).toBeCloseTo(300, 6)
    // sigma = ln(2.5) / 1.645 = 0.557; mean = 120 exp(0.557^2 / 2) = 140.1
    expect(lengths.mean).toBeCloseTo(140.1, 1)
    expect(momentsOf(lengths.points).mean).toBeGreaterThan(0.98 * lengths.mean)
  })
})

describe('waiting time', () => {
  const exponential = { mean: 10, second: 200, third: 6000 }

  it('is that of M/M/1 for exponential service: E[W] = u/(1-u) x S', () => {
    for (const busy of [0.1, 0.5, 0.9]) {
      const waiting = waitingTime(busy / 10, exponential)
      expect(waiting?.mean).toBeCloseTo((busy / (1 - busy)) * 10, 6)
    }
  })

  it('is that of M/D/1 for fixed service: half of it', () => {
    const waiting = waitingTime(0.05, { mean: 10, second: 100, third: 1000 })
    expect(waiting?.mean).toBeCloseTo(5, 9)
  })

  it('is refused when arrivals outrun the server', () => {
    expect(waitingTime(0.1, exponential)).toBeNull()
  })

  it('plus service has the quantiles of M/M/1: -ln(1-p) S/(1-u), within 2 %', () => {
    const waiting = waitingTime(0.07, exponential) ?? { mean: 0, variance: 0 }
    const sojourn = addMoments(waiting, { mean: 10, variance: 100 })
    for (const p of [0.9, 0.95, 0.99]) {
      const exact = (-Math.log(1 - p) * 10) / 0.3
      expect(Math.abs(gammaQuantile(sojourn, normalQuantile(p)) / exact - 1)).toBeLessThan(0.02)
    }
  })

  it('agrees with a simulated queue of log-normal service within 6 % at the 95th percentile', () => {
    const random = createRandom('queue')
    const service = momentsOf(createLengths({ p50: 8, p95: 20 }).points)
    const rate = 0.6 / service.mean
    const points = createLengths({ p50: 8, p95: 20 }).points
    const times: number[] = []
    let backlog = 0
    for (let i = 0; i < 200_000; i++) {
      backlog = Math.max(0, backlog - random.exponential() / rate)
      const own = random.pick(points)
      times.push(backlog + own)
      backlog += own
    }
    times.sort((a, b) => a - b)
    const waiting = waitingTime(rate, service)
    const predicted = gammaQuantile(addMoments(waiting ?? service, service), normalQuantile(0.95))
    expect(Math.abs(predicted / (times[Math.floor(0.95 * times.length)] ?? 1) - 1)).toBeLessThan(0.06)
  })
})

describe('arrivals that find every place taken', () => {
  it('are those of the tabulated loss formula of Erlang', () => {
    const erlang = (offered: number, places: number) => refusedShare(offered, places, (inFlight) => inFlight)
    expect(erlang(5, 10)).toBeCloseTo(0.01838, 5)
    expect(erlang(10, 10)).toBeCloseTo(0.21458, 5)
    expect(erlang(100, 100)).toBeCloseTo(0.0757, 4)
    expect(erlang(10, 200)).toBe(0)
    expect(erlang(0, 10)).toBe(0)
  })

  it('are those of M/M/1/c where one is served at a time', () => {
    // (1 - u) u^c / (1 - u^(c + 1))
    expect(refusedShare(0.8, 3, () => 1)).toBeCloseTo((0.2 * 0.8 ** 3) / (1 - 0.8 ** 4), 9)
  })
})
