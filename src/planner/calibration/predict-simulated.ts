// Percentiles of a benchmark client's run, simulated, before and after load tests of the same deployment. Each test
// teaches the parts of a step by its medians, which pauses of the machine hardly move, and by how much such pauses
// lengthen mean and tail, against the simulation, which has none. Pure.

import type { SimulationReport } from '../simulator/simulation-report.js'
import {
  type Calibration,
  type CalibrationPoint,
  calibrate,
  type Parts,
  type Spread,
} from '../speed/calibrate.js'
import type { Ranged } from './calibrate-deployment.js'
import { calibratedSteps } from './calibrated-steps.js'
import { type ClientLoad, type SimulatedDeployment, simulateLoad } from './simulated-parts.js'

export interface Quantiles {
  readonly mean: number
  readonly p50: number
  readonly p95: number
}

/** What a run measured, or what is predicted for it. Times in ms. */
export interface ClientTimes<Value> {
  readonly ttftP50: Value
  readonly ttftP95: Value
  readonly tpotP50: Value
  readonly tpotP95: Value
  readonly e2eP50: Value
  readonly e2eP95: Value
  readonly outputTokensPerSecond: Value
}

export interface SimulatedTest {
  readonly load: ClientLoad
  readonly ttftMs: Quantiles
  readonly tpotMs: Quantiles
  readonly e2eMs: Quantiles
}

export interface SimulatedPrior {
  /** Of the parts, shared by both metrics. */
  readonly spread: Spread
  /** Of mean and 95th percentile over the median, against the simulated ones, as the part `tail`. */
  readonly tailSpread: Spread
}

export interface SimulatedPredictor {
  readonly factors: Parts
  predict(load: ClientLoad): ClientTimes<Ranged>
}

/** A tenth and nine tenths of a standard normal. */
const z80 = 1.2816

type Tailed = 'ttftMs' | 'tpotMs' | 'e2eMs'

/**
 * Pauses come and go: where a test has tails that are longer by so much (log scale) than the machine alone would make
 * them, the next run's may be longer or shorter by a half of that, and its medians by a quarter. Assumed.
 */
const tailUnrest = 0.5
const medianUnrest = 0.25

export const createSimulatedPredictor = (
  deployment: SimulatedDeployment,
  tests: readonly SimulatedTest[],
  { spread, tailSpread }: SimulatedPrior,
): SimulatedPredictor => {
  const points = tests.flatMap(({ load, tpotMs, ttftMs }): readonly CalibrationPoint[] => {
    const { tpot, ttft, report } = simulateLoad(deployment, load)
    return [
      { parts: atMedian(tpot, report.tpotMs), measuredMs: tpotMs.p50 },
      { parts: atMedian(ttft, report.ttftMs), measuredMs: ttftMs.p50 },
    ]
  })
  const calibration = calibrate(points, spread)
  const { factors } = calibration
  const steps = calibratedSteps(deployment.steps, {
    tpot: { ...factors, promptsMs: factors.promptMs ?? 1 },
    ttft: factors,
  })
  const calibrated = { ...deployment, steps }
  const simulatedTests = tests.map((test) => ({ test, report: simulateLoad(calibrated, test.load).report }))
  const stretch = (metric: Tailed, of: 'mean' | 'p95'): Calibration =>
    calibrate(
      simulatedTests.map(({ test, report }) => {
        const [measured, simulated] = [test[metric], report[metric]]
        // By how much it is farther from the median than simulated, whatever the level of both.
        return {
          parts: { tail: 1 },
          measuredMs: measured[of] / measured.p50 / (simulated[of] / simulated.p50),
        }
      }),
      tailSpread,
    )
  const tails = {
    ttftMs: stretch('ttftMs', 'p95'),
    tpotMs: stretch('tpotMs', 'p95'),
    e2eMs: stretch('e2eMs', 'p95'),
  }
  const mean = stretch('e2eMs', 'mean')
  const unrest = unrestOf(simulatedTests)
  return {
    factors,
    predict: (load) => {
      const plain = simulateLoad(deployment, load)
      const { report } = simulateLoad(calibrated, load)
      const restless = (deviation: number) => Math.hypot(deviation, medianUnrest * unrest)
      const deviations = {
        ttftMs: restless(calibration.deviation(plain.ttft)),
        tpotMs: restless(calibration.deviation(plain.tpot)),
        e2eMs: restless(calibration.deviation(requestParts(plain, report))),
      }
      const median = (metric: Tailed) => ranged(report[metric].p50, deviations[metric])
      const slow = (metric: Tailed) =>
        ranged(
          report[metric].p95 * (tails[metric].factors.tail ?? 1),
          Math.hypot(deviations[metric], tails[metric].deviation({ tail: 1 }), tailUnrest * unrest),
        )
      return {
        ttftP50: median('ttftMs'),
        ttftP95: slow('ttftMs'),
        tpotP50: median('tpotMs'),
        tpotP95: slow('tpotMs'),
        e2eP50: median('e2eMs'),
        e2eP95: slow('e2eMs'),
        // As many requests as are in flight end in the mean time of one.
        outputTokensPerSecond: ranged(
          report.outputTokensPerSecond / (mean.factors.tail ?? 1),
          Math.hypot(deviations.e2eMs, mean.deviation({ tail: 1 })),
        ),
      }
    },
  }
}

/** Mean over tests of how much longer the tail of the time per token is than simulated; log scale. */
const unrestOf = (
  tests: readonly { readonly test: SimulatedTest; readonly report: SimulationReport }[],
): number =>
  tests.reduce((sum, { test: { tpotMs }, report }) => {
    const longer = tpotMs.p95 / tpotMs.p50 / (report.tpotMs.p95 / report.tpotMs.p50)
    return sum + Math.max(0, Math.log(longer)) / tests.length
  }, 0)

const atMedian = (parts: Parts, { mean, p50 }: Quantiles): Parts =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, (part * p50) / mean]))

/** A whole answer in parts: the first token's, and those of the tokens after it. */
const requestParts = (
  { tpot, ttft }: { readonly tpot: Parts; readonly ttft: Parts },
  report: SimulationReport,
): Parts => {
  const tokens = (report.e2eMs.mean - report.ttftMs.mean) / report.tpotMs.mean
  const names = new Set([...Object.keys(tpot), ...Object.keys(ttft)])
  return Object.fromEntries([...names].map((name) => [name, (ttft[name] ?? 0) + tokens * (tpot[name] ?? 0)]))
}

const ranged = (value: number, deviation: number): Ranged => ({
  value,
  low: value * Math.exp(-z80 * deviation),
  high: value * Math.exp(z80 * deviation),
})
