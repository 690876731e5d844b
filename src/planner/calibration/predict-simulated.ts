// Percentiles of a benchmark client's run, simulated, before and after load tests of the same deployment. Each test
// teaches the parts of a step by its means, and how much longer the slow tail is than the simulation's by its 95th
// percentiles. Pure.

import { type Calibration, type CalibrationPoint, calibrate, type Parts, type Spread } from '../speed/calibrate.js'
import type { SimulationReport } from '../simulator/simulation-report.js'
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
  /** Of the 95th percentiles against the simulated ones, as the part `tail`. */
  readonly tailSpread: Spread
}

export interface SimulatedPredictor {
  readonly factors: Parts
  predict(load: ClientLoad): ClientTimes<Ranged>
}

/** A tenth and nine tenths of a standard normal. */
const z80 = 1.2816

type Tailed = 'ttftMs' | 'tpotMs' | 'e2eMs'

export const createSimulatedPredictor = (
  deployment: SimulatedDeployment,
  tests: readonly SimulatedTest[],
  { spread, tailSpread }: SimulatedPrior,
): SimulatedPredictor => {
  const points = tests.flatMap(({ load, tpotMs, ttftMs }): readonly CalibrationPoint[] => {
    const { tpot, ttft } = simulateLoad(deployment, load)
    return [
      { parts: tpot, measuredMs: tpotMs.mean },
      { parts: ttft, measuredMs: ttftMs.mean },
    ]
  })
  const calibration = calibrate(points, spread)
  const { factors } = calibration
  const steps = calibratedSteps(deployment.steps, {
    tpot: { ...factors, promptsMs: factors.promptMs ?? 1 },
    ttft: factors,
  })
  const calibrated = { ...deployment, steps }
  const tail = (metric: Tailed): Calibration =>
    calibrate(
      tests.map((test) => {
        const simulated = simulateLoad(calibrated, test.load).report[metric]
        // By how much the tail is longer than the simulated one, whatever the level of both.
        const longer = test[metric].p95 / test[metric].p50 / (simulated.p95 / simulated.p50)
        return { parts: { tail: 1 }, measuredMs: longer }
      }),
      tailSpread,
    )
  const tails = { ttftMs: tail('ttftMs'), tpotMs: tail('tpotMs'), e2eMs: tail('e2eMs') }
  return {
    factors,
    predict: (load) => {
      const plain = simulateLoad(deployment, load)
      const { report } = simulateLoad(calibrated, load)
      const deviations = {
        ttftMs: calibration.deviation(plain.ttft),
        tpotMs: calibration.deviation(plain.tpot),
        e2eMs: calibration.deviation(requestParts(plain, report)),
      }
      const median = (metric: Tailed) => ranged(report[metric].p50, deviations[metric])
      const slow = (metric: Tailed) =>
        ranged(
          report[metric].p95 * (tails[metric].factors.tail ?? 1),
          Math.hypot(deviations[metric], tails[metric].deviation({ tail: 1 })),
        )
      return {
        ttftP50: median('ttftMs'),
        ttftP95: slow('ttftMs'),
        tpotP50: median('tpotMs'),
        tpotP95: slow('tpotMs'),
        e2eP50: median('e2eMs'),
        e2eP95: slow('e2eMs'),
        outputTokensPerSecond: ranged(report.outputTokensPerSecond, deviations.e2eMs),
      }
    },
  }
}

/** A whole answer in parts: the first token's, and those of the tokens after it. */
const requestParts = (
  { tpot, ttft }: { readonly tpot: Parts; readonly ttft: Parts },
  report: SimulationReport,
): Parts => {
  const tokens = (report.e2eMs.mean - report.ttftMs.mean) / report.tpotMs.mean
  const names = new Set([...Object.keys(tpot), ...Object.keys(ttft)])
  return Object.fromEntries(
    [...names].map((name) => [name, (ttft[name] ?? 0) + tokens * (tpot[name] ?? 0)]),
  )
}

const ranged = (value: number, deviation: number): Ranged => ({
  value,
  low: value * Math.exp(-z80 * deviation),
  high: value * Math.exp(z80 * deviation),
})
