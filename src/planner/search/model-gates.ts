// What rules a model out before any arithmetic: lists, licences, reasoning, the quality floor.

import { type Model, normaliseName } from '../../catalog/index.js'
import type { DesignContext } from './design-context.js'
import { gateMessage } from './gate-messages.js'
import { isNamed } from './is-named.js'
import { meetsOwnTarget, type OwnEval } from './own-evals.js'
import { comparableScore, reachesFloor } from './quality.js'
import type { Estimate, QualityEstimate, Violation } from './report.js'

export interface GatedModel {
  readonly name: string
  /** Every name the requirements may use for it. */
  readonly named: readonly string[]
  readonly reasoning: Model['reasoning']
  readonly quality: QualityEstimate
  /** Billions of parameters of a dense model of the same effect; null = not known. */
  readonly effective: number | null
  /** What the requirements say was measured of it. */
  readonly own: OwnEval | null
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
    add('models.allowed', gateMessage('planner.not-allowed', { model: model.name }))
  const timed = requirements.performance.targets.some(({ metric }) => metric === 'ttft' || metric === 'e2e')
  if (model.reasoning === 'always' && timed && !named)
    add('models.reasoning', gateMessage('planner.always-reasons', { model: model.name }))
  // What was measured on the project's own suite is judged build by build.
  if (model.own?.target) return found
  // A model that was asked for by name needs no floor but one that was asked for, too.
  if (named && floor.from === 'use-case') return found
  const reaches = reachesFloor(model.quality, floor, model.effective)
  if (reaches === null)
    add('models.minParametersB', gateMessage('planner.quality-unknown', { model: model.name }))
  else if (!reaches)
    add(
      'models.minParametersB',
      gateMessage('planner.below-floor', {
        model: model.name,
        scores: comparableScore(model.quality, floor),
        effectiveParametersB: model.effective,
        floorParametersB: floor.effectiveParametersB,
      }),
      model.effective ?? undefined,
    )
  return found
}

/**
 * The quality of one build. A published score is too low when not even the good end of what was published of the
 * format reaches the floor; one's own measurement when the middle does not.
 * @param options.retention share of the score that the build keeps
 */
export const buildGates = (
  model: GatedModel,
  options: { readonly precision: string; readonly retention: Estimate },
  { requirements, floor }: DesignContext,
): Violation[] => {
  const { own, quality } = model
  const { precision, retention } = options
  if (own?.target) {
    if (meetsOwnTarget(own, retention)) return []
    const actual = own.value * retention.value
    const { id, op, value: limit } = own.target
    const params = { model: model.name, precision, target: id, measured: own.value, kept: actual, op, limit }
    return [
      { constraint: id, relaxable: true, actual, reason: gateMessage('planner.own-eval-below', params) },
    ]
  }
  if (floor.from === 'use-case' && isNamed(model.named, requirements.models.allowed)) return []
  const score = comparableScore(quality, floor)
  if (!score) return []
  const best = score.own * retention.high
  if (score.own < score.floor || best >= score.floor) return []
  return [
    {
      constraint: 'models.minParametersB',
      relaxable: model.effective !== null,
      ...(model.effective === null ? {} : { actual: model.effective }),
      reason: gateMessage('planner.below-floor-quantized', {
        model: model.name,
        precision,
        published: score.own,
        kept: best,
        floorScore: score.floor,
      }),
    },
  ]
}

/** Licence and context, which only weights have. */
export const weightsGates = (model: Model, { requirements, contextTokens }: DesignContext): Violation[] => {
  const { licences } = requirements.models
  const found: Violation[] = []
  const add = (constraint: string, reason: Violation['reason']) =>
    found.push({ constraint, reason, relaxable: false })
  if (model.use !== 'chat')
    add('models.use', gateMessage('planner.not-for-chat', { model: model.name, use: model.use }))
  if (model.parametersB === null)
    add('models.parameters', gateMessage('planner.parameters-unknown', { model: model.name }))
  const wanted = licences.map(normaliseName)
  if (wanted.length > 0 && (model.licence === null || !wanted.includes(normaliseName(model.licence))))
    add(
      'models.licences',
      gateMessage('planner.licence', {
        model: model.name,
        licence: model.licence,
        allowed: licences,
      }),
    )
  if ((model.maxContext ?? 0) < contextTokens)
    add(
      'models.minContextTokens',
      gateMessage('planner.context-too-short', {
        model: model.name,
        contextTokens: model.maxContext,
        needed: contextTokens,
      }),
    )
  return found
}
