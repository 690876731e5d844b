// One way to serve one open-weight model on accelerators: does it fit, how fast is it, what does it cost.

import { hoursPerMonth } from '../../core/index.js'
import { hoursOf } from '../cost/replica-plan.js'
import type { ServingCost } from '../cost/self-hosted-cost.js'
import { acceleratorsOf, type MemoryPlan } from '../memory/memory.js'
import { roundedContext } from '../memory/rounded-context.js'
import { rangePower } from '../speed/range-of.js'
import { rangesFor } from './bands-at.js'
import { billOf } from './bill-of.js'
import { buildQuality } from './build-quality.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { estimateTarget, latencyP90 } from './estimates.js'
import { type Planned, planMemory } from './plan-memory.js'
import { priceCandidate } from './price-candidate.js'
import type { Candidate, Violation } from './report.js'
import { optionId, type ServingOption } from './serving-option.js'
import { createServer, peakSlowness, type Server, type Sizing, sizeReplicas } from './sizing.js'
import { isTested, stepModelOf } from './step-model-of.js'

/** A candidate with what its numbers came from; null where memory ended it early. */
export interface Evaluation {
  readonly candidate: Candidate
  readonly served: { readonly server: Server; readonly sizing: Sizing } | null
}

/** Evaluates one option. Violations of memory end it early, with the numbers known so far. */
export const evaluateSelfHosted = (option: ServingOption, context: DesignContext): Evaluation => {
  const planned = memoryOf(option, context)
  const memory = planned.plan
  const blank = blankCandidate(option, memory, context)
  const end = (violation: Violation): Evaluation => ({
    candidate: { ...blank, violations: [violation] },
    served: null,
  })
  const impossible = memoryViolation(option, planned)
  if (impossible) return end(impossible)
  const server = serverOf(option, context, memory.maxSequences)
  const sizing = server && sizeReplicas(server, context)
  if (!server || !sizing) return end(overload(memory.maxSequences))
  return { candidate: together({ option, context, blank, server, sizing }), served: { server, sizing } }
}

const memoryOf = (option: ServingOption, context: DesignContext): Planned => {
  const { workload, memoryParts: parts, cardOf, contextTokens } = context
  const lengths = {
    maxModelLen: roundedContext(contextTokens, option.model.maxContext),
    mean: workload.inputTokens.mean + workload.outputTokens.mean,
  }
  return planMemory(option, lengths, { card: cardOf(option.supply.accelerator), parts })
}

const blankCandidate = (option: ServingOption, memory: MemoryPlan, context: DesignContext): Candidate => {
  const { model, build, engine, supply, layout, kvDtype = 'auto', speculation, packing } = option
  return {
    id: optionId(option),
    kind: 'self-hosted',
    model: model.name,
    checkpoint: build.checkpoint,
    provider: null,
    engine,
    accelerator: supply.accelerator.name,
    precision: build.precision,
    build: build.from,
    kvDtype,
    layout,
    speculation: speculation ?? null,
    disaggregation: null,
    packing: packing ?? null,
    replicas: null,
    accelerators: 0,
    costPerMonthUsd: null,
    usdPerMillionOutputTokens: null,
    latency: null,
    targets: [],
    ...buildQuality(model, build.precision, context, kvDtype === 'fp8'),
    utilisation: null,
    memory,
    basis: 'assumed',
    loadTests: context.loadTestsOf(option).length,
    violations: [],
  }
}

const memoryViolation = (
  { model, supply, layout }: ServingOption,
  { plan, requestGiB }: Planned,
): Violation | null => {
  const accelerator = supply.accelerator.label
  const count = acceleratorsOf(layout)
  if (plan.kvPoolGiB <= 0)
    return hard(
      'memory',
      designMessage('planner.weights-do-not-fit', {
        model: model.name,
        accelerator,
        count,
        weightsGiB: plan.weightsGiB,
        availableGiB: plan.weightsGiB + plan.kvPoolGiB,
      }),
    )
  const { maxModelLen } = plan.settings
  const longest = requestGiB(maxModelLen)
  if (longest <= plan.kvPoolGiB && plan.maxSequences >= 1) return null
  return hard(
    'memory',
    designMessage('planner.context-does-not-fit', {
      model: model.name,
      accelerator,
      count,
      contextTokens: maxModelLen,
      neededGiB: longest,
      poolGiB: plan.kvPoolGiB,
    }),
  )
}

const hard = (constraint: string, reason: Violation['reason']): Violation => ({
  constraint,
  reason,
  relaxable: false,
})

const overload = (maxSequences: number): Violation =>
  hard('memory', designMessage('planner.cannot-keep-up', { maxSequences }))

/** How well founded the ranges of an untested option are: the farther from the runs of the fit, the wider they are. */
const untestedBasis = ({ engine, supply }: ServingOption, { fitted }: DesignContext): Candidate['basis'] => {
  const power = rangePower({ engine, accelerator: supply.accelerator }, fitted)
  return power === 1 ? 'measured' : power < 2 ? 'similar' : 'assumed'
}

const basisOf = (option: ServingOption, context: DesignContext): Candidate['basis'] =>
  isTested(option, context) ? 'calibrated' : untestedBasis(option, context)

const serverOf = (option: ServingOption, context: DesignContext, maxSequences: number): Server | null => {
  const steps = stepModelOf(option, context)
  return steps && createServer({ steps, maxSequences }, rangesFor(option, context, maxSequences), context)
}

interface Served {
  readonly option: ServingOption
  readonly context: DesignContext
  readonly blank: Candidate
  readonly server: Server
  readonly sizing: Sizing
}

const together = ({ option, context, blank, server, sizing }: Served): Candidate => {
  const { survivesReplicaLoss, regions } = context.requirements.availability
  const sized = { server, sizing, context }
  const { candidate, bought } = priceCandidate(option, context, {
    candidate: {
      ...blank,
      replicas: { serving: sizing.replicas, spare: survivesReplicaLoss ? 1 : 0, regions },
      latency: latencyP90(sized),
      targets: context.targets.map((target) => estimateTarget(sized, target)),
      basis: basisOf(option, context),
    },
    pools: [{ load: sizing.load, replicas: sizing.replicas }],
    slowness: peakSlowness(server, context.enginePeak / sizing.replicas),
  })
  const [first] = bought
  return {
    ...candidate,
    utilisation: utilisationOf(context, sizing, first?.cost ?? null),
    ...(context.itemised && first ? { bill: billOf(sized, first.cost, first.order) } : {}),
  }
}

/** Load over what the running replicas could carry, at the peak and over the month. */
const utilisationOf = (
  { enginePeak, requirements, clock }: DesignContext,
  { saturation, replicas }: Sizing,
  cost: ServingCost | null,
): Candidate['utilisation'] => {
  const running = cost ? hoursOf(cost.levels) : 0
  const spare = requirements.availability.survivesReplicaLoss ? 1 : 0
  return {
    peak: enginePeak / ((replicas + spare) * saturation),
    average: running > 0 ? (clock.mean * enginePeak * hoursPerMonth) / (running * saturation) : 0,
  }
}
