// Why a candidate was not chosen, in sentences that each carry the number that decided. Reads the report alone.

import { type Message, suggest } from '../../core/index.js'
import { loadTestEvidence } from './evidence-for.js'
import { objectiveNames } from './objectives.js'
import { dominates, objectivesOf, tightestTarget } from './pareto-front.js'
import { decidingRank } from './rank-candidates.js'
import { type Candidate, comparableUsd, type DesignReport } from './report.js'
import { wantsMore } from './target.js'
import { whyNotMessage } from './why-not-messages.js'

/**
 * The reasons against a candidate, the deciding one first.
 * @param id a candidate's identifier; one that was closed with its group, as a layout of a model that a gate closed,
 * is answered for by the group
 * @returns at least one message; that it is the choice, or that there is no such candidate, is one too
 */
export const whyNot = (report: DesignReport, id: string): readonly Message[] => {
  const { candidates } = report
  const candidate = candidates.find((known) => known.id === id) ?? groupOf(candidates, id)
  return [...against(report, id, candidate), ...(candidate ? loadTestEvidence(candidate) : [])]
}

const against = (report: DesignReport, id: string, candidate: Candidate | undefined): readonly Message[] => {
  const { candidates, chosen } = report
  if (!candidate) {
    const plain = candidates.find((known) => id === `${known.id} kv-fp8`)
    if (plain?.replicas)
      return [
        whyNotMessage('planner.half-kv-needless', { plain: plain.id, replicas: plain.replicas.serving }),
      ]
    const carried = / tp\d+(pp|dp)\d/.test(id) ? carriedBy(candidates, id) : undefined
    if (carried)
      return [
        whyNotMessage('planner.layout-needless', { plain: carried.id, accelerators: carried.accelerators }),
      ]
    const nearest = suggest(
      id,
      candidates.map((known) => known.id),
    )
    return [whyNotMessage('planner.not-considered', { id, nearest: nearest ?? null })]
  }
  if (candidate.id === chosen?.id) return [whyNotMessage('planner.is-chosen', { id })]
  if (candidate.violations.length > 0) return candidate.violations.map(({ reason }) => reason)
  return chosen ? [beatenBy(candidate, chosen), ...onFront(candidate, report)] : []
}

/**
 * The closed group that an identifier belongs to: all of its words are among those of the identifier. Of a layout
 * that was left out because a larger one of the same kind lacks memory too, that larger one.
 */
const groupOf = (candidates: readonly Candidate[], id: string): Candidate | undefined => {
  const words = new Set(id.split(' '))
  const parent = id.replace(/ tp\d+.*$/, '')
  const closed = candidates.filter(({ engine, kind, violations, id: known }) => {
    if (violations.length === 0 || kind !== 'self-hosted') return false
    return engine === null
      ? known.split(' ').every((word) => words.has(word))
      : known.startsWith(`${parent} tp`) && violations.some(({ constraint }) => constraint === 'memory')
  })
  return closed.sort((a, b) => b.id.length - a.id.length)[0]
}

/** The way on the same hardware that carries the peak in one replica, so that stages and groups were not tried. */
const carriedBy = (candidates: readonly Candidate[], id: string): Candidate | undefined => {
  const start = id.replace(/ tp\d+.*$/, ' tp')
  return candidates.find(
    ({ id: known, violations, replicas }) =>
      known.startsWith(start) && violations.length === 0 && replicas?.serving === 1,
  )
}

/** Against the choice: the first thing in which the two differ, with both numbers. */
const beatenBy = (candidate: Candidate, chosen: Candidate): Message => {
  const [costUsd, chosenUsd] = [comparableUsd(candidate) ?? 0, comparableUsd(chosen) ?? 0]
  const times = costUsd / (chosenUsd || Number.POSITIVE_INFINITY)
  const names = { chosen: chosen.id }
  switch (decidingRank(candidate, chosen)) {
    case 'to-make':
      return whyNotMessage('planner.needs-making', { checkpoint: candidate.checkpoint, times })
    case 'apart':
      return whyNotMessage('planner.needs-pools', {
        ...names,
        ...(candidate.disaggregation ?? noPools),
        times,
      })
    case 'cost':
    case 'exact-cost':
      return whyNotMessage('planner.dearer', {
        ...names,
        times,
        costUsd,
        chosenUsd,
        packed: candidate.packing !== null || chosen.packing !== null,
      })
    case 'quality':
      return whyNotMessage('planner.less-good', {
        ...names,
        score: candidate.qualityScore?.value ?? null,
        chosenScore: chosen.qualityScore?.value ?? null,
      })
    case 'unsure':
      return whyNotMessage('planner.less-sure-targets', {
        ...names,
        targets: unsureTargets(candidate),
        chosenTargets: unsureTargets(chosen),
      })
    case 'basis':
      return whyNotMessage('planner.less-founded', {
        ...names,
        basis: candidate.basis,
        chosenBasis: chosen.basis,
      })
    case 'accelerators':
    case 'stages':
      return whyNotMessage('planner.more-hardware', {
        ...names,
        accelerators: candidate.accelerators,
        chosenAccelerators: chosen.accelerators,
        stages: candidate.layout?.pipelineParallel ?? 1,
        chosenStages: chosen.layout?.pipelineParallel ?? 1,
      })
    default:
      return whyNotMessage('planner.equal-otherwise', {
        ...names,
        engine: candidate.engine ?? candidate.provider ?? '',
        chosenEngine: chosen.engine ?? chosen.provider ?? '',
      })
  }
}

const noPools = { prefillReplicas: 0, decodeReplicas: 0, kvTransferMs: 0 }

const unsureTargets = ({ targets }: Candidate): number => targets.filter(({ met }) => met !== 'likely').length

interface Comparison {
  readonly feasible: readonly Candidate[]
  readonly targetId: string | null
}

/** A record asks for many of the same thousands of candidates; what they share is worked out once. */
const comparisons = new WeakMap<readonly Candidate[], Comparison>()

const comparisonOf = (candidates: readonly Candidate[]): Comparison => {
  const known = comparisons.get(candidates)
  if (known) return known
  const feasible = candidates.filter(({ violations }) => violations.length === 0)
  const comparison = { feasible, targetId: tightestTarget(feasible) }
  comparisons.set(candidates, comparison)
  return comparison
}

/** Whether it is on the front, with what it buys; else who dominates it. */
const onFront = (candidate: Candidate, { candidates, chosen, front }: DesignReport): readonly Message[] => {
  const { feasible, targetId } = comparisonOf(candidates)
  const own = objectivesOf(candidate, targetId)
  if (!own || !chosen) return []
  const metric = candidate.targets.find(({ id }) => id === targetId)?.metric
  const tightest = { target: targetId ?? 'e2e', isSpeed: metric !== undefined && wantsMore(metric) }
  if (front.includes(candidate.id)) {
    const other = objectivesOf(chosen, targetId)
    if (!other) return []
    const better = objectiveNames.filter((name) => own[name] < other[name])
    return [whyNotMessage('planner.another-balance', { ...tightest, own, other, better, chosen: chosen.id })]
  }
  const by = feasible
    .filter(({ id }) => front.includes(id))
    .map((other) => ({ id: other.id, objectives: objectivesOf(other, targetId) }))
    .find(({ objectives }) => objectives !== null && dominates(objectives, own))
  return by?.objectives
    ? [whyNotMessage('planner.dominated', { ...tightest, own, other: by.objectives, by: by.id })]
    : []
}
