// Whether the bands hold what they promise: four in five runs of models that were not seen. Knows no calibration.

import { quantile, wilson } from '../../stats/index.js'
import { totalOf } from '../speed/calibrate.js'
import type { FittedCoefficients } from '../speed/coefficients.js'
import { rangeOf } from '../speed/range-of.js'
import { type Figure, shareFigure } from './errors.js'
import { type Case, type Metric, measuredMs, metrics, partsOf } from './predicted-run.js'

interface Banded {
  readonly isInside: boolean
  /** High end over low end. */
  readonly width: number
}

export const coverageFigures = (cases: readonly Case[], fitted: FittedCoefficients): readonly Figure[] => {
  const of = { tpot: bandedOf(cases, 'tpot', fitted), ttft: bandedOf(cases, 'ttft', fitted) }
  const all = [...of.tpot, ...of.ttft]
  if (all.length === 0) return []
  const inside = (some: readonly Banded[]) =>
    wilson(some.filter(({ isInside }) => isInside).length, some.length)
  const width = (name: string, some: readonly Banded[], target: number | null): Figure => {
    const value = quantile(
      some.map((one) => one.width),
      0.5,
    )
    return {
      name,
      value,
      unit: 'ratio',
      low: null,
      high: null,
      n: some.length,
      target,
      pass: target === null ? null : value <= target,
    }
  }
  return [
    shareFigure('planner.coverage80Share', inside(all), { least: 0.75, most: 0.85 }),
    width('planner.bandRatio', all, 2.5),
    ...metrics.flatMap((metric) => [
      shareFigure(`planner.${metric}.coverage80Share`, inside(of[metric])),
      width(`planner.${metric}.bandRatio`, of[metric], null),
    ]),
  ]
}

const bandedOf = (cases: readonly Case[], metric: Metric, fitted: FittedCoefficients): readonly Banded[] =>
  cases.flatMap((each) => {
    const measured = measuredMs(each, metric)
    if (measured === null) return []
    const { architecture, engine } = each.run.deployment
    const { coefficients, ranges } = fitted.without[architecture] ?? fitted
    const ratio = measured / totalOf(partsOf(each, coefficients)[metric])
    const { low, high } = rangeOf(ranges[metric], { engine, ...each.load })
    return { isInside: ratio >= low && ratio <= high, width: high / low }
  })
