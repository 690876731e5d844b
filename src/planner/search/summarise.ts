// The report as the rows of a table that a person reads: the choice, the best other ways, and what ruled out the rest.

import type { Message } from '../../core/index.js'
import type { Candidate, DesignReport, Estimate, QualityEstimate } from './report.js'
import { whyNot } from './why-not.js'

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
  /** Two ways to serve in one. */
  readonly isJoined: boolean
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

/** Rows of the longest table that is made of a report; the shorter ones show some of them. */
export const mostRows = 16

/**
 * The rows worth reading, at most `limit`: the choice; the best way of each other model, and the choice's model on
 * other hardware; then rejected ways, nearest misses first, one after the other for each kind of reason.
 */
export const summarise = (report: DesignReport, limit = 12): Summary => {
  const { candidates, chosen } = report
  const feasible = candidates.filter(({ violations }) => violations.length === 0)
  const rejected = candidates.filter(({ violations }) => violations.length > 0)
  const others = otherWays(feasible, chosen)
  const room = limit - (chosen ? 1 : 0)
  const misses = variedMisses(
    rejected,
    [chosen, ...others].flatMap((shown) => shown?.model ?? []),
  )
  // Rejected ways teach as much as dearer ones: each gets half of the table, or what the other leaves.
  const shownOthers = others.slice(0, Math.max(Math.ceil(room / 2), room - misses.length))
  const shown = [...shownOthers, ...misses.slice(0, room - shownOthers.length)]
  return {
    rows: [...(chosen ? [chosen] : []), ...shown].map((candidate) => rowOf(candidate, report)),
    considered: candidates.length,
    feasible: feasible.length,
    ruledOutBy: ruledOut(rejected),
  }
}

/** The first of each key, in order. */
const firstOf = (candidates: readonly Candidate[], keyOf: (candidate: Candidate) => string) => {
  const seen = new Set<string>()
  return candidates.filter((candidate) => {
    const key = keyOf(candidate)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Two other models for each other hardware of the chosen one, and for each API. */
const otherWays = (feasible: readonly Candidate[], chosen: Candidate | null): readonly Candidate[] => {
  const of = (kind: Candidate['kind']) =>
    firstOf(
      feasible.filter((candidate) => candidate.kind === kind && candidate.model !== chosen?.model),
      ({ model }) => model,
    )
  const hardware = firstOf(
    feasible.filter(
      ({ model, accelerator }) => model === chosen?.model && accelerator !== chosen.accelerator,
    ),
    ({ accelerator }) => String(accelerator),
  )
  const models = of('self-hosted')
  const apis = of('hosted-api')
  const rows: Candidate[] = []
  for (let i = 0; i < feasible.length; i++)
    rows.push(...models.slice(2 * i, 2 * i + 2), ...hardware.slice(i, i + 1), ...apis.slice(i, i + 1))
  return rows
}

/**
 * Round by round the nearest miss of each kind of reason: of models not shown yet, then of the others and of other
 * hardware. What a list of allowed models closed comes last: it is no news to who wrote the list.
 */
const variedMisses = (rejected: readonly Candidate[], shown: readonly string[]): readonly Candidate[] => {
  const known = new Set(shown)
  const news = rejected.filter(({ violations }) => violations[0]?.constraint !== 'models.allowed')
  const fresh = firstOf(news, ({ kind, model }) => `${kind} ${model}`)
  const elsewhere = firstOf(
    news.filter((candidate) => candidate.latency !== null && !fresh.includes(candidate)),
    ({ model, accelerator }) => `${model} ${accelerator}`,
  )
  return [
    ...roundRobin(fresh.filter(({ model }) => !known.has(model))),
    ...roundRobin([...fresh.filter(({ model }) => known.has(model)), ...elsewhere]),
    ...firstOf(
      rejected.filter((candidate) => !news.includes(candidate)),
      ({ model }) => model,
    ),
  ]
}

/** One of each kind of reason, then the next of each; ways that were worked out before those a gate closed. */
const roundRobin = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const key = `${candidate.kind} ${candidate.violations[0]?.constraint}`
    groups.set(key, [...(groups.get(key) ?? []), candidate])
  }
  const lists = [...groups.values()].sort((a, b) => Number(!a[0]?.latency) - Number(!b[0]?.latency))
  const rows: Candidate[] = []
  for (let i = 0; rows.length < candidates.length; i++)
    for (const list of lists) rows.push(...list.slice(i, i + 1))
  return rows
}

const rowOf = (candidate: Candidate, report: DesignReport): SummaryRow => {
  const { id, kind, model, provider, costPerMonthUsd, latency, quality, violations } = candidate
  const isChosen = candidate === report.chosen
  return {
    id,
    kind,
    model,
    served: servedBy(candidate),
    hardware: hardwareOf(candidate),
    provider,
    costPerMonthUsd,
    ttftP90Ms: latency?.ttftP90Ms ?? null,
    e2eP90Ms: latency?.e2eP90Ms ?? null,
    quality,
    isJoined: candidate.routing !== undefined,
    verdict: isChosen ? 'chosen' : violations.length > 0 ? 'rejected' : 'possible',
    why: isChosen ? null : (whyNot(report, id)[0] ?? null),
  }
}

/** Of two ways that are joined, both. */
const servedBy = ({ kind, provider, engine, precision, routing }: Candidate): string => {
  const own = kind === 'hosted-api' ? (provider ?? '') : [engine, precision].filter(Boolean).join(' ')
  if (!routing) return own
  return routing.kind === 'overflow' ? `${own} + ${routing.api.id}` : `${routing.first.id} > ${own}`
}

const hardwareOf = ({ replicas, layout, accelerator }: Candidate): string => {
  if (!accelerator) return ''
  if (!layout) return accelerator
  const each = `${layout.tensorParallel * layout.pipelineParallel} x ${accelerator}`
  return replicas ? `${(replicas.serving + replicas.spare) * replicas.regions} x (${each})` : each
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
