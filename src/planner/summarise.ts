// The report as the rows of a table that a person reads: the choice, the best other ways, and what ruled out the rest.

import type { Message } from '../core/index.js'
import { designMessage } from './design-messages.js'
import type { Candidate, DesignReport, Estimate, QualityEstimate } from './report.js'

export interface SummaryRow {
  readonly id: string
  readonly kind: Candidate['kind']
  readonly model: string
  /** `vllm fp8`, or the provider of an API. */
  readonly served: string
  /** `2 x (1 x h100_sxm)`: replicas with the spare, and the accelerators of one; empty for an API. */
  readonly hardware: string
  readonly provider: string | null
  readonly costPerMonthUsd: number | null
  readonly ttftP90Ms: Estimate | null
  readonly e2eP90Ms: Estimate | null
  readonly quality: QualityEstimate
  readonly verdict: 'chosen' | 'possible' | 'rejected'
  /** Why it was not chosen; null for the choice. */
  readonly why: Message | null
}

export interface Summary {
  readonly rows: readonly SummaryRow[]
  readonly considered: number
  readonly feasible: number
  /** How many candidates each requirement ruled out, most first; a candidate may count for several. */
  readonly ruledOutBy: readonly {
    readonly constraint: string
    readonly count: number
    readonly example: Message
  }[]
}

/**
 * The rows worth reading, at most `limit`: the choice; then the best way of each other model, of each accelerator and
 * of each API; then rejected ways, nearest misses first, one for each model.
 */
export const summarise = (report: DesignReport, limit = 12): Summary => {
  const { candidates, chosen } = report
  const feasible = candidates.filter(({ violations }) => violations.length === 0)
  const rejected = candidates.filter(({ violations }) => violations.length > 0)
  const others = distinct(feasible.filter((candidate) => candidate !== chosen))
  const missed = distinct(rejected)
  const room = limit - (chosen ? 1 : 0)
  // Rejected ways teach as much as dearer ones: they get at least a third of the table.
  const shownOthers = others.slice(0, Math.max(room - missed.length, Math.ceil((room * 2) / 3)))
  const shownMissed = missed.slice(0, room - shownOthers.length)
  return {
    rows: [...(chosen ? [chosen] : []), ...shownOthers, ...shownMissed].map((candidate) =>
      rowOf(candidate, chosen),
    ),
    considered: candidates.length,
    feasible: feasible.length,
    ruledOutBy: ruledOut(rejected),
  }
}

/** The first of each model and kind of hardware, then of each model: variety before depth. */
const distinct = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const seen = new Set<string>()
  return candidates.filter(({ model, kind }) => {
    const key = `${kind} ${model}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const rowOf = (candidate: Candidate, chosen: Candidate | null): SummaryRow => {
  const { id, kind, model, provider, costPerMonthUsd, latency, quality, violations } = candidate
  const isChosen = candidate === chosen
  return {
    id,
    kind,
    model,
    served:
      kind === 'hosted-api'
        ? (provider ?? '')
        : [candidate.engine, candidate.precision].filter(Boolean).join(' '),
    hardware: hardwareOf(candidate),
    provider,
    costPerMonthUsd,
    ttftP90Ms: latency?.ttftP90Ms ?? null,
    e2eP90Ms: latency?.e2eP90Ms ?? null,
    quality,
    verdict: isChosen ? 'chosen' : violations.length > 0 ? 'rejected' : 'possible',
    why: isChosen ? null : whyNot(candidate, chosen),
  }
}

const hardwareOf = ({ replicas, layout, accelerator }: Candidate): string => {
  if (!accelerator) return ''
  if (!layout) return accelerator
  const each = `${layout.tensorParallel * layout.pipelineParallel} x ${accelerator}`
  return replicas ? `${(replicas.serving + replicas.spare) * replicas.regions} x (${each})` : each
}

const whyNot = (candidate: Candidate, chosen: Candidate | null): Message | null => {
  const [violation] = candidate.violations
  if (violation) return violation.reason
  if (!chosen) return null
  const times = (candidate.costPerMonthUsd ?? 0) / (chosen.costPerMonthUsd || Number.POSITIVE_INFINITY)
  if (candidate.build === 'to-make' && chosen.build !== 'to-make')
    return designMessage('planner.needs-making', { checkpoint: candidate.checkpoint, times })
  return times > 1.02
    ? designMessage('planner.dearer', { times, chosen: chosen.id })
    : designMessage('planner.less-good', { chosen: chosen.id })
}

const ruledOut = (rejected: readonly Candidate[]): Summary['ruledOutBy'] => {
  const counts = new Map<string, { count: number; example: Message }>()
  for (const { violations } of rejected)
    for (const { constraint, reason } of violations) {
      const known = counts.get(constraint)
      counts.set(constraint, { count: (known?.count ?? 0) + 1, example: known?.example ?? reason })
    }
  return [...counts]
    .map(([constraint, { count, example }]) => ({ constraint, count, example }))
    .sort((a, b) => b.count - a.count)
}
