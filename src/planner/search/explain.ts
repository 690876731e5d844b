// Why the chosen candidate, what follows from it, and what the numbers rest on.

import type { Message } from '../../core/index.js'
import { acceleratorsOf } from '../memory/memory.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import type { Candidate, Relaxation } from './report.js'

interface Decision {
  readonly candidates: readonly Candidate[]
  readonly chosen: Candidate | null
  readonly relaxations: readonly Relaxation[]
  readonly context: DesignContext
}

export const reasonsFor = ({ candidates, chosen, relaxations, context }: Decision): readonly Message[] => {
  const considered = candidates.length
  if (!chosen) {
    const refusal = designMessage('planner.nothing-fits', { considered })
    if (relaxations.length > 0) return [refusal, ...relaxations.map(({ message }) => message)]
    const missed = candidates[0]?.violations.map(({ constraint }) => constraint) ?? []
    return [refusal, designMessage('planner.no-single-relaxation', { constraints: missed.join(', ') })]
  }
  const feasible = candidates.filter(({ violations }) => violations.length === 0).length
  const cost = chosen.costPerMonthUsd ?? 0
  const first =
    chosen.provider === 'owned'
      ? designMessage('planner.chosen-owned', { feasible, considered })
      : designMessage('planner.chosen-cheapest', { feasible, considered, costUsd: cost })
  return [
    first,
    ...hardwareReasons(chosen, context),
    ...doubts(chosen),
    ...comparison({ candidates, chosen, context }),
  ]
}

const hardwareReasons = (chosen: Candidate, { catalogue }: DesignContext): readonly Message[] => {
  const { replicas, layout, utilisation, accelerator, precision, checkpoint, build } = chosen
  if (!replicas || !layout) return []
  return [
    designMessage('planner.chosen-replicas', {
      ...replicas,
      accelerator: catalogue.lookUpAccelerator(accelerator ?? '').found?.label ?? '',
      perReplica: acceleratorsOf(layout),
    }),
    ...(utilisation
      ? [
          designMessage('planner.chosen-utilisation', {
            ...utilisation,
            usdPerMillion: chosen.usdPerMillionOutputTokens ?? 0,
          }),
        ]
      : []),
    ...(build === null || build === 'published'
      ? []
      : [designMessage('planner.chosen-build', { checkpoint, precision: precision ?? '', from: build })]),
  ]
}

const doubts = ({ targets }: Candidate): readonly Message[] => {
  const unsure = targets.filter(({ met }) => met === 'possible').map(({ id }) => id)
  return unsure.length > 0 ? [designMessage('planner.chosen-unsure', { targets: unsure.join(', ') })] : []
}

const comparison = (decision: Omit<Decision, 'relaxations'>): readonly Message[] => {
  const { candidates, chosen, context } = decision
  const found = breakEven(candidates, chosen, context)
  if (!found || !chosen) return []
  const { requestsPerSecond, other } = found
  return [designMessage('planner.break-even', { requestsPerSecond, chosen: chosen.kind, other: other.id })]
}

/**
 * The peak at which the best candidate of the other kind of hosting costs the same. An API's cost grows with the
 * traffic; that of replicas stays, as far as the chosen or compared ones carry it.
 */
export const breakEven = (
  candidates: readonly Candidate[],
  chosen: Candidate | null,
  { workload }: DesignContext,
): { readonly requestsPerSecond: number; readonly other: Candidate } | null => {
  if (!chosen || chosen.provider === 'owned') return null
  const money = ({ constraint }: { readonly constraint: string }) => constraint.startsWith('budget.')
  const other = candidates
    .filter(
      ({ kind, violations, costPerMonthUsd }) =>
        kind !== chosen.kind && costPerMonthUsd && violations.every(money),
    )
    .sort((a, b) => (a.costPerMonthUsd ?? 0) - (b.costPerMonthUsd ?? 0))[0]
  if (!other?.costPerMonthUsd || !chosen.costPerMonthUsd) return null
  const [own, api] = chosen.kind === 'self-hosted' ? [chosen, other] : [other, chosen]
  const ratio = (own.costPerMonthUsd ?? 0) / (api.costPerMonthUsd ?? 1)
  return { requestsPerSecond: workload.requestsPerSecond.peak * ratio, other }
}

export const assumptionsOf = (context: DesignContext): readonly Message[] => {
  const { fitted, workload, catalogue, floor, requirements } = context
  const { allowed, dataResidency, ownedOnly } = requirements.hosting
  const own = allowed.includes('self-hosted')
  const { effectiveParametersB, mmluPro, from } = floor
  return [
    ...(own
      ? [
          designMessage('planner.assume-fit', {
            rows: fitted.fittedTo.rows,
            tpotPct: fitted.errors.tpotMedianPct,
            ttftPct: fitted.errors.ttftMedianPct,
          }),
        ]
      : []),
    designMessage('planner.assume-open-load', {}),
    ...(workload.curveGiven ? [] : [designMessage('planner.assume-flat', {})]),
    designMessage('planner.assume-engines-only', { asOf: catalogue.asOf }),
    designMessage('planner.assume-quality', {
      floorParametersB: effectiveParametersB,
      floorScore: mmluPro,
      from,
    }),
    ...(allowed.includes('hosted-api') ? [designMessage('planner.assume-api-speed', {})] : []),
    ...(own && !ownedOnly && dataResidency.length > 0
      ? [designMessage('planner.assume-residency', { places: dataResidency.join(', ') })]
      : []),
  ]
}
