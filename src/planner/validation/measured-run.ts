// Runs of one deployment under one load, repeats merged by their median. Knows no prediction.

import type { Catalogue } from '../../catalog/index.js'
import { quantile } from '../../stats/index.js'
import { type Deployment, deploymentOf } from './deployment-of.js'
import type { MeasuredRow } from './read-measured.js'

export interface MeasuredRun {
  readonly row: MeasuredRow
  readonly deployment: Deployment
  readonly concurrency: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly tpotMs: number | null
  readonly ttftMs: number | null
  readonly tokensPerSecond: number | null
}

export interface ServingRuns {
  readonly runs: readonly MeasuredRun[]
  /** Rows that cannot be predicted. */
  readonly refused: readonly MeasuredRow[]
}

/** Closed-loop runs with a time per token: of `rows` those with figures, merged. */
export const servingRuns = (rows: readonly MeasuredRow[], catalogue: Catalogue): ServingRuns => {
  const groups = new Map<string, MeasuredRun[]>()
  const refused: MeasuredRow[] = []
  for (const row of rows) {
    const deployment = deploymentOf(row, catalogue)
    const concurrency = Number(row.concurrency_or_rate)
    if (!deployment || !(concurrency > 0) || !(Number(row.osl) > 0)) refused.push(row)
    else {
      const run = runOf(row, deployment)
      const key = `${deploymentKey(run)}|${loadKey(run)}`
      groups.set(key, [...(groups.get(key) ?? []), run])
    }
  }
  return { runs: [...groups.values()].map(merged), refused }
}

export const runOf = (row: MeasuredRow, deployment: Deployment): MeasuredRun => ({
  row,
  deployment,
  concurrency: Number(row.concurrency_or_rate) || 1,
  inputTokens: Number(row.isl),
  outputTokens: Number(row.osl),
  tpotMs: positive(row.tpot_or_itl_ms),
  ttftMs: positive(row.ttft_ms),
  tokensPerSecond: positive(row.throughput_tok_s_total_output),
})

const positive = (text: string): number | null => (Number(text) > 0 ? Number(text) : null)

export const layoutKey = ({ deployment: { spread } }: MeasuredRun): string =>
  [spread.count, spread.groups, spread.stages, spread.expertParallel].join('/')

export const deploymentKey = (run: MeasuredRun): string => {
  const { architecture, accelerator, engine, engineVersion, precision } = run.deployment
  return [architecture, accelerator.name, engine, engineVersion, precision, layoutKey(run)].join('|')
}

export const loadKey = ({ inputTokens, outputTokens, concurrency }: MeasuredRun): string =>
  [inputTokens, outputTokens, concurrency].join('/')

const merged = (runs: readonly MeasuredRun[]): MeasuredRun => {
  const [first] = runs as [MeasuredRun]
  return {
    ...first,
    tpotMs: medianOf(runs.flatMap(({ tpotMs }) => tpotMs ?? [])),
    ttftMs: medianOf(runs.flatMap(({ ttftMs }) => ttftMs ?? [])),
  }
}

const medianOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : quantile(values, 0.5)
