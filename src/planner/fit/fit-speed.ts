// The one place where `design fit` meets the speed model: time of steps, then a closed loop or random arrivals.

import type { Message } from '../../core/index.js'
import { calibrateDeployment, type DeploymentCalibration } from '../calibration/calibrate-deployment.js'
import { calibratedSteps } from '../calibration/calibrated-steps.js'
import { type ErrorBand, fittedCoefficients } from '../speed/coefficients.js'
import { fixedLength } from '../speed/length-distribution.js'
import { widened } from '../speed/range-of.js'
import { createStepModel, type StepModel } from '../speed/roofline.js'
import {
  keepsUp,
  largestRate,
  latencyAt,
  prepareReplica,
  prepareRequest,
  steadyState,
} from '../speed/serving.js'
import { fitMessage } from './fit-messages.js'
import type { Banded, FitLoad, FitPrediction, FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'
import { loadProblems } from './load-problems.js'
import { assumedAcceptance, tokensPerStep } from './speculation.js'
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
  if (gain !== null && request.speculation)
    warnings.push(
      fitMessage('fit.speculation', {
        gain,
        kvShare: draftShare(request),
        acceptance: request.speculation.acceptance ?? assumedAcceptance,
        assumed: request.speculation.acceptance === null,
      }),
    )
  const predicted =
    load.requestsPerSecond === null
      ? closedLoop({ request, load, steps, asked: asked ?? most, most, cached, gain: gain ?? 1 })
      : openLoop({ request, load, steps, most, cached, gain: gain ?? 1, warnings })
  return { predicted, warnings }
}

const replicasOf = ({ count, tensorParallel, pipelineParallel }: FitRequest) =>
  Math.max(1, Math.floor(count / (tensorParallel * pipelineParallel)))

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
): number | null => {
  if (!speculation) return null
  const plainMs = steps.decodeAt(load.inputTokens + load.outputTokens / 2)(running)
  const mathMs = steps.prefillMs(running * (speculation.tokens + 1))
  const share = /ngram|suffix/i.test(speculation.method)
    ? 0
    : /draft|model/i.test(speculation.method)
      ? 1 / 7
      : 2 / model.layers
  const draftedMs = speculation.tokens * share * plainMs
  // Near the ridge reading and multiplying both take their time, as in every step.
  const verifiedMs = Math.cbrt(plainMs ** 3 + mathMs ** 3)
  return (tokensPerStep(speculation) * plainMs) / (verifiedMs + draftedMs)
}

/** Steps that yield `gain` times the tokens. What the prompts of others take is not shortened by drafting. */
const drafting = (steps: StepModel, gain: number): StepModel => ({
  ...steps,
  decodeAt: (context) => (batch) => steps.decodeAt(context)(batch) / gain,
  partsAt: (context) => (batch) => {
    const { weightsMs, cacheMs, exchangeMs, overheadMs, sequenceMs } = steps.partsAt(context)(batch)
    return {
      weightsMs: weightsMs / gain,
      cacheMs: cacheMs / gain,
      exchangeMs: exchangeMs / gain,
      overheadMs: overheadMs / gain,
      sequenceMs: sequenceMs / gain,
    }
  },
})

interface LoopOptions {
  readonly request: FitRequest
  readonly load: FitLoad
  readonly steps: StepModel
  readonly cached: number
  readonly gain: number
}

const closedLoop = (
  options: LoopOptions & { readonly asked: number; readonly most: number },
): FitPrediction => {
  const { load, steps, cached, asked, most, gain, request } = options
  const running = Math.min(asked, most)
  const shown = {
    ...drafting(steps, gain),
    prefillMs: (tokens: number, known = 0) => steps.prefillMs(tokens, Math.max(known, cached)),
  }
  const loop = { concurrency: running, inputTokens: load.inputTokens, outputTokens: load.outputTokens }
  const calibration = calibrationOf(request, shown)
  const { tpot, ttft } = calibration.predict(loop)
  const [tpotMs, ttftMs] = [tpot.value, ttft.value]
  const servedMs = ttftMs + tpotMs * Math.max(0, load.outputTokens - 1)
  const rate = (running / servedMs) * 1000
  // Whoever finds no place waits until as many as stand before it are done.
  const waitMs = ((asked - running) / rate) * 1000
  return banded(request, { ttftMs: ttftMs + waitMs, tpotMs, rate, running, asked, most }, load, calibration)
}

/** Of the steps as they are shown to it: without load tests it changes nothing. */
const calibrationOf = (request: FitRequest, steps: StepModel): DeploymentCalibration => {
  const ofEngine = fittedCoefficients.coefficients.engines[request.engine]
  return calibrateDeployment(
    { steps, engine: request.engine, ofEngine },
    request.loadTests ?? [],
    fittedCoefficients,
  )
}

const openLoop = (
  options: LoopOptions & { readonly most: number; readonly warnings: Message[] },
): FitPrediction => {
  const { load, most, cached, gain, request, warnings } = options
  const calibration = calibrationOf(request, options.steps)
  const steps = calibratedSteps(options.steps, calibration.factors)
  const faster = drafting(steps, gain)
  const traffic = {
    inputTokens: fixedLength(load.inputTokens),
    outputTokens: fixedLength(load.outputTokens),
    cachedTokens: cached,
  }
  const prepared = prepareReplica({ steps: faster, maxSequences: most }, traffic)
  const asked = (load.requestsPerSecond ?? 0) / replicasOf(request)
  const rate = largestRate((each) => keepsUp(prepared, each), asked)
  if (rate < asked)
    warnings.push(
      fitMessage('fit.saturated', {
        asked: asked * replicasOf(request),
        most: rate * replicasOf(request),
      }),
    )
  const state = steadyState(prepared, rate) ?? steadyState(prepared, rate * 0.98)
  if (!state)
    return banded(
      request,
      {
        ttftMs: Number.POSITIVE_INFINITY,
        tpotMs: steps.decodeAt(load.inputTokens)(1),
        rate,
        running: 0,
        asked: most,
        most,
      },
      load,
      calibration,
    )
  const latency = latencyAt(prepared, state, {
    z: 0,
    request: prepareRequest(prepared, traffic),
    platformMs: 0,
  })
  const { running } = state
  return banded(
    request,
    { ttftMs: latency.ttftMs, tpotMs: state.tpotMs, rate, running, asked: running, most },
    load,
    calibration,
  )
}

interface Times {
  readonly ttftMs: number
  readonly tpotMs: number
  /** Requests/s of one replica. */
  readonly rate: number
  readonly running: number
  /** In flight, those that wait for a place among them. */
  readonly asked: number
  /** Places. */
  readonly most: number
}

const banded = (
  request: FitRequest,
  { ttftMs, tpotMs, rate, running, asked, most }: Times,
  load: FitLoad,
  calibration: DeploymentCalibration,
): FitPrediction => {
  const { inputTokens, outputTokens } = load
  const range = calibration.band({
    concurrency: Math.max(1, asked),
    inputTokens,
    outputTokens,
    maxSequences: most,
  })
  // Untested, ranges are those of unseen deployments, wider where neither engine nor card was measured.
  const { power } = speedSupport(request)
  const tpot = calibration.tests.tpot > 0 ? range.tpot : widened(range.tpot, power)
  const ttft = calibration.tests.ttft > 0 ? range.ttft : widened(range.ttft, power)
  const isOneToken = load.outputTokens === 1
  const served = isOneToken ? ttft : tpot
  const all = rate * replicasOf(request)
  const open = load.requestsPerSecond !== null
  const throughput: ErrorBand = open ? { low: 1, high: 1 } : { low: 1 / served.high, high: 1 / served.low }
  return {
    ttftMs: within(ttftMs, ttft),
    tpotMs: isOneToken ? null : within(tpotMs, tpot),
    outputTokensPerSecond: within(all * load.outputTokens, throughput),
    requestsPerSecond: within(all, throughput),
    running,
  }
}

const within = (value: number, { low, high }: ErrorBand): Banded => ({
  value,
  low: value * low,
  high: value * high,
})
