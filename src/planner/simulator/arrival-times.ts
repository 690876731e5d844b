// When requests come that do not wait for one another (open loop). Times in ms since the start.

import type { Random } from '../../core/random.js'

export type OpenArrivals =
  | { readonly kind: 'poisson'; readonly requestsPerSecond: number }
  /** Gaps between requests are gamma distributed; `variation` = their standard deviation over their mean. */
  | { readonly kind: 'gamma'; readonly requestsPerSecond: number; readonly variation: number }
  /** Poisson at two rates in turns of exponential length: a Markov-modulated Poisson process of two states. */
  | {
      readonly kind: 'bursts'
      readonly calmRequestsPerSecond: number
      readonly burstRequestsPerSecond: number
      readonly meanCalmSeconds: number
      readonly meanBurstSeconds: number
    }
  /** Poisson with a rate for each hour of the day. */
  | {
      readonly kind: 'daily'
      readonly peakRequestsPerSecond: number
      /** Share of the peak in each hour, in [0, 1]. */
      readonly curve: readonly number[]
    }

/** @returns the time of the next arrival, never before the last one */
export type NextArrival = () => number

export const createArrivalTimes = (arrivals: OpenArrivals, random: Random): NextArrival => {
  switch (arrivals.kind) {
    case 'poisson':
      return sumOf(scaled(arrivals.requestsPerSecond, () => random.exponential()))
    case 'gamma': {
      const shape = 1 / arrivals.variation ** 2
      return sumOf(scaled(arrivals.requestsPerSecond, () => gamma(shape, random) / shape))
    }
    case 'bursts':
      return bursts(arrivals, random)
    case 'daily':
      return daily(arrivals, random)
  }
}

/** Gaps of mean 1 stretched to a rate. */
const scaled = (requestsPerSecond: number, gap: () => number) => {
  if (!(requestsPerSecond > 0)) throw new RangeError(`A rate must be above 0, not ${requestsPerSecond}`)
  return () => (gap() * 1000) / requestsPerSecond
}

const sumOf = (gapMs: () => number): NextArrival => {
  let nowMs = 0
  return () => {
    nowMs += gapMs()
    return nowMs
  }
}

/**
 * A gamma variate of unit scale.
 * Source: G. Marsaglia, W. Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000); shapes below 1
 * by its last section.
 */
const gamma = (shape: number, random: Random): number => {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.next()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && -random.exponential() < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}

/** An exponential is memoryless, so a gap that crosses the end of a turn starts anew there at the other rate. */
const bursts = (options: Extract<OpenArrivals, { kind: 'bursts' }>, random: Random): NextArrival => {
  const turns = [
    { rate: options.calmRequestsPerSecond / 1000, meanMs: options.meanCalmSeconds * 1000 },
    { rate: options.burstRequestsPerSecond / 1000, meanMs: options.meanBurstSeconds * 1000 },
  ] as const
  const [calm, burst] = turns
  if (!(calm.rate + burst.rate > 0)) throw new RangeError('Bursts need a rate above 0')
  const share = burst.meanMs / (calm.meanMs + burst.meanMs)
  let turn = random.next() < share ? burst : calm
  let nowMs = 0
  let endMs = turn.meanMs * random.exponential()
  return () => {
    for (;;) {
      const nextMs = turn.rate > 0 ? nowMs + random.exponential() / turn.rate : Number.POSITIVE_INFINITY
      if (nextMs <= endMs) {
        nowMs = nextMs
        return nowMs
      }
      nowMs = endMs
      turn = turn === calm ? burst : calm
      endMs += turn.meanMs * random.exponential()
    }
  }
}

/** Source: P. Lewis, G. Shedler, Simulation of nonhomogeneous Poisson processes by thinning (1979). */
const daily = (options: Extract<OpenArrivals, { kind: 'daily' }>, random: Random): NextArrival => {
  const { peakRequestsPerSecond, curve } = options
  if (!curve.some((share) => share > 0)) throw new RangeError('A daily curve needs an hour above 0')
  const next = sumOf(scaled(peakRequestsPerSecond, () => random.exponential()))
  return () => {
    for (;;) {
      const atMs = next()
      const hour = Math.floor(atMs / 3_600_000) % curve.length
      if (random.next() < (curve[hour] ?? 0)) return atMs
    }
  }
}
