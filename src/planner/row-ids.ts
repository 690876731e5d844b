// Which row of the scorecard watches what: the identifier of the user's own target where there is one, else the
// row that is measured anyway.

import type { QualityTarget, Requirements, SpeedTarget } from '../spec/index.js'

const usualRows = {
  ttft: 'ttft-p95',
  e2e: 'e2e-p95',
  tpot: 'tpot-p95',
  outputTokensPerSecond: 'output-tokens-per-second',
  systemOutputTokensPerSecond: 'system-output-tokens-per-second',
  'answer-accuracy': 'answer-accuracy',
  'retrieval-ndcg@10': 'retrieval-ndcg',
  'retrieval-recall@10': 'retrieval-recall',
  'unanswerable-refused': 'unanswerable-refused',
  'citations-valid': 'citations-valid',
  'attacks-caught': 'attacks-caught',
  'harmless-flagged': 'harmless-flagged',
} as const satisfies Record<SpeedTarget['metric'] | QualityTarget['metric'], string>

/** Rows that every scorecard has, whatever the targets. */
export const standingRows = {
  cost: 'cost-per-million-tokens',
  invoice: 'ledger-invoice',
  survival: 'kill-survival',
} as const

/** The row of a metric: of the first target that names it, else the usual one. */
export const rowOf = (
  { performance, quality, safety }: Requirements,
  metric: keyof typeof usualRows,
): string => {
  const targets: readonly { readonly id: string; readonly metric: string }[] = [
    ...performance.targets,
    ...quality.targets,
    ...safety.targets,
  ]
  return targets.find((target) => target.metric === metric)?.id ?? usualRows[metric]
}
