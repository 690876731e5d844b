// Whether simulating the queue predicts the time to first token better than the closed form, where queues matter. Both
// are judged on models that were not among the fitted runs.

import type { FittedCoefficients } from '../speed/coefficients.js'
import { errorFigures, type Figure } from './errors.js'
import { type Case, errorPct, predictedMs } from './predicted-run.js'
import { simulatedTtftMs, simulateQueue } from './simulated-ttft.js'

/** Requests in flight from which the simulator is asked. */
const leastConcurrency = 16

export const simulatorFigures = (cases: readonly Case[], fitted: FittedCoefficients): readonly Figure[] => {
  const judged = cases.flatMap((each) => {
    const { ttftMs, concurrency, deployment } = each.run
    if (ttftMs === null || concurrency < leastConcurrency) return []
    const { coefficients, simulatedTtft } = fitted.without[deployment.architecture] ?? fitted
    return {
      closedForm: errorPct(predictedMs(each, coefficients).ttft, ttftMs),
      simulated: errorPct(simulatedTtftMs(each, simulateQueue(each, coefficients), simulatedTtft), ttftMs),
    }
  })
  const closedForm = errorFigures(
    'planner.simulator.ttft.closedForm',
    judged.map((one) => one.closedForm),
    0,
  )
  return [
    ...closedForm,
    ...errorFigures(
      'planner.simulator.ttft.simulated',
      judged.map((one) => one.simulated),
      0,
      { median: closedForm[0]?.value ?? 0 },
    ),
  ]
}
