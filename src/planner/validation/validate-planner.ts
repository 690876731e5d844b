// Predictions beside published measurements: every figure of `bench planner`.

import type { Catalogue } from '../../catalog/index.js'
import { wilson } from '../../stats/index.js'
import { type FittedCoefficients, fittedCoefficients } from '../speed/coefficients.js'
import { calibratedErrors } from './calibrated.js'
import { coverageFigures } from './coverage.js'
import { errorFigures, type Figure, shareFigure } from './errors.js'
import { servingRuns } from './measured-run.js'
import { otherFigures } from './other-uses.js'
import {
  type Case,
  casesOf,
  errorPct,
  type Metric,
  measuredMs,
  metrics,
  predictedMs,
} from './predicted-run.js'
import { rankingFigures } from './ranking.js'
import { type MeasuredFile, readMeasured } from './read-measured.js'
import { simulatorFigures } from './simulator-figures.js'

export interface PlannerValidation {
  readonly figures: readonly Figure[]
  readonly file: Pick<MeasuredFile, 'missing' | 'brokenLines'>
  readonly rows: number
  /** Closed-loop runs, repeats merged. */
  readonly runs: number
}

/**
 * @param csv the text of a table with the columns of `measuredColumns`; rows whose `use` starts with `exclude` are left
 * out, `anchor` and `sparse` are closed-loop runs, and each other `use` is reported under its name
 */
export const validatePlanner = (
  csv: string,
  catalogue: Catalogue,
  fitted: FittedCoefficients = fittedCoefficients,
): PlannerValidation => {
  const file = readMeasured(csv)
  const isServing = (use: string) => use === 'anchor' || use === 'sparse'
  const serving = servingRuns(
    file.rows.filter(({ use }) => isServing(use)),
    catalogue,
  )
  const cases = casesOf(serving.runs)
  const others = otherFigures(
    file.rows.filter(({ use }) => !isServing(use)),
    catalogue,
    fitted,
  )
  const refused = serving.refused.length + others.refused
  return {
    figures: [
      shareFigure('planner.answeredShare', wilson(file.rows.length - refused, file.rows.length), {
        least: 0.95,
      }),
      ...metrics.flatMap((metric) =>
        servingFigures(cases, metric, { fitted, refused: serving.refused.length }),
      ),
      ...rankingFigures(cases, fitted.coefficients),
      ...coverageFigures(cases, fitted),
      ...simulatorFigures(cases, fitted),
      ...others.figures,
    ],
    file: { missing: file.missing, brokenLines: file.brokenLines },
    rows: file.rows.length,
    runs: serving.runs.length,
  }
}

const targets = {
  tpot: { leaveOneModelOut: { median: 15, p90: 40 }, calibrated3: { median: 9, p90: 25 } },
  ttft: { leaveOneModelOut: { median: 40 }, calibrated3: { median: 20 } },
} as const

const servingFigures = (
  cases: readonly Case[],
  metric: Metric,
  { fitted, refused }: { readonly fitted: FittedCoefficients; readonly refused: number },
): readonly Figure[] => {
  const errors = (coefficientsOf: (each: Case) => FittedCoefficients['coefficients']) =>
    cases.flatMap((each) => {
      const measured = measuredMs(each, metric)
      return measured === null ? [] : [errorPct(predictedMs(each, coefficientsOf(each))[metric], measured)]
    })
  // An architecture that was not among the fitted runs is unseen by the coefficients as they are.
  const unseen = (each: Case) => (fitted.without[each.run.deployment.architecture] ?? fitted).coefficients
  const name = (stage: string) => `planner.${metric}.${stage}`
  return [
    ...errorFigures(
      name('asShipped'),
      errors(() => fitted.coefficients),
      refused,
    ),
    ...errorFigures(name('leaveOneModelOut'), errors(unseen), refused, targets[metric].leaveOneModelOut),
    ...errorFigures(
      name('calibrated3'),
      calibratedErrors(cases, metric, fitted),
      0,
      targets[metric].calibrated3,
    ),
  ]
}
