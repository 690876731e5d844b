// Rows of other kinds than closed-loop serving: full load, one sequence on llama.cpp, separate pools, and whatever
// else a table has. Each is reported under its `use`.

import type { Catalogue } from '../../catalog/index.js'
import type { FittedCoefficients } from '../speed/coefficients.js'
import { errorFigures, type Figure } from './errors.js'
import { predictRow } from './predict-row.js'
import { errorPct } from './predicted-run.js'
import type { MeasuredRow } from './read-measured.js'
import type { RowPrediction } from './row-prediction.js'

export interface OtherFigures {
  readonly figures: readonly Figure[]
  readonly refused: number
}

/** Targets of uses that have one. */
const targets: Readonly<Record<string, { readonly median: number }>> = {
  'planner.maxThroughput': { median: 20 },
  'planner.llamacpp.tpot': { median: 20 },
}

const columns = {
  throughput: 'throughput_tok_s_total_output',
  tpot: 'tpot_or_itl_ms',
  ttft: 'ttft_ms',
} as const satisfies Record<keyof RowPrediction, keyof MeasuredRow>

export const otherFigures = (
  rows: readonly MeasuredRow[],
  catalogue: Catalogue,
  fitted: FittedCoefficients,
): OtherFigures => {
  const byUse = Object.entries(Object.groupBy(rows, ({ use }) => use))
  let refused = 0
  const figures = byUse.flatMap(([use, some = []]) => {
    const predicted = some.map((row) => ({
      row,
      prediction: predictRow(row, catalogue, fitted.coefficients),
    }))
    const without = predicted.filter(({ prediction }) => prediction === null).length
    refused += without
    return figuresOf(`planner.${camelCase(use)}`, predicted, without)
  })
  return { figures, refused }
}

const figuresOf = (
  name: string,
  predicted: readonly { readonly row: MeasuredRow; readonly prediction: RowPrediction | null }[],
  refused: number,
): readonly Figure[] => {
  const errorsOf = (what: keyof RowPrediction) =>
    predicted.flatMap(({ row, prediction }) => {
      const value = prediction?.[what]
      const measured = Number(row[columns[what]])
      return value != null && measured > 0 ? [errorPct(value, measured)] : []
    })
  const [throughput, tpot, ttft] = [errorsOf('throughput'), errorsOf('tpot'), errorsOf('ttft')]
  // The figure of a use that has but one kind of measurement goes by the use's own name.
  const only = tpot.length + ttft.length === 0
  const shown = (what: string, errors: readonly number[]) => {
    const full = what === '' ? name : `${name}.${what}`
    return errorFigures(full, errors, refused, targets[full] ?? {})
  }
  return [
    ...(only ? shown('', throughput) : tpot.length === 0 ? shown('throughput', throughput) : []),
    ...shown('tpot', tpot),
    ...shown('ttft', ttft),
  ]
}

/** `max-throughput` -> `maxThroughput`. */
const camelCase = (use: string) => use.replace(/[-_ ]+(\w)/g, (_, letter: string) => letter.toUpperCase())
