// Which row of the scorecard watches what: the identifier of the user's own target where there is one, else a row
// that is measured anyway, else none.

import type { QualityTarget, Requirements, SpeedTarget } from '../../spec/index.js'

/** Rows that every scorecard has, whatever the targets. */
export const standingRows = {
  cost: 'cost-per-million-output-tokens',
  invoice: 'ledger-vs-invoice',
  survival: 'kill9-survival',
} as const

/** Rows of the product's own checks on public data, by the metric they measure. */
const benchmarkRows: Readonly<Record<string, string>> = {
  'retrieval-ndcg@10': 'retrieval.drcd',
  'attacks-caught': 'attacks-caught.injection-zh-tw',
  'harmless-flagged': 'harmless-flagged.xstest',
}

/** The row of a metric: of the first target that names it, else a benchmark's; null when no row measures it. */
export const rowOf = (
  { performance, quality, safety }: Requirements,
  metric: SpeedTarget['metric'] | QualityTarget['metric'],
): string | null => {
  const targets: readonly { readonly id: string; readonly metric: string }[] = [
    ...performance.targets,
    ...quality.targets,
    ...safety.targets,
  ]
  return targets.find((target) => target.metric === metric)?.id ?? benchmarkRows[metric] ?? null
}

/** The row that judges a speed target on the machine at hand. */
export const hereRow = (targetId: string): string => `${targetId}.here`

/** The rows of a model that the built-in engine runs, by the id of its deployment. */
export const localRows = (deployment: string) => ({
  firstToken: `${deployment}.first-token`,
  tokensPerSecond: `${deployment}.tokens-per-second`,
})
