// Every way to serve: models x builds x engines x accelerators x layouts, and the hosted APIs. Gates come first, and
// what a gate closes for a whole group is one candidate with the reason, not hundreds.

import type { Accelerator, HostedModel, Model } from '../../catalog/index.js'
import { type Build, buildsOf, canMultiply, enginesFor, layoutsOf } from '../memory/layouts.js'
import { type ParameterSplit, splitParameters } from '../memory/memory.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { evaluateHosted } from './hosted.js'
import { isNamed, modelGates, weightsGates } from './model-gates.js'
import { effectiveParametersB, qualityOf } from './quality.js'
import { listOffers, type Supply } from './rent.js'
import type { Candidate, Violation } from './report.js'
import { evaluateSelfHosted } from './self-hosted.js'

/** A candidate, and how to evaluate it again under a changed context; gates are not asked again. */
export interface Evaluated {
  readonly candidate: Candidate
  readonly again: ((context: DesignContext) => Candidate) | null
}

export const evaluateAll = (context: DesignContext): readonly Evaluated[] => {
  const { allowed } = context.requirements.hosting
  return [
    ...(allowed.includes('self-hosted') ? selfHosted(context) : []),
    ...(allowed.includes('hosted-api') && !context.requirements.hosting.ownedOnly ? hosted(context) : []),
  ]
}

const hosted = (context: DesignContext): readonly Evaluated[] => {
  const known = context.catalogue.hostedModels
  const asked = context.requirements.models.allowed.flatMap((name) => askedFor(name, context))
  return [...known, ...asked].flatMap((model) => {
    const candidate = evaluateHosted(model, context)
    return candidate ? [{ candidate, again: null }] : []
  })
}

/** A `provider/model` that the requirements name and the catalogue only has a price for. */
const askedFor = (name: string, { catalogue }: DesignContext): HostedModel[] => {
  const [id, ...rest] = name.split('/')
  const model = rest.join('/')
  const provider = catalogue.hostedProviders.find((known) => known.id === id)
  const listed = catalogue.hostedModels.some((known) =>
    isNamed([`${known.provider.id}/${known.model}`], [name]),
  )
  if (!provider || model === '' || listed) return []
  return [
    {
      provider,
      model,
      base: null,
      reasoning: 'optional',
      quality: null,
      ttftMs: null,
      tokensPerSecond: null,
      speedSource: null,
    },
  ]
}

const selfHosted = (context: DesignContext): readonly Evaluated[] => {
  const supplies = suppliesOf(context)
  return context.catalogue.models
    .filter(({ variantOf }) => variantOf === null)
    .flatMap((model) => {
      const violations = [...gatesOf(model, context), ...weightsGates(model, context)]
      const split = splitParameters(model)
      if (violations.length > 0 || !split) return [closed({ model, violations }, context)]
      return supplies.flatMap((supply) => onAccelerator({ model, split, supply }, context))
    })
}

const gatesOf = (model: Model, context: DesignContext): Violation[] =>
  modelGates(
    {
      name: model.name,
      named: [model.name, model.checkpoint, ...model.aliases],
      reasoning: model.reasoning,
      quality: qualityOf(model),
      effective: effectiveParametersB(model),
    },
    context,
  )

/** What is owned, and, unless only that may be used, what can be rented by list price. */
const suppliesOf = ({ requirements, catalogue }: DesignContext): readonly Supply[] => {
  const { owned, ownedOnly } = requirements.hosting
  const there = owned.flatMap(({ accelerator, count }): Supply[] => {
    const { found } = catalogue.lookUpAccelerator(accelerator)
    return found ? [{ accelerator: found, most: count, offers: [], owned: true }] : []
  })
  if (ownedOnly) return there
  const rented = catalogue.accelerators.map(
    (accelerator): Supply => ({
      accelerator,
      most: Number.POSITIVE_INFINITY,
      offers: listOffers(catalogue, accelerator.name),
      owned: false,
    }),
  )
  return [...there, ...rented.filter(({ offers }) => offers.length > 0)]
}

interface Placed {
  readonly model: Model
  readonly split: ParameterSplit
  readonly supply: Supply
}

const onAccelerator = ({ model, split, supply }: Placed, context: DesignContext): readonly Evaluated[] => {
  const { accelerator } = supply
  const missing = missingFacts(accelerator)
  if (missing) return [closed({ model, accelerator, violations: [missing] }, context)]
  return enginesFor(accelerator).flatMap((engine) =>
    buildsOf(model, engine, context.catalogue).flatMap((build) => {
      if (!canMultiply(accelerator, build.precision))
        return noUnit({ model, accelerator, build, engine }, context)
      const layouts = layoutsOf(model, { accelerator, most: supply.most })
      return withoutSmaller(
        layouts.map((layout): Evaluated => {
          const again = (changed: DesignContext) =>
            evaluateSelfHosted({ model, split, build, engine, supply, layout }, changed)
          return { candidate: again(context), again }
        }),
      )
    }),
  )
}

/** Of the layouts whose memory does not suffice, the largest says enough. */
const withoutSmaller = (evaluated: readonly Evaluated[]): readonly Evaluated[] => {
  const fits = evaluated.filter(
    ({ candidate }) => !candidate.violations.some(({ constraint }) => constraint === 'memory'),
  )
  return fits.length > 0 ? fits : evaluated.slice(-1)
}

const missingFacts = (accelerator: Accelerator): Violation | null =>
  accelerator.memoryGiB !== null && accelerator.bandwidthGBps !== null
    ? null
    : {
        constraint: 'accelerator',
        relaxable: false,
        reason: designMessage('planner.accelerator-unknown', { accelerator: accelerator.label }),
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
    readonly violations: readonly Violation[]
  },
  { scoreOf }: DesignContext,
): Evaluated => {
  const { model, accelerator, build, violations } = options
  const candidate: Candidate = {
    id: [model.name, build?.precision, accelerator?.name].filter(Boolean).join(' '),
    kind: 'self-hosted',
    model: model.name,
    checkpoint: build?.checkpoint ?? model.checkpoint,
    provider: null,
    engine: null,
    accelerator: accelerator?.name ?? null,
    precision: build?.precision ?? null,
    build: build?.from ?? null,
    layout: null,
    replicas: null,
    accelerators: 0,
    costPerMonthUsd: null,
    usdPerMillionOutputTokens: null,
    latency: null,
    targets: [],
    quality: qualityOf(model),
    qualityScore: scoreOf(qualityOf(model)),
    utilisation: null,
    memory: null,
    basis: 'assumed',
    violations,
  }
  return { candidate, again: null }
}
