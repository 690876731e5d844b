// The candidates that no other is at least as good as in cost, latency, quality and risk.

import type { Objectives } from './objectives.js'
import { qualityClass } from './rank-candidates.js'
import { type Candidate, comparableUsd, type TargetEstimate } from './report.js'
import { riskOf } from './risk-of.js'
import { wantsMore } from './target.js'

/**
 * The target whose limit most of the candidates use the greatest share of; null without targets. One for all, since
 * only equal targets compare.
 */
export const tightestTarget = (candidates: readonly Candidate[]): string | null => {
  const shares = new Map<string, number[]>()
  for (const { targets } of candidates)
    for (const target of targets) {
      const used = shareOfLimit(target)
      if (!Number.isFinite(used)) continue
      const known = shares.get(target.id)
      if (known) known.push(used)
      else shares.set(target.id, [used])
    }
  const middles = [...shares].map(([id, values]) => {
    const sorted = values.sort((a, b) => a - b)
    return { id, middle: sorted[Math.floor(sorted.length / 2)] ?? 0 }
  })
  return middles.sort((a, b) => b.middle - a.middle)[0]?.id ?? null
}

const shareOfLimit = ({ metric, estimate, limit }: TargetEstimate): number =>
  wantsMore(metric) ? limit / estimate.low : estimate.high / limit

/** @returns null for a candidate without a cost or a latency: it has no place among the others */
export const objectivesOf = (candidate: Candidate, targetId: string | null): Objectives | null => {
  const { latency, qualityScore } = candidate
  const costPerMonthUsd = comparableUsd(candidate)
  const target = candidate.targets.find(({ id }) => id === targetId)
  const latencyMs = target ? badEndMs(target) : latency?.e2eP90Ms.high
  if (costPerMonthUsd === null || latencyMs === undefined || !Number.isFinite(latencyMs)) return null
  const qualityLost = 100 - (qualityScore?.value ?? 0)
  return { costPerMonthUsd, latencyMs, qualityLost, risk: riskOf(candidate).score }
}

const badEndMs = ({ metric, estimate }: TargetEstimate): number =>
  wantsMore(metric) ? 1000 / estimate.low : estimate.high

/**
 * Objectives in steps that the numbers can tell apart: cost 2 %, latency 5 %, risk five, and quality two points, as in the
 * ranking. Two candidates of one cell are the same to the front, which keeps the first of them.
 */
const cellOf = ({ costPerMonthUsd, latencyMs, qualityLost, risk }: Objectives): readonly number[] => [
  Math.round(Math.log(Math.max(costPerMonthUsd, 1)) / Math.log(1.02)),
  Math.round(Math.log(Math.max(latencyMs, 0.001)) / Math.log(1.05)),
  -qualityClass(100 - qualityLost),
  Math.round(risk / 5),
]

/** Whether `a` is nowhere worse than `b`, and somewhere better. */
export const dominates = (a: Objectives, b: Objectives): boolean => {
  const [one, other] = [cellOf(a), cellOf(b)]
  return isNowhereWorse(one, other) && one.some((value, i) => value < (other[i] ?? 0))
}

const isNowhereWorse = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((value, i) => value <= (other[i] ?? 0))

/**
 * Identifiers of the front, cheapest first, out of the candidates that meet every requirement.
 * @param candidates best first; of two with equal objectives the first stays
 */
export const paretoFront = (candidates: readonly Candidate[]): readonly string[] => {
  const feasible = candidates.filter(({ violations }) => violations.length === 0)
  const targetId = tightestTarget(feasible)
  const placed = feasible.flatMap((candidate) => {
    const objectives = objectivesOf(candidate, targetId)
    return objectives ? [{ id: candidate.id, cell: cellOf(objectives) }] : []
  })
  // Whoever dominates comes first in this order, so one pass against the front so far is enough.
  const ordered = placed
    .map((entry, index) => ({ ...entry, index }))
    .sort((a, b) => compareCells(a.cell, b.cell) || a.index - b.index)
  const front: { readonly id: string; readonly cell: readonly number[] }[] = []
  for (const entry of ordered)
    if (!front.some(({ cell }) => isNowhereWorse(cell, entry.cell))) front.push(entry)
  return front.map(({ id }) => id)
}

const compareCells = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
