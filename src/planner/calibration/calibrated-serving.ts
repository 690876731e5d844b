// What the sizing of replicas takes of a deployment that has load tests: its steps, and the ranges of its two times.

import type { ClosedLoop } from '../speed/closed-loop.js'
import type { ErrorBand, Fit, FittedCoefficients, OfBoth } from '../speed/coefficients.js'
import type { StepModel } from '../speed/roofline.js'
import { calibrateDeployment, type Predictable } from './calibrate-deployment.js'
import { calibratedSteps } from './calibrated-steps.js'
import type { LoadTest } from './load-test.js'

export interface CalibratedServing {
  readonly steps: StepModel
  /**
   * At a load, since ranges differ by what a time is made of. Of a metric that no test measured, null: it stays in the
   * range of unseen deployments.
   */
  bandsAt(load: ClosedLoop): OfBoth<ErrorBand | null>
}

export const calibratedServing = (
  predictable: Predictable,
  tests: readonly LoadTest[],
  fitted: Pick<FittedCoefficients, 'spread'> & Pick<Fit, 'ranges'>,
): CalibratedServing => {
  const calibration = calibrateDeployment(predictable, tests, fitted)
  return {
    steps: calibratedSteps(predictable.steps, calibration.factors),
    bandsAt: (load) => {
      const { tpot, ttft } = calibration.band(load)
      return {
        tpot: calibration.tests.tpot > 0 ? tpot : null,
        ttft: calibration.tests.ttft > 0 ? ttft : null,
      }
    },
  }
}
