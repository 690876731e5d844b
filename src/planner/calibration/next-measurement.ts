// The load test that would say most about another load. How far a prediction may be off after a test follows from
// which parts the tested load is made of, not from what the test finds, so it is known before (the posterior variance
// of a linear Gaussian model: C. Bishop, Pattern Recognition and Machine Learning, 2006, section 3.3).

import { type CalibrationPoint, calibrate, type Parts, type Spread, scaledTotal } from '../speed/calibrate.js'

export interface NextMeasurement<Load> {
  readonly load: Load
  /** Log-scale standard deviation of the prediction of the target load, now and once this load is tested. */
  readonly before: number
  readonly after: number
}

export interface NextOptions<Load> {
  readonly candidates: readonly Load[]
  readonly target: Load
  /** Predicted parts of a load, uncalibrated. */
  readonly partsOf: (load: Load) => Parts
  readonly spread: Spread
  /** Tests there are already. */
  readonly points: readonly CalibrationPoint[]
}

/** @returns the candidates, the one that leaves least uncertainty at the target first; equals in their given order */
export const nextBestMeasurement = <Load>(options: NextOptions<Load>): readonly NextMeasurement<Load>[] => {
  const { candidates, target, partsOf, spread, points } = options
  const known = calibrate(points, spread)
  const targetParts = partsOf(target)
  const before = known.deviation(targetParts)
  return candidates
    .map((load) => {
      const parts = partsOf(load)
      // A test that finds what is predicted moves no factor: what remains is what it adds to certainty.
      const expected = { parts, measuredMs: scaledTotal(parts, known.factors) }
      return { load, before, after: calibrate([...points, expected], spread).deviation(targetParts) }
    })
    .sort((a, b) => a.after - b.after)
}
