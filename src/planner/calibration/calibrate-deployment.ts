// What load tests of a deployment say about its other loads. Factors are worked out anew from the tests each time, so
// that tests outlive a new fit of the coefficients.

import type { EngineName } from '../../catalog/index.js'
import { calibrate, type Parts, scaledTotal } from '../speed/calibrate.js'
import { type ClosedLoop, closedLoopParts } from '../speed/closed-loop.js'
import type { EngineCoefficients, ErrorBand, Fit, FittedCoefficients, OfBoth } from '../speed/coefficients.js'
import { rangeOf } from '../speed/range-of.js'
import type { StepModel } from '../speed/roofline.js'
import type { LoadTest } from './load-test.js'

/** A deployment whose loads can be predicted. */
export interface Predictable {
  readonly steps: StepModel
  readonly engine: EngineName
  readonly ofEngine: EngineCoefficients
}

/** A value with the range that four in five runs should fall into. */
export interface Ranged {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface DeploymentCalibration {
  /** Loads that were tested, per metric. */
  readonly tests: OfBoth<number>
  readonly factors: OfBoth<Parts>
  /** Ratio of a run to its prediction that a tenth and nine tenths of runs stay below, for that load. */
  band(load: ClosedLoop): OfBoth<ErrorBand>
  predict(load: ClosedLoop): OfBoth<Ranged>
}

/** A tenth and nine tenths of a standard normal. */
const normalEnds = { low: -1.2816, high: 1.2816 } as const

/** With no test of a metric it is predicted as the fit does, within the range of unseen deployments. */
export const calibrateDeployment = (
  { steps, engine, ofEngine }: Predictable,
  tests: readonly LoadTest[],
  { spread, ranges }: Pick<FittedCoefficients, 'spread'> & Pick<Fit, 'ranges'>,
): DeploymentCalibration => {
  const partsOf = (load: ClosedLoop): OfBoth<Parts> => {
    const { tpot, ttft } = closedLoopParts(steps, load, ofEngine)
    return { tpot: { ...tpot }, ttft: { ...ttft } }
  }
  const learn = (metric: 'tpot' | 'ttft') => {
    const points = tests.flatMap((test) => {
      const measuredMs = metric === 'tpot' ? test.tpotMs : test.ttftMs
      return measuredMs === null ? [] : [{ parts: partsOf(test.load)[metric], measuredMs }]
    })
    return { count: points.length, ...calibrate(points, spread[metric]) }
  }
  const learned = { tpot: learn('tpot'), ttft: learn('ttft') }
  const bandOf = (metric: 'tpot' | 'ttft', parts: Parts, load: ClosedLoop): ErrorBand => {
    if (learned[metric].count === 0) return rangeOf(ranges[metric], { engine, ...load })
    const deviation = learned[metric].deviation(parts)
    return { low: Math.exp(normalEnds.low * deviation), high: Math.exp(normalEnds.high * deviation) }
  }
  const ranged = (metric: 'tpot' | 'ttft', parts: Parts, load: ClosedLoop): Ranged => {
    const value = scaledTotal(parts, learned[metric].factors)
    const { low, high } = bandOf(metric, parts, load)
    return { value, low: value * low, high: value * high }
  }
  return {
    tests: { tpot: learned.tpot.count, ttft: learned.ttft.count },
    factors: { tpot: learned.tpot.factors, ttft: learned.ttft.factors },
    band: (load) => {
      const { tpot, ttft } = partsOf(load)
      return { tpot: bandOf('tpot', tpot, load), ttft: bandOf('ttft', ttft, load) }
    },
    predict: (load) => {
      const { tpot, ttft } = partsOf(load)
      return { tpot: ranged('tpot', tpot, load), ttft: ranged('ttft', ttft, load) }
    },
  }
}
