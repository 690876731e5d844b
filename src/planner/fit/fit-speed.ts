// The one place where `design fit` meets the speed model: time of steps, places, cached prefixes and drafting.

import type { Message } from '../../core/index.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { createStepModel, type StepModel } from '../speed/roofline.js'
import { type AssumedAcceptance, assumedAcceptance } from './assumed-acceptance.js'
import { closedLoop, type Gain, openLoop, replicasOf } from './fit-loops.js'
import { fitMessage } from './fit-messages.js'
import type { FitLoad, FitPrediction, FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'
import { loadProblems } from './load-problems.js'
import { tokensPerStep } from './speculation.js'
import { speedSupport } from './speed-support.js'

interface Speed {
  readonly predicted: FitPrediction | null
  readonly warnings: readonly Message[]
}

export const predictFit = (request: FitRequest, start: Start): Speed => {
  const { load, card } = request
  if (!load || loadProblems(request, start).length > 0) return { predicted: null, warnings: [] }
  const steps = stepsOf(request)
  if (!steps) return { predicted: null, warnings: [fitMessage('fit.speed-unknown', { card: card.label })] }
  const isUntested = (request.loadTests ?? []).length === 0
  const warnings: Message[] = isUntested ? [...speedSupport(request).warnings] : []
  if (load.outputTokens === 1) warnings.push(fitMessage('fit.no-token-gap', {}))
  const { settings } = start.memory
  const length = load.inputTokens + load.outputTokens
  const held = Math.max(1, Math.floor(start.pool.concurrencyAt(length)))
  const most = Math.min(held, settings.maxSequences)
  const cached = cachedTokens(request, start, most, warnings)
  const asked = load.concurrency === null ? null : Math.ceil(load.concurrency / replicasOf(request))
  const running = Math.min(asked ?? most, most)
  if (asked !== null && asked > most)
    warnings.push(
      fitMessage('fit.queue', { asked, running: most, by: held < settings.maxSequences ? 'kv' : 'seqs' }),
    )
  const gain = speculationGain(request, steps, load, running)
  if (gain) warnings.push(...draftingRemarks(request, gain))
  const predicted =
    load.requestsPerSecond === null
      ? closedLoop({ request, load, steps, asked: asked ?? most, most, cached, gain: gain?.times ?? noGain })
      : openLoop({ request, load, steps, most, cached, gain: gain?.times ?? noGain, warnings })
  return { predicted, warnings }
}

/** @returns null where the rates of the chip are not known */
export const stepsOf = (request: FitRequest): StepModel | null => {
  const { model, card, precision, kvDtype, engine, tensorParallel, pipelineParallel } = request
  if (!card.accelerator) return null
  const options = {
    model,
    accelerator: card.accelerator,
    layout: { tensorParallel, pipelineParallel },
    engine,
    coefficients: fittedCoefficients.coefficients,
    expertParallel: request.expertParallel,
    kvDtype,
  }
  // Where a chip cannot multiply in a format, the weights are widened: the time is bounded by 16-bit products.
  return createStepModel({ ...options, precision }) ?? createStepModel({ ...options, precision: 'bf16' })
}

/** Prefix tokens that are still cached when they come again: none when the set outgrows what running requests leave. */
const cachedTokens = (request: FitRequest, start: Start, running: number, warnings: Message[]): number => {
  const { load, prefixCaching } = request
  if (!load || !prefixCaching || load.prefixTokens === 0) return 0
  const inUse = running * start.pool.bytesOf(load.inputTokens + load.outputTokens)
  const perToken = start.pool.bytesOf(load.prefixTokens) / load.prefixTokens
  const poolTokens = Math.max(
    0,
    Math.floor((start.pool.bytes - Math.min(inUse, start.pool.bytes * 0.9)) / perToken),
  )
  const prefixTokens = load.prefixTokens * load.prefixes
  if (prefixTokens <= poolTokens) return Math.min(load.prefixTokens, load.inputTokens - 1)
  warnings.push(fitMessage('fit.prefix-exceeds-pool', { prefixTokens, poolTokens }))
  return 0
}

/** The drafter's layers beside the model's own. */
const draftShare = ({ model, speculation }: FitRequest): number =>
  speculation && !/ngram|suffix/i.test(speculation.method)
    ? 1 / (model.fullAttentionLayers || model.layers)
    : 0

/**
 * Times as fast as without drafting: tokens a verified step, over a step that multiplies for all drafted tokens and
 * the drafter's own passes (one layer and the head each; nothing for n-grams; a seventh of the model for a small one).
 */
const speculationGain = (
  { speculation, model }: FitRequest,
  steps: StepModel,
  load: FitLoad,
  running: number,
): DraftingGain | null => {
  if (!speculation) return null
  const { tokens, method, acceptance: given } = speculation
  const plainMs = steps.decodeAt(load.inputTokens + load.outputTokens / 2)(running)
  const mathMs = steps.prefillMs(running * (tokens + 1))
  const share = /ngram|suffix/i.test(method) ? 0 : /draft|model/i.test(method) ? 1 / 7 : 2 / model.layers
  const draftedMs = tokens * share * plainMs
  // Near the ridge reading and multiplying both take their time, as in every step.
  const verifiedMs = Math.cbrt(plainMs ** 3 + mathMs ** 3)
  const at = (acceptance: number) => (tokensPerStep(tokens, acceptance) * plainMs) / (verifiedMs + draftedMs)
  const assumed = given === null ? assumedAcceptance(speculation) : null
  const { value, low, high } = assumed ?? { value: given ?? 0, low: given ?? 0, high: given ?? 0 }
  return { times: { value: at(value), low: at(low), high: at(high) }, acceptance: value, assumed }
}

/** Times as fast as without drafting. */
interface DraftingGain {
  readonly times: Gain
  readonly acceptance: number
  /** Null where it was given. */
  readonly assumed: AssumedAcceptance | null
}

const noGain: Gain = { value: 1, low: 1, high: 1 }

const draftingRemarks = (
  request: FitRequest,
  { times, acceptance, assumed }: DraftingGain,
): readonly Message[] => {
  const { method, tokens } = request.speculation ?? { method: '', tokens: 0 }
  const gained = fitMessage('fit.speculation', {
    gain: times.value,
    kvShare: draftShare(request),
    acceptance,
    assumed: assumed !== null,
  })
  return assumed ? [gained, fitMessage('fit.acceptance-assumed', { method, tokens, ...assumed })] : [gained]
}
