// One way to serve one open-weight model on accelerators: does it fit, how fast is it, what does it cost.

import type { EngineName, Model } from '../../catalog/index.js'
import type { Build } from '../memory/layouts.js'
import { acceleratorsOf, type Layout, type ParameterSplit, planMemory } from '../memory/memory.js'
import { createStepModel } from '../speed/roofline.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { estimateTarget, latencyP90 } from './estimates.js'
import { qualityOf } from './quality.js'
import { cheapestRent, type Supply } from './rent.js'
import type { Candidate, Replicas, TargetEstimate, Violation } from './report.js'
import { createServer, type Server, type Sizing, sizeReplicas } from './sizing.js'
import { budgetViolations, targetViolation } from './violations.js'

export interface SelfHostedOption {
  readonly model: Model
  readonly split: ParameterSplit
  readonly build: Build
  readonly engine: EngineName
  readonly supply: Supply
  readonly layout: Layout
}

/** Evaluates one option. Violations of memory end it early, with the numbers known so far. */
export const evaluateSelfHosted = (option: SelfHostedOption, context: DesignContext): Candidate => {
  const memory = memoryOf(option, context)
  const blank = blankCandidate(option, memory)
  const impossible = memoryViolation(option, context, memory)
  if (impossible) return { ...blank, violations: [impossible] }
  const server = serverOf(option, context, memory.maxSequences)
  const sizing = server && sizeReplicas(server, context)
  if (!server || !sizing) return { ...blank, violations: [overload(memory.maxSequences)] }
  return priced({ option, context, blank, server, sizing })
}

const memoryOf = (option: SelfHostedOption, { workload }: DesignContext) =>
  planMemory(option.model, {
    precision: option.build.precision,
    layout: option.layout,
    engine: option.engine,
    accelerator: option.supply.accelerator,
    tokensPerSequence: workload.inputTokens.mean + workload.outputTokens.mean,
  })

const blankCandidate = (option: SelfHostedOption, memory: ReturnType<typeof planMemory>): Candidate => {
  const { model, build, engine, supply, layout } = option
  const { tensorParallel, pipelineParallel } = layout
  const spread = pipelineParallel > 1 ? `tp${tensorParallel}pp${pipelineParallel}` : `tp${tensorParallel}`
  const { name } = supply.accelerator
  return {
    id: [model.name, build.precision, engine, supply.owned ? `owned-${name}` : name, spread].join(' '),
    kind: 'self-hosted',
    model: model.name,
    checkpoint: build.checkpoint,
    provider: supply.owned ? 'owned' : null,
    engine,
    accelerator: name,
    precision: build.precision,
    build: build.from,
    layout,
    replicas: null,
    accelerators: 0,
    costPerMonthUsd: null,
    usdPerMillionOutputTokens: null,
    latency: null,
    targets: [],
    quality: qualityOf(model),
    utilisation: null,
    memory: {
      weightsGiB: memory.weightsGiB,
      kvPoolGiB: memory.kvPoolGiB,
      maxSequences: memory.maxSequences,
    },
    basis: 'assumed',
    violations: [],
  }
}

const memoryViolation = (
  { model, supply, layout }: SelfHostedOption,
  { contextTokens, workload }: DesignContext,
  memory: ReturnType<typeof planMemory>,
): Violation | null => {
  const accelerator = supply.accelerator.label
  const count = acceleratorsOf(layout)
  if (memory.kvPoolGiB <= 0)
    return hard(
      'memory',
      designMessage('planner.weights-do-not-fit', {
        model: model.name,
        accelerator,
        count,
        weightsGiB: memory.weightsGiB,
        availableGiB: memory.weightsGiB + memory.kvPoolGiB,
      }),
    )
  const mean = workload.inputTokens.mean + workload.outputTokens.mean
  const longest = (memory.kvGiBPerSequence * contextTokens) / mean
  if (longest <= memory.kvPoolGiB && memory.maxSequences >= 1) return null
  return hard(
    'memory',
    designMessage('planner.context-does-not-fit', {
      model: model.name,
      accelerator,
      count,
      contextTokens,
      neededGiB: longest,
      poolGiB: memory.kvPoolGiB,
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

const widen = ({ low, high }: { readonly low: number; readonly high: number }, power: number) => ({
  low: low ** power,
  high: high ** power,
})

/** Ranges are those of the fit where engine and accelerator were among the runs, and wider the farther they are. */
const basisOf = ({ engine, supply }: SelfHostedOption, { fitted }: DesignContext): Candidate['basis'] => {
  if (engine === 'llama.cpp' || supply.accelerator.vendor !== 'NVIDIA') return 'assumed'
  const known =
    fitted.measuredEngines.includes(engine) && fitted.measuredAccelerators.includes(supply.accelerator.name)
  return known ? 'measured' : 'similar'
}
const bandPower = { measured: 1, similar: 1.5, assumed: 2, published: 1 } as const

const serverOf = (option: SelfHostedOption, context: DesignContext, maxSequences: number): Server | null => {
  const { model, build, engine, supply, layout } = option
  const { coefficients, bands } = context.fitted
  const steps = createStepModel({
    model,
    accelerator: supply.accelerator,
    precision: build.precision,
    layout,
    engine,
    coefficients,
  })
  if (!steps) return null
  const power = bandPower[basisOf(option, context)]
  const widened = { tpot: widen(bands.tpot, power), ttft: widen(bands.ttft, power) }
  return createServer({ steps, maxSequences }, widened, context)
}

interface Priced {
  readonly option: SelfHostedOption
  readonly context: DesignContext
  readonly blank: Candidate
  readonly server: Server
  readonly sizing: Sizing
}

const priced = ({ option, context, blank, server, sizing }: Priced): Candidate => {
  const { availability } = context.requirements
  const perReplica = acceleratorsOf(option.layout)
  const spare = availability.survivesReplicaLoss ? 1 : 0
  const replicas: Replicas = { serving: sizing.replicas, spare, regions: availability.regions }
  const accelerators = (sizing.replicas + spare) * replicas.regions * perReplica
  const byHour = replicasByHour(context, sizing).map((count) => (count + spare) * replicas.regions)
  const rent = cheapestRent(
    option.supply,
    byHour.map((count) => count * perReplica),
    perReplica,
  )
  const sized = { server, sizing, context }
  const targets = context.targets.map((target) => estimateTarget(sized, target))
  const costPerMonthUsd = rent?.usdPerMonth ?? null
  const perMillion =
    costPerMonthUsd === null ? null : costPerMonthUsd / (context.workload.tokensPerMonth.output / 1e6)
  return {
    ...blank,
    provider: rent?.provider ?? null,
    replicas,
    accelerators,
    costPerMonthUsd,
    usdPerMillionOutputTokens: perMillion,
    latency: latencyP90(sized),
    targets,
    utilisation: utilisationOf(context, sizing, byHour),
    basis: basisOf(option, context),
    violations: violationsOf({ option, context, targets, accelerators, costPerMonthUsd, perMillion }),
  }
}

/** Replicas that each hour needs, with the next hour's already there, since a replica takes minutes to start. */
const replicasByHour = ({ workload }: DesignContext, sizing: Sizing): readonly number[] => {
  const own = workload.dailyCurve.map((share) =>
    Math.min(sizing.replicas, Math.max(1, Math.ceil(share * sizing.load - 1e-9))),
  )
  return own.map((count, hour) => Math.max(count, own[(hour + 1) % own.length] ?? count))
}

/** Load over what the rented replicas could carry, at the peak and over the day. */
const utilisationOf = (
  { workload, enginePeak, requirements }: DesignContext,
  { saturation, replicas }: Sizing,
  byHour: readonly number[],
): Candidate['utilisation'] => {
  const { survivesReplicaLoss, regions } = requirements.availability
  const rented = byHour.reduce((sum, count) => sum + count, 0)
  const asked = workload.dailyCurve.reduce((sum, share) => sum + share, 0) * enginePeak * regions
  return {
    peak: enginePeak / ((replicas + (survivesReplicaLoss ? 1 : 0)) * saturation),
    average: asked / (rented * saturation),
  }
}

const violationsOf = (options: {
  readonly option: SelfHostedOption
  readonly context: DesignContext
  readonly targets: readonly TargetEstimate[]
  readonly accelerators: number
  readonly costPerMonthUsd: number | null
  readonly perMillion: number | null
}): readonly Violation[] => {
  const { option, context, targets, accelerators, costPerMonthUsd, perMillion } = options
  const { supply } = option
  const found = targets.flatMap(targetViolation)
  if (supply.owned && accelerators > supply.most)
    found.push({
      constraint: 'hosting.owned',
      relaxable: true,
      actual: accelerators,
      reason: designMessage('planner.needs-more-owned', {
        accelerator: supply.accelerator.label,
        needed: accelerators,
        owned: supply.most,
      }),
    })
  if (costPerMonthUsd === null)
    found.push(
      hard(
        'price',
        designMessage('planner.no-machine-large-enough', {
          accelerator: supply.accelerator.label,
          count: acceleratorsOf(option.layout),
        }),
      ),
    )
  else found.push(...budgetViolations(context.requirements, costPerMonthUsd, perMillion ?? 0))
  return found
}
