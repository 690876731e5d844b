// Every way to serve: models x builds x engines x accelerators x layouts, and the hosted APIs. Gates come first, and
// what a gate closes for a whole group is one candidate with the reason, not hundreds.

import type { Accelerator, Model, Precision } from '../../catalog/index.js'
import {
  type Build,
  buildsOf,
  canMultiply,
  canSplitHeads,
  enginesFor,
  layoutsOf,
  tensorWidths,
} from '../memory/layouts.js'
import { type Layout, type ParameterSplit, splitParameters } from '../memory/memory.js'
import { refusesUnevenBlocks, surelyCut } from '../memory/uneven-blocks.js'
import { allowedOffers } from './allowed-offers.js'
import { buildQuality, buildRetention } from './build-quality.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { evaluateDisaggregated } from './disaggregated-candidate.js'
import { gateMessage } from './gate-messages.js'
import { evaluateHosted } from './hosted.js'
import { hostedModelsOf } from './hosted-models.js'
import { buildGates, type GatedModel, modelGates, weightsGates } from './model-gates.js'
import { ownEvalOf } from './own-evals.js'
import { ownedAccelerator } from './owned-accelerator.js'
import { effectiveParametersB, publishedQualityOf } from './quality.js'
import { listOffers, type Supply } from './rent.js'
import type { Candidate, Violation } from './report.js'
import { residencyViolations } from './residency.js'
import { fp8KvRetention, retained } from './retention.js'
import { type Evaluation, evaluateSelfHosted } from './self-hosted.js'
import type { ServingOption } from './serving-option.js'
import { variantsOf } from './variants.js'

/** A candidate, and how to evaluate it again under a changed context; gates are not asked again. */
export interface Evaluated {
  readonly candidate: Candidate
  readonly again: ((context: DesignContext) => Candidate) | null
  /** What a simulation needs, of joined ways that of the base or the main model; null for APIs, gates and pools apart. */
  readonly option: ServingOption | null
  /** Of a small model that is asked before another. */
  readonly cascade?: CascadeParts
}

/** What simulations of a cascade need. */
export interface CascadeParts {
  /** The small model; null where it is an API. */
  readonly first: ServingOption | null
  /** With its targets, and those of the main one with its share of the load; null where it is never asked. */
  readonly firstContext: DesignContext
  readonly lastContext: DesignContext | null
  /** The same two with so many times the replicas of the closed form; null where they cannot be had. */
  withReplicas(factors: CascadeFactors): Evaluated | null
}

/** By how many times the replicas of the closed form are exceeded. */
export interface CascadeFactors {
  readonly first: number
  readonly last: number
}

export const evaluateAll = (context: DesignContext): readonly Evaluated[] => {
  const { allowed } = context.requirements.hosting
  return [
    ...(allowed.includes('self-hosted') ? selfHosted(context) : []),
    ...(allowed.includes('hosted-api') && !context.requirements.hosting.ownedOnly ? hosted(context) : []),
  ]
}

const hosted = (context: DesignContext): readonly Evaluated[] =>
  hostedModelsOf(context).flatMap((model) => {
    const candidate = evaluateHosted(model, context)
    return candidate ? [{ candidate, again: null, option: null }] : []
  })

const selfHosted = (context: DesignContext): readonly Evaluated[] => {
  const supplies = suppliesOf(context)
  return context.catalogue.models
    .filter(({ variantOf }) => variantOf === null)
    .flatMap((model) => {
      const gated = gatedModel(model, context)
      const violations = [...modelGates(gated, context), ...weightsGates(model, context)]
      const split = splitParameters(model)
      if (violations.length > 0 || !split) return [closed({ model, violations }, context)]
      const admit = createAdmission(model, gated, context)
      return [
        ...supplies.flatMap((supply) => onAccelerator({ model, split, supply, admit }, context)),
        ...admit.closed(),
        ...unsplittable(model, context),
        ...unevenlyCut(model, context),
      ]
    })
}

const gatedModel = (model: Model, { requirements }: DesignContext): GatedModel => {
  const named = [model.name, model.checkpoint, ...model.aliases]
  return {
    name: model.name,
    named,
    reasoning: model.reasoning,
    quality: publishedQualityOf(model),
    effective: effectiveParametersB(model),
    own: ownEvalOf(named, requirements),
  }
}

/** Widths of tensor parallelism that do not divide the heads, each once for all hardware. */
const unsplittable = (model: Model, context: DesignContext): readonly Evaluated[] =>
  tensorWidths
    .filter((width) => !canSplitHeads(model, width))
    .map((width) => {
      const { name, heads, kvHeads } = model
      const reason = designMessage('planner.heads-do-not-split', { model: name, heads, kvHeads, width })
      return closed(
        { model, width, violations: [{ constraint: 'layout', relaxable: false, reason }] },
        context,
      )
    })

/** Widths of tensor parallelism that cut the blocks of a published build, which vLLM and SGLang refuse, once for all hardware. */
const unevenlyCut = (model: Model, context: DesignContext): readonly Evaluated[] =>
  buildsOf(model, 'vllm', context.catalogue).flatMap((build) => {
    const published = checkpointOf(model, build, context)
    return tensorWidths.flatMap((width) => {
      const sharding = { tensorParallel: width, pipelineParallel: 1 }
      const cut = canSplitHeads(model, width) ? surelyCut(published, { ...build, sharding }) : null
      if (!cut) return []
      const reason = designMessage('planner.blocks-do-not-split', {
        checkpoint: build.checkpoint,
        precision: build.precision,
        module: cut.module,
        part: cut.width,
        blockWidth: cut.blockWidth,
        width,
      })
      return [
        closed(
          { model, build, width, violations: [{ constraint: 'layout', relaxable: false, reason }] },
          context,
        ),
      ]
    })
  })

/** The catalogue's own record of what a build loads, which knows how its weights are stored. */
const checkpointOf = (model: Model, { checkpoint, from }: Build, { catalogue }: DesignContext): Model =>
  from === 'published' ? (catalogue.models.find((known) => known.checkpoint === checkpoint) ?? model) : model

/** Which builds of a model are good enough; each that is not becomes one closed candidate. */
interface Admission {
  admits(build: Build): boolean
  closed(): readonly Evaluated[]
}

const createAdmission = (model: Model, gated: GatedModel, context: DesignContext): Admission => {
  const known = new Map<Precision, Evaluated | null>()
  const judge = (build: Build): Evaluated | null => {
    const retention = buildRetention(model, build.precision, gated.own)
    const violations = buildGates(gated, { precision: build.precision, retention }, context)
    return violations.length > 0 ? closed({ model, build, violations }, context) : null
  }
  return {
    admits: (build) => {
      const { precision } = build
      if (!known.has(precision)) known.set(precision, judge(build))
      return known.get(precision) === null
    },
    closed: () => [...known.values()].filter((evaluated) => evaluated !== null),
  }
}

/** What is owned, and, unless only that may be used, what can be rented by list price. */
const suppliesOf = ({ requirements, catalogue }: DesignContext): readonly Supply[] => {
  const { owned, ownedOnly } = requirements.hosting
  const there = owned.flatMap((hardware): Supply[] => {
    const accelerator = ownedAccelerator(hardware, catalogue)
    return accelerator ? [{ accelerator, most: hardware.count, offers: [], owned: true }] : []
  })
  if (ownedOnly) return there
  const rented = catalogue.accelerators.map(
    (accelerator): Supply => ({
      accelerator,
      most: Number.POSITIVE_INFINITY,
      offers: allowedOffers(catalogue, accelerator.name, requirements),
      owned: false,
    }),
  )
  return [...there, ...rented.filter(({ accelerator }) => listOffers(catalogue, accelerator.name).length > 0)]
}

interface Placed {
  readonly model: Model
  readonly split: ParameterSplit
  readonly supply: Supply
  readonly admit: Admission
}

const onAccelerator = (
  { model, split, supply, admit }: Placed,
  context: DesignContext,
): readonly Evaluated[] => {
  const { accelerator } = supply
  const violations = [...missingFacts(accelerator), ...elsewhere(supply, context)]
  if (violations.length > 0) return [closed({ model, accelerator, violations }, context)]
  return enginesFor(accelerator).flatMap((engine) =>
    buildsOf(model, engine, context.catalogue).flatMap((build) => {
      if (!admit.admits(build)) return []
      if (!canMultiply(accelerator, build.precision))
        return noUnit({ model, accelerator, build, engine }, context)
      const published = checkpointOf(model, build, context)
      const isLoaded = (sharding: Layout) =>
        !refusesUnevenBlocks(engine) || surelyCut(published, { ...build, sharding }) === null
      const layouts = layoutsOf(model, { accelerator, most: supply.most, engine }).filter(isLoaded)
      return withoutSmaller(
        worthTrying(layouts, (layout) =>
          withVariants({ model, split, build, engine, supply, layout }, context),
        ),
      )
    }),
  )
}

/**
 * The layouts, fewest accelerators first. Once one of them carries the peak in a single replica, stages and attention
 * groups over as many accelerators or more cannot cost less, and they are no faster than tensor parallelism alone.
 */
const worthTrying = (
  layouts: readonly Layout[],
  evaluate: (layout: Layout) => readonly Evaluated[],
): readonly (readonly Evaluated[])[] => {
  const found: (readonly Evaluated[])[] = []
  let isCarried = false
  for (const layout of layouts) {
    const isPlain = layout.pipelineParallel === 1 && (layout.dataParallel ?? 1) === 1
    if (isCarried && !isPlain) continue
    const evaluated = evaluate(layout)
    found.push(evaluated)
    isCarried ||= evaluated.some(
      ({ candidate }) => candidate.violations.length === 0 && candidate.replicas?.serving === 1,
    )
  }
  return found
}

/** A layout and its variants. */
const withVariants = (option: ServingOption, context: DesignContext): readonly Evaluated[] => {
  const plain = evaluateSelfHosted(option, context)
  return [
    evaluatedOf(option, plain.candidate),
    ...variantsOf(option, plain, context).map((variant) => {
      const { candidate } = evaluateSelfHosted(variant, context)
      return evaluatedOf(variant, withKvGate(variant, candidate, context))
    }),
    ...separatePools(option, plain, context),
  ]
}

const evaluatedOf = (option: ServingOption, candidate: Candidate): Evaluated => ({
  candidate,
  again: (changed) => evaluateSelfHosted(option, changed).candidate,
  option,
})

/** What a narrow KV cache loses counts against one's own quality targets like what the weights lose. */
const withKvGate = (
  { model, build, kvDtype }: ServingOption,
  candidate: Candidate,
  context: DesignContext,
) => {
  if (kvDtype !== 'fp8') return candidate
  const gated = gatedModel(model, context)
  if (!gated.own?.target) return candidate
  const retention = retained(buildRetention(model, build.precision, gated.own), fp8KvRetention)
  const missed = buildGates(gated, { precision: `${build.precision}, kv fp8`, retention }, context)
  return { ...candidate, violations: [...missed, ...candidate.violations] }
}

const separatePools = (
  option: ServingOption,
  { candidate, served }: Evaluation,
  context: DesignContext,
): readonly Evaluated[] => {
  const apart = served && evaluateDisaggregated(option, { ...served, together: candidate }, context)
  return apart ? [{ candidate: apart, again: null, option: null }] : []
}

/** Of the layouts whose memory does not suffice, the largest says enough. */
const withoutSmaller = (layouts: readonly (readonly Evaluated[])[]): readonly Evaluated[] => {
  const lacksMemory = ({ candidate }: Evaluated) =>
    candidate.violations.some(({ constraint }) => constraint === 'memory')
  const largest = layouts.filter((evaluated) => evaluated.every(lacksMemory)).at(-1) ?? []
  return [
    ...layouts.flatMap((evaluated) => evaluated.filter((one) => !lacksMemory(one))),
    ...largest.slice(0, 1),
  ]
}

const missingFacts = (accelerator: Accelerator): readonly Violation[] =>
  accelerator.memoryGiB !== null && accelerator.bandwidthGBps !== null
    ? []
    : [
        {
          constraint: 'accelerator',
          relaxable: false,
          reason: gateMessage('planner.accelerator-unknown', { accelerator: accelerator.label }),
        },
      ]

/** Accelerators that nobody rents where the data may be. */
const elsewhere = (
  { accelerator, owned, offers }: Supply,
  { requirements, catalogue }: DesignContext,
): readonly Violation[] => {
  if (owned || offers.length > 0) return []
  const sellers = listOffers(catalogue, accelerator.name).map(({ provider }) => provider)
  return residencyViolations([...new Set(sellers)], requirements, catalogue)
}

const noUnit = (
  options: {
    readonly model: Model
    readonly accelerator: Accelerator
    readonly build: Build
    readonly engine: string
  },
  context: DesignContext,
): readonly Evaluated[] => {
  // Once per model and accelerator, not once per engine.
  if (options.engine !== 'vllm') return []
  const { model, accelerator, build } = options
  const reason = designMessage('planner.no-unit', {
    accelerator: accelerator.label,
    precision: build.precision,
  })
  return [
    closed(
      { model, accelerator, build, violations: [{ constraint: 'precision', relaxable: false, reason }] },
      context,
    ),
  ]
}

/** A candidate that a gate closed: no numbers but the reason. */
const closed = (
  options: {
    readonly model: Model
    readonly accelerator?: Accelerator
    readonly build?: Build
    /** Of tensor parallelism. */
    readonly width?: number
    readonly violations: readonly Violation[]
  },
  context: DesignContext,
): Evaluated => {
  const { model, accelerator, build, width, violations } = options
  const candidate: Candidate = {
    id: [model.name, build?.precision, accelerator?.name, width && `tp${width}`].filter(Boolean).join(' '),
    kind: 'self-hosted',
    model: model.name,
    checkpoint: build?.checkpoint ?? model.checkpoint,
    provider: null,
    engine: null,
    accelerator: accelerator?.name ?? null,
    precision: build?.precision ?? null,
    build: build?.from ?? null,
    kvDtype: null,
    layout: null,
    speculation: null,
    disaggregation: null,
    packing: null,
    replicas: null,
    accelerators: 0,
    costPerMonthUsd: null,
    usdPerMillionOutputTokens: null,
    latency: null,
    targets: [],
    ...buildQuality(model, build?.precision ?? model.precision, context),
    utilisation: null,
    memory: null,
    basis: 'assumed',
    loadTests: 0,
    violations,
  }
  return { candidate, again: null, option: null }
}
