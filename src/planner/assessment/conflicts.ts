// What cannot all be true, found by arithmetic and with its numbers.

import type { Catalogue, Model } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { costConflicts } from '../cost/cost-conflicts.js'
import { weightsOf } from '../memory/weights.js'
import { isNamed } from '../search/is-named.js'
import { isDescribed, ownedAccelerator } from '../search/owned-accelerator.js'
import { staysInPlace } from '../search/residency.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { allowedModels } from './allowed-models.js'
import type { Conflict } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import { hardwareConflicts } from './hardware-conflicts.js'
import { latencyConflicts } from './latency-conflicts.js'
import { modelConflicts } from './model-conflicts.js'
import { moneyConflicts } from './money-conflicts.js'
import { physicalConflicts } from './physical-conflicts.js'
import { downtimeMinutes } from './priorities.js'
import type { Workload } from './workload.js'

export const findConflicts = (
  requirements: Requirements,
  workload: Workload,
  catalogue: Catalogue,
): readonly Conflict[] =>
  contradictionsFirst([
    ...latencyConflicts(requirements, workload),
    ...moneyConflicts(requirements, workload, catalogue),
    ...contextConflicts(requirements, workload, catalogue),
    ...nameConflicts(requirements, catalogue),
    ...ownershipConflicts(requirements, catalogue),
    ...residencyConflicts(requirements, catalogue),
    ...hardwareConflicts(requirements),
    ...modelConflicts(requirements, catalogue),
    ...physicalConflicts(requirements, workload, catalogue),
    ...shapeConflicts(requirements),
    ...costConflicts(requirements, catalogue, fittedCoefficients.coefficients.compute.bf16),
  ])

/** What nothing can meet, before what only pulls both ways. */
const contradictionsFirst = (conflicts: readonly Conflict[]): readonly Conflict[] => [
  ...conflicts.filter(({ kind }) => kind === 'contradiction'),
  ...conflicts.filter(({ kind }) => kind === 'tension'),
]

const contradiction = (between: readonly string[], message: Conflict['message']): Conflict => ({
  kind: 'contradiction',
  between,
  message,
})
const tension = (between: readonly string[], message: Conflict['message']): Conflict => ({
  kind: 'tension',
  between,
  message,
})

const contextConflicts = (
  requirements: Requirements,
  { contextTokens }: Workload,
  catalogue: Catalogue,
): Conflict[] => {
  if (!requirements.hosting.allowed.includes('self-hosted')) return []
  const models = allowedModels(requirements, catalogue)
  const needed = Math.max(contextTokens, requirements.models.minContextTokens ?? 0)
  const longest = models.reduce<Model | null>(
    (best, model) => ((model.maxContext ?? 0) > (best?.maxContext ?? 0) ? model : best),
    null,
  )
  if (!longest || (longest.maxContext ?? 0) >= needed) return []
  const kind = requirements.hosting.allowed.includes('hosted-api') ? tension : contradiction
  const params = { needed, longest: longest.maxContext ?? 0, model: longest.name }
  return [kind(['scale.lengths', 'models'], assessmentMessage('planner.context-beyond-models', params))]
}

const nameConflicts = ({ models, hosting }: Requirements, catalogue: Catalogue): Conflict[] => {
  const hosted = catalogue.hostedModels.flatMap(({ provider, model }) => [`${provider.id}/${model}`, model])
  const providers = catalogue.hostedProviders.map(({ id }) => id)
  const named = [
    ...models.allowed.map((name) => ({ name, path: 'models.allowed' })),
    ...models.evals.map(({ model }) => ({ name: model, path: 'models.evals' })),
    ...models.speculation.map(({ model }) => ({ name: model, path: 'models.speculation' })),
  ]
  const unknownModels = named.filter(
    ({ name }) =>
      !catalogue.lookUpModel(name).found &&
      !isNamed(hosted, [name]) &&
      !providers.some((id) => name.startsWith(`${id}/`)),
  )
  const unknownAccelerators = hosting.owned.filter(
    (hardware) => !catalogue.lookUpAccelerator(hardware.accelerator).found && !isDescribed(hardware),
  )
  return [
    ...unknownModels.map(({ name, path }) =>
      contradiction(
        [path],
        assessmentMessage('planner.unknown-model', {
          name,
          suggestion: suggestionOf(catalogue.lookUpModel(name)),
        }),
      ),
    ),
    ...unknownAccelerators.map(({ accelerator: name }) =>
      contradiction(
        ['hosting.owned'],
        assessmentMessage('planner.unknown-accelerator', {
          name,
          suggestion: suggestionOf(catalogue.lookUpAccelerator(name)),
        }),
      ),
    ),
  ]
}

const suggestionOf = (answer: { readonly found?: unknown; readonly suggestion?: string | undefined }) =>
  answer.suggestion ?? null

const ownershipConflicts = (requirements: Requirements, catalogue: Catalogue): Conflict[] => {
  const { owned, ownedOnly, allowed } = requirements.hosting
  if (!ownedOnly) return []
  if (owned.length === 0)
    return [
      contradiction(['hosting.ownedOnly', 'hosting.owned'], assessmentMessage('planner.nothing-owned', {})),
    ]
  if (!allowed.includes('self-hosted'))
    return [
      contradiction(
        ['hosting.ownedOnly', 'hosting.allowed'],
        assessmentMessage('planner.owned-not-hosted', {}),
      ),
    ]
  const memoryGiB = owned.reduce(
    (sum, hardware) => sum + hardware.count * (ownedAccelerator(hardware, catalogue)?.memoryGiB ?? 0),
    0,
  )
  const smallest = smallestWeights(allowedModels(requirements, catalogue))
  if (!smallest || memoryGiB === 0 || smallest.gib <= memoryGiB) return []
  return [
    contradiction(
      ['hosting.owned', 'models'],
      assessmentMessage('planner.owned-too-small', {
        memoryGiB,
        model: smallest.name,
        weightsGiB: smallest.gib,
      }),
    ),
  ]
}

const onOne = { tensorParallel: 1, pipelineParallel: 1 }

/** The least memory that any of the models takes, in four bits. */
const smallestWeights = (models: readonly Model[]) =>
  models
    .map((model) => ({
      name: model.name,
      gib: weightsOf(model, { sharding: onOne, precision: 'int4', vision: false }).total / bytesPerGiB,
    }))
    .sort((a, b) => a.gib - b.gib)[0]

const residencyConflicts = (requirements: Requirements, catalogue: Catalogue): Conflict[] => {
  const { hosting } = requirements
  const places = hosting.dataResidency
  if (places.length === 0 || !hosting.allowed.includes('hosted-api')) return []
  const { hostedProviders } = catalogue
  if (hostedProviders.some(({ id }) => staysInPlace(id, requirements, catalogue))) return []
  const kind = hosting.allowed.includes('self-hosted') ? tension : contradiction
  return [
    kind(
      ['hosting.dataResidency', 'hosting.allowed'],
      assessmentMessage('planner.residency-against-apis', {
        places,
        providers: hostedProviders.length,
      }),
    ),
  ]
}

const shapeConflicts = ({ scale, safety, useCase, availability, quality }: Requirements): Conflict[] => {
  const found: Conflict[] = []
  const { inputTokens, sharedPrefixTokens } = scale.lengths
  if (sharedPrefixTokens > inputTokens.p50)
    found.push(
      contradiction(
        ['scale.lengths.sharedPrefixTokens', 'scale.lengths.inputTokens'],
        assessmentMessage('planner.prefix-beyond-prompt', {
          prefix: sharedPrefixTokens,
          p50: inputTokens.p50,
        }),
      ),
    )
  const highest = Math.max(...(scale.dailyCurve ?? [1]))
  if (highest < 1)
    found.push(tension(['scale.dailyCurve'], assessmentMessage('planner.curve-without-peak', { highest })))
  const retrieval = quality.targets.filter(
    ({ metric }) => metric.startsWith('retrieval') || metric === 'citations-valid',
  )
  if (!useCase.knowledge && (safety.groundedAnswers || retrieval.length > 0))
    found.push(
      contradiction(
        ['useCase.knowledge', safety.groundedAnswers ? 'safety.groundedAnswers' : 'quality.targets'],
        assessmentMessage('planner.grounded-without-documents', {}),
      ),
    )
  const { percent, survivesReplicaLoss } = availability
  if (percent >= 99.9 && !survivesReplicaLoss)
    found.push(
      tension(
        ['availability.percent', 'availability.survivesReplicaLoss'],
        assessmentMessage('planner.available-without-spare', { percent, minutes: downtimeMinutes(percent) }),
      ),
    )
  return found
}
