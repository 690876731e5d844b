// Rows of published serving runs, as text in columns. Knows no model and no accelerator.

import { createCsvSplitter } from '../traffic/split-lines.js'

/** Columns that are read; others may be there. Empty text = not stated. */
export const measuredColumns = [
  'model',
  'params_b',
  'precision',
  'kv_precision',
  'gpu',
  'gpu_count',
  'tp',
  'pp',
  'ep',
  'engine',
  'engine_version',
  'isl',
  'osl',
  'concurrency_or_rate',
  'throughput_tok_s_total_output',
  'ttft_ms',
  'tpot_or_itl_ms',
  'scenario',
  'attn_dp',
  'moe_tp',
  'ttft_p99_ms',
  'tpot_p99_ms',
  'notes',
  'use',
] as const

export type MeasuredRow = Readonly<Record<(typeof measuredColumns)[number], string>>

export interface MeasuredFile {
  readonly rows: readonly MeasuredRow[]
  /** Columns that the file lacks, and lines that could not be read. */
  readonly missing: readonly string[]
  readonly brokenLines: readonly number[]
}

/** Rows whose `use` starts with `exclude` are left out. */
export const readMeasured = (csv: string): MeasuredFile => {
  const rows: MeasuredRow[] = []
  const brokenLines: number[] = []
  let found: readonly string[] = []
  const splitter = createCsvSplitter(
    ',',
    (record) => {
      found = Object.keys(record)
      const row = Object.fromEntries(measuredColumns.map((name) => [name, (record[name] ?? '').trim()]))
      if (!row.use?.startsWith('exclude')) rows.push(row as MeasuredRow)
    },
    ({ line }) => brokenLines.push(line ?? 0),
  )
  splitter.push(csv)
  splitter.end()
  return { rows, missing: measuredColumns.filter((name) => !found.includes(name)), brokenLines }
}
