// What the built-in engine will measure on this machine: service times from the coefficients, waiting by queueing.

import type { Requirements, SpeedTarget } from '../../spec/index.js'
import { unitOf, wantsMore } from '../search/target.js'
import { normalQuantile } from '../speed/length-distribution.js'
import { addMoments, gammaQuantile, type Moments, waitingTime } from '../speed/queueing.js'
import type { MachineFacts, Prediction } from './machine.js'
import { machineCoefficients } from './machine-coefficients.js'
import { hereRow } from './row-ids.js'

interface Load {
  readonly requestsPerSecond: number
  /** Mean answer, tokens. */
  readonly outputTokens: number
}

/**
 * One row for each speed target. The gateway and the knowledge process each have a core where there are two; with
 * one they share it. Waiting is that of M/G/1 in front of each.
 * @returns nothing for a load the machine cannot carry
 */
export const predictMachine = (
  requirements: Requirements,
  machine: Pick<MachineFacts, 'cores' | 'speedScore'>,
  load: Load,
): readonly Prediction[] => {
  const times = timesOf(machine, load)
  if (!times) return []
  return requirements.performance.targets.map((target) => toPrediction(target, metricAt(target, times, load)))
}

interface Times {
  readonly first: Moments
  readonly whole: Moments
  readonly slowTokenMs: number
}

const timesOf = (
  { cores, speedScore }: Pick<MachineFacts, 'cores' | 'speedScore'>,
  { requestsPerSecond, outputTokens }: Load,
): Times | null => {
  const { gatewayMs, retrievalMs, extractMs, tokenMs, slowTokenMs } = machineCoefficients
  const writing = outputTokens * tokenMs
  const stations =
    cores >= 2
      ? [gatewayMs + extractMs + writing, retrievalMs]
      : [gatewayMs + extractMs + writing + retrievalMs]
  const rate = requestsPerSecond / 1000
  const waits = stations.map((ms) => waitingTime(rate, serviceOf(ms / speedScore)))
  if (waits.some((wait) => wait === null)) return null
  const known = waits.flatMap((wait) => wait ?? [])
  const own = (ms: number) => {
    const { mean, second } = serviceOf(ms / speedScore)
    return { mean, variance: second - mean ** 2 }
  }
  const first = addMoments(...known, own(gatewayMs + retrievalMs + extractMs))
  return { first, whole: addMoments(first, own(writing)), slowTokenMs: slowTokenMs / speedScore }
}

/** Moments of a gamma-distributed service time of this mean. */
const serviceOf = (mean: number) => {
  const { variation } = machineCoefficients
  const second = mean ** 2 * (1 + variation)
  return { mean, second, third: second * mean * (1 + 2 * variation) }
}

const metricAt = (target: SpeedTarget, { first, whole, slowTokenMs }: Times, load: Load): number => {
  const z = normalQuantile(target.percentile / 100)
  switch (target.metric) {
    case 'ttft':
      return gammaQuantile(first, z)
    case 'e2e':
      return gammaQuantile(whole, z)
    case 'tpot':
      return slowTokenMs
    case 'outputTokensPerSecond':
      return 1000 / slowTokenMs
    case 'systemOutputTokensPerSecond':
      return load.requestsPerSecond * load.outputTokens
  }
}

const toPrediction = (target: SpeedTarget, value: number): Prediction => {
  const { low, high } = machineCoefficients.band
  const [down, up] = wantsMore(target.metric) ? [1 / high, 1 / low] : [low, high]
  const scale = target.unit === 's' ? 1000 : 1
  return {
    id: hereRow(target.id),
    value: value / scale,
    unit: target.unit === 's' ? 's' : unitOf(target.metric),
    low: (value * down) / scale,
    high: (value * up) / scale,
  }
}
