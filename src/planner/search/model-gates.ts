// What rules a model out before any arithmetic: lists, licences, reasoning, the quality floor.

import { type Model, normaliseName } from '../../catalog/index.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { reachesFloor } from './quality.js'
import type { QualityEstimate, Violation } from './report.js'

export interface GatedModel {
  readonly name: string
  /** Every name the requirements may use for it. */
  readonly named: readonly string[]
  readonly reasoning: Model['reasoning']
  readonly quality: QualityEstimate
  /** Billions of parameters of a dense model of the same effect; null = not known. */
  readonly effective: number | null
}

const tail = (name: string) => normaliseName(name).replace(/^.*\//, '')

/** Whether the requirements name this model. */
export const isNamed = (named: readonly string[], allowed: readonly string[]): boolean => {
  const names = new Set(named.flatMap((name) => [normaliseName(name), tail(name)]))
  return allowed.some((name) => names.has(normaliseName(name)) || names.has(tail(name)))
}

export const modelGates = (model: GatedModel, context: DesignContext): Violation[] => {
  const { requirements, floor } = context
  const { allowed } = requirements.models
  const named = isNamed(model.named, allowed)
  const found: Violation[] = []
  const add = (constraint: string, reason: Violation['reason'], actual?: number) =>
    found.push({
      constraint,
      reason,
      relaxable: actual !== undefined,
      ...(actual === undefined ? {} : { actual }),
    })
  if (allowed.length > 0 && !named)
    add('models.allowed', designMessage('planner.not-allowed', { model: model.name }))
  const timed = requirements.performance.targets.some(({ metric }) => metric === 'ttft' || metric === 'e2e')
  if (model.reasoning === 'always' && timed && !named)
    add('models.reasoning', designMessage('planner.always-reasons', { model: model.name }))
  // A model that was asked for by name needs no floor but one that was asked for, too.
  if (named && floor.from === 'use-case') return found
  const reaches = reachesFloor(model.quality, floor, model.effective)
  if (reaches === null)
    add('models.minParametersB', designMessage('planner.quality-unknown', { model: model.name }))
  else if (!reaches)
    add(
      'models.minParametersB',
      designMessage('planner.below-floor', {
        model: model.name,
        published: model.quality.kind === 'published' ? model.quality.value : null,
        effectiveParametersB: model.effective,
        floorParametersB: floor.effectiveParametersB,
        floorScore: floor.mmluPro,
      }),
      model.effective ?? undefined,
    )
  return found
}

/** Licence and context, which only weights have. */
export const weightsGates = (model: Model, { requirements, contextTokens }: DesignContext): Violation[] => {
  const { licences } = requirements.models
  const found: Violation[] = []
  const add = (constraint: string, reason: Violation['reason']) =>
    found.push({ constraint, reason, relaxable: false })
  if (model.use !== 'chat')
    add('models.use', designMessage('planner.not-for-chat', { model: model.name, use: model.use }))
  if (model.parametersB === null)
    add('models.parameters', designMessage('planner.parameters-unknown', { model: model.name }))
  const wanted = licences.map(normaliseName)
  if (wanted.length > 0 && (model.licence === null || !wanted.includes(normaliseName(model.licence))))
    add(
      'models.licences',
      designMessage('planner.licence', {
        model: model.name,
        licence: model.licence,
        allowed: licences.join(', '),
      }),
    )
  if ((model.maxContext ?? 0) < contextTokens)
    add(
      'models.minContextTokens',
      designMessage('planner.context-too-short', {
        model: model.name,
        contextTokens: model.maxContext,
        needed: contextTokens,
      }),
    )
  return found
}
