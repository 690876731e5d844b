// How good predictions are after three load tests of a deployment, over many draws of the three.

import { createRandom } from '../../core/index.js'
import { calibrate, scaledTotal } from '../speed/calibrate.js'
import type { FittedCoefficients } from '../speed/coefficients.js'
import { deploymentKey, loadKey } from './measured-run.js'
import { type Case, errorPct, type Metric, measuredMs, partsOf } from './predicted-run.js'

const draws = 20
const testsEach = 3
/** Deployments with fewer loads are left out: too little would remain to judge by. */
const leastLoads = 6

/** Errors in percent of the runs that were not among the tests, over all draws. */
export const calibratedErrors = (
  cases: readonly Case[],
  metric: Metric,
  fitted: FittedCoefficients,
): readonly number[] => {
  const random = createRandom('planner-calibration')
  const deployments = Object.values(Object.groupBy(cases, ({ run }) => deploymentKey(run))).filter(
    (group = []) => new Set(group.map(({ run }) => loadKey(run))).size >= leastLoads,
  )
  return deployments.flatMap((group = []) => {
    const points = group.flatMap((each) => {
      const measured = measuredMs(each, metric)
      return measured === null
        ? []
        : [{ parts: partsOf(each, fitted.coefficients)[metric], measuredMs: measured }]
    })
    return Array.from({ length: draws }, () => {
      const order = random.shuffle(points)
      const { factors } = calibrate(order.slice(0, testsEach), fitted.spread[metric])
      return order
        .slice(testsEach)
        .map((point) => errorPct(scaledTotal(point.parts, factors), point.measuredMs))
    }).flat()
  })
}
