// Whether the planner chooses the right layout: of several measured under one load, the one with the most output for
// its accelerators among those whose time per token is at most the group's median.

import { mean, quantile, wilson } from '../../stats/index.js'
import type { Coefficients } from '../speed/coefficients.js'
import { type Figure, shareFigure } from './errors.js'
import { layoutKey, loadKey } from './measured-run.js'
import { type Case, predictedMs } from './predicted-run.js'

interface Layout {
  readonly accelerators: number
  /** Attention groups, and half a one more where experts are spread whole. */
  readonly complexity: number
  readonly measured: Speed
  readonly predicted: Speed
}

interface Speed {
  readonly tpotMs: number
  /** Output tokens/s for each accelerator. */
  readonly perAccelerator: number
}

const leastLayouts = 3
/** A choice is right when it reaches this share of the best. */
const closeEnough = 0.9

export const rankingFigures = (cases: readonly Case[], coefficients: Coefficients): readonly Figure[] => {
  const groups = Object.values(Object.groupBy(cases, groupKey))
    .map((group = []) => layoutsOf(group, coefficients))
    .filter((layouts) => layouts.length >= leastLayouts)
  if (groups.length === 0) return []
  const share = (choose: (layouts: readonly Layout[]) => Layout, bounded = true) => {
    const right = groups.filter((layouts) => isRight(choose(layouts), layouts, bounded)).length
    return wilson(right, groups.length)
  }
  const chosen = share(choiceOf)
  const fewest = share((layouts) => extreme(layouts, ({ accelerators }) => -accelerators))
  const most = share((layouts) => extreme(layouts, ({ accelerators }) => accelerators))
  const correlations = groups.map((layouts) =>
    spearman(
      layouts.map(({ measured }) => measured.perAccelerator),
      layouts.map(({ predicted }) => predicted.perAccelerator),
    ),
  )
  const best = Math.max(fewest.value, most.value)
  return [
    shareFigure('planner.ranking.withinTenPctShare', chosen, { least: Math.max(0.9, best + 0.1) }),
    shareFigure('planner.ranking.withoutTolerancesShare', share(strictChoiceOf)),
    shareFigure('planner.ranking.fewestShare', fewest),
    shareFigure('planner.ranking.mostShare', most),
    shareFigure(
      'planner.ranking.fewestWithoutTpotShare',
      share((layouts) => extreme(layouts, ({ accelerators }) => -accelerators), false),
    ),
    {
      ...shareFigure('planner.ranking.spearman', {
        value: quantile(correlations, 0.5),
        low: quantile(correlations, 0.05),
        high: quantile(correlations, 0.95),
        n: groups.length,
      }),
      unit: 'ratio',
      target: 0.9,
      pass: quantile(correlations, 0.5) >= 0.9,
    },
  ]
}

/** Models by their own names, as the requirement's reader would look for them. */
const groupKey = ({ run }: Case): string => {
  const { architecture, precision, accelerator } = run.deployment
  return [architecture, precision, accelerator.name, loadKey(run)].join('|')
}

/** Runs of one layout together, by their medians. */
const layoutsOf = (group: readonly Case[], coefficients: Coefficients): readonly Layout[] =>
  Object.values(Object.groupBy(group, ({ run }) => layoutKey(run))).flatMap((cases = []) => {
    const usable = cases.filter(({ run }) => run.tpotMs !== null && run.ttftMs !== null)
    const [first] = usable
    if (!first) return []
    const { count, stages, groups, expertParallel } = first.run.deployment.spread
    const speeds = usable.map(({ run }) => speedOf(run, run.ttftMs ?? 0, run.tpotMs ?? 0))
    const predicted = usable.map((each) => {
      const { ttft, tpot } = predictedMs(each, coefficients)
      return speedOf(each.run, ttft, tpot)
    })
    const complexity = groups + (expertParallel ? 0.5 : 0)
    return {
      accelerators: count * stages,
      complexity,
      measured: medianSpeed(speeds),
      predicted: medianSpeed(predicted),
    }
  })

const speedOf = (
  { concurrency, outputTokens, deployment }: Case['run'],
  ttftMs: number,
  tpotMs: number,
): Speed => {
  const { count, stages } = deployment.spread
  const requestMs = ttftMs + tpotMs * Math.max(0, outputTokens - 1)
  return { tpotMs, perAccelerator: (concurrency * outputTokens * 1000) / requestMs / (count * stages) }
}

const medianSpeed = (speeds: readonly Speed[]): Speed => ({
  tpotMs: quantile(
    speeds.map(({ tpotMs }) => tpotMs),
    0.5,
  ),
  perAccelerator: quantile(
    speeds.map(({ perAccelerator }) => perAccelerator),
    0.5,
  ),
})

/** What falls together within rounding counts as equal. */
const rounding = 1 + 1e-9

const quickHalf = (
  layouts: readonly Layout[],
  side: 'measured' | 'predicted',
  tolerance = rounding,
): readonly Layout[] => {
  const limit = quantile(
    layouts.map((layout) => layout[side].tpotMs),
    0.5,
  )
  return layouts.filter((layout) => layout[side].tpotMs <= limit * tolerance)
}

const extreme = (layouts: readonly Layout[], by: (layout: Layout) => number): Layout =>
  layouts.reduce((best, layout) => (by(layout) > by(best) ? layout : best))

/** Predictions cannot tell times per token apart that differ by less: the noise of one deployment is twice as large. */
const alike = 1.03
/** Of layouts that are predicted within this share of the best, the simplest is chosen: fewest groups, experts cut. */
const asGood = 0.99

/** As if predictions were exact. */
const strictChoiceOf = (layouts: readonly Layout[]): Layout =>
  extreme(quickHalf(layouts, 'predicted'), ({ predicted }) => predicted.perAccelerator)

const choiceOf = (layouts: readonly Layout[]): Layout => {
  const quick = quickHalf(layouts, 'predicted', alike)
  const best = extreme(quick, ({ predicted }) => predicted.perAccelerator)
  const close = quick.filter(
    ({ predicted }) => predicted.perAccelerator >= asGood * best.predicted.perAccelerator,
  )
  return extreme(close, ({ complexity }) => -complexity)
}

const isRight = (chosen: Layout, layouts: readonly Layout[], bounded: boolean): boolean => {
  const allowed = bounded ? quickHalf(layouts, 'measured') : layouts
  const best = extreme(allowed, ({ measured }) => measured.perAccelerator)
  return (
    allowed.includes(chosen) && chosen.measured.perAccelerator >= closeEnough * best.measured.perAccelerator
  )
}

/** Rank correlation (C. Spearman 1904) with mean ranks for ties; 0 when one side does not vary. */
const spearman = (a: readonly number[], b: readonly number[]): number => {
  const [x, y] = [ranksOf(a), ranksOf(b)]
  const centre = mean(x)
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - centre) * ((q[i] ?? 0) - centre), 0)
  const spread = Math.sqrt(product(x, x) * product(y, y))
  return spread === 0 ? 0 : product(x, y) / spread
}

const ranksOf = (values: readonly number[]): readonly number[] =>
  values.map((value) => {
    const below = values.filter((other) => other < value).length
    const same = values.filter((other) => other === value).length
    return below + (same + 1) / 2
  })
