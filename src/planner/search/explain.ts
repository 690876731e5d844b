// Why the chosen candidate, what follows from it, and what the numbers rest on.

import type { Message } from '../../core/index.js'
import type { CostReport } from '../cost/cost-report.js'
import { acceleratorsOf } from '../memory/memory.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { evidenceFor } from './evidence-for.js'
import type { Candidate, Relaxation } from './report.js'
import { missesOnlyMoney } from './repricing.js'

interface Decision {
  readonly candidates: readonly Candidate[]
  readonly chosen: Candidate | null
  readonly nearest: Candidate | null
  readonly relaxations: readonly Relaxation[]
  readonly context: DesignContext
  readonly cost: CostReport | null
}

export const reasonsFor = ({
  candidates,
  chosen,
  nearest,
  relaxations,
  context,
  cost: money,
}: Decision): readonly Message[] => {
  const considered = candidates.length
  if (!chosen) {
    const refusal = designMessage('planner.nothing-fits', { considered })
    const slow = slowStages(context)
    if (relaxations.length > 0) return [refusal, ...slow, ...relaxations.map(({ message }) => message)]
    const missed = (nearest ?? candidates[0])?.violations ?? []
    return [
      refusal,
      ...slow,
      designMessage('planner.no-single-relaxation', {
        candidate: nearest?.id ?? null,
        constraints: missed.map(({ constraint }) => constraint),
      }),
      ...missed.map(({ reason }) => reason),
    ]
  }
  const feasible = candidates.filter(({ violations }) => violations.length === 0).length
  const cost = chosen.costPerMonthUsd ?? 0
  const first =
    chosen.provider === 'owned'
      ? designMessage('planner.chosen-owned', { feasible, considered })
      : designMessage(chosen.build === 'to-make' ? 'planner.chosen-to-make' : 'planner.chosen-cheapest', {
          feasible,
          considered,
          costUsd: cost,
        })
  return [
    first,
    ...routingReasons(chosen),
    ...hardwareReasons(chosen, context),
    ...waiting(chosen, money),
    ...stageReasons(chosen, context),
    ...evidenceFor(chosen),
    ...doubts(chosen),
    ...comparison(chosen, money),
  ]
}

/** What joining two ways to serve means. */
const routingReasons = ({ routing, replicas }: Candidate): readonly Message[] => {
  if (!routing) return []
  if (routing.kind === 'overflow')
    return [
      designMessage('planner.chosen-overflow', {
        base: replicas?.serving ?? 0,
        api: routing.api.id,
        share: routing.apiShare,
        concurrency: routing.concurrency,
      }),
    ]
  return [
    designMessage('planner.chosen-cascade', {
      first: routing.first.id,
      escalatedShare: routing.escalatedShare,
      escalateBelow: routing.escalateBelow,
    }),
  ]
}

/** A cheaper way that only lacks a measurement. */
const waiting = ({ routing }: Candidate, cost: CostReport | null): readonly Message[] =>
  routing ? [] : (cost?.alternatives ?? []).flatMap(({ waitsFor, message }) => (waitsFor ? [message] : []))

const hardwareReasons = (chosen: Candidate, { catalogue }: DesignContext): readonly Message[] => {
  const { replicas, layout, utilisation, accelerator, precision, checkpoint, build } = chosen
  if (!replicas || !layout) return []
  return [
    designMessage('planner.chosen-replicas', {
      ...replicas,
      accelerator: catalogue.lookUpAccelerator(accelerator ?? '').found?.label ?? accelerator ?? '',
      perReplica: acceleratorsOf(layout),
      overflows: chosen.routing?.kind === 'overflow',
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

/** Where the other models run, and which of them, not the chat model, the first token waits for. */
const stageReasons = (
  { packing, latency, accelerator }: Candidate,
  { stages }: DesignContext,
): readonly Message[] => [
  ...stages.map(({ id, tokensPerSecond, supply, msPerRequest }) =>
    packing
      ? designMessage('planner.stage-packed', {
          stage: id,
          tokensPerSecond,
          accelerator,
          timeShare: packing.timeShare,
        })
      : designMessage('planner.stage-place', {
          stage: id,
          tokensPerSecond,
          count: supply.count,
          name: supply.name,
          ms: msPerRequest,
        }),
  ),
  ...stages
    .filter(({ msPerRequest }) => msPerRequest > (latency?.ttftP90Ms.value ?? Number.POSITIVE_INFINITY) / 2)
    .map(({ id, msPerRequest }) =>
      designMessage('planner.stage-bottleneck', {
        stage: id,
        ms: msPerRequest,
        ttftMs: latency?.ttftP90Ms.value ?? 0,
      }),
    ),
]

/** Stages that nothing that may be used reads in time. */
const slowStages = ({ stages }: DesignContext): readonly Message[] =>
  stages
    .filter(({ supply }) => !supply.inTime)
    .map(({ id, tokensPerRequest, msPerRequest, supply }) =>
      designMessage('planner.stage-too-slow', {
        stage: id,
        tokens: tokensPerRequest,
        ms: msPerRequest,
        count: supply.count,
        name: supply.name,
      }),
    )

const doubts = ({ targets }: Candidate): readonly Message[] => {
  const unsure = targets.filter(({ met }) => met === 'possible').map(({ id }) => id)
  return unsure.length > 0 ? [designMessage('planner.chosen-unsure', { targets: unsure })] : []
}

const comparison = (chosen: Candidate, cost: CostReport | null): readonly Message[] => {
  const found = cost?.breakEven
  if (!found || found.requestsPerSecondPeak === null) return []
  return [
    designMessage('planner.break-even', {
      requestsPerSecond: found.requestsPerSecondPeak,
      chosen: chosen.kind,
      other: chosen.kind === 'self-hosted' ? found.api : found.selfHosted,
    }),
  ]
}

/** The cheapest of the other kind of hosting that misses nothing but a budget; null beside owned hardware. */
export const otherKind = (candidates: readonly Candidate[], chosen: Candidate): Candidate | null => {
  if (chosen.provider === 'owned') return null
  return candidates
    .filter(
      (candidate) =>
        candidate.kind !== chosen.kind && candidate.costPerMonthUsd && missesOnlyMoney(candidate),
    )
    .reduce<Candidate | null>(
      (best, candidate) =>
        (candidate.costPerMonthUsd ?? 0) < (best?.costPerMonthUsd ?? Number.POSITIVE_INFINITY)
          ? candidate
          : best,
      null,
    )
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
      ? [designMessage('planner.assume-residency', { places: dataResidency })]
      : []),
  ]
}
