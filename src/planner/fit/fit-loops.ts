// A load of `design fit` over the time of steps: so many requests in flight (a closed loop), or so many a second at
// random (an open one), each figure with its range. Knows no memory.

import type { Message } from '../../core/index.js'
import { calibrateDeployment, type DeploymentCalibration } from '../calibration/calibrate-deployment.js'
import { calibratedSteps } from '../calibration/calibrated-steps.js'
import { type ErrorBand, fittedCoefficients } from '../speed/coefficients.js'
import { fixedLength } from '../speed/length-distribution.js'
import { widened } from '../speed/range-of.js'
import type { StepModel } from '../speed/roofline.js'
import {
  keepsUp,
  largestRate,
  latencyAt,
  type PreparedReplica,
  prepareReplica,
  prepareRequest,
  steadyState,
} from '../speed/serving.js'
import { fitMessage } from './fit-messages.js'
import type { Banded, FitLoad, FitPrediction, FitRequest } from './fit-request.js'
import { speedSupport } from './speed-support.js'

export const replicasOf = ({ count, tensorParallel, pipelineParallel }: FitRequest) =>
  Math.max(1, Math.floor(count / (tensorParallel * pipelineParallel)))

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

/** Times as fast as without drafting, and between what where nobody measured its acceptance. */
export interface Gain {
  readonly value: number
  readonly low: number
  readonly high: number
}

interface LoopOptions {
  readonly request: FitRequest
  readonly load: FitLoad
  readonly steps: StepModel
  readonly cached: number
  readonly gain: Gain
}

export const closedLoop = (
  options: LoopOptions & { readonly asked: number; readonly most: number },
): FitPrediction => {
  const { load, steps, cached, asked, most, gain, request } = options
  const running = Math.min(asked, most)
  const shown = {
    ...drafting(steps, gain.value),
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
  const ranges = rangesOf({ request, load, calibration, gain }, { inFlight: asked, most })
  const { served } = ranges
  const rates = { value: rate, low: rate / served.high, high: rate / served.low }
  return predictionOf({ request, load, ranges }, { ttftMs: ttftMs + waitMs, tpotMs, running, rates })
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

export const openLoop = (
  options: LoopOptions & { readonly most: number; readonly warnings: Message[] },
): FitPrediction | null => {
  const { load, most, cached, gain, request, warnings } = options
  const calibration = calibrationOf(request, options.steps)
  const traffic = {
    inputTokens: fixedLength(load.inputTokens),
    outputTokens: fixedLength(load.outputTokens),
    cachedTokens: cached,
  }
  const steps = drafting(calibratedSteps(options.steps, calibration.factors), gain.value)
  const prepared = prepareReplica({ steps, maxSequences: most }, traffic)
  const asked = (load.requestsPerSecond ?? 0) / replicasOf(request)
  const rateAt = servedRate(prepared, asked)
  const rate = rateAt(1)
  const state = steadyState(prepared, rate) ?? steadyState(prepared, rate * 0.98)
  if (!state) return null
  if (rate < asked)
    warnings.push(
      fitMessage('fit.saturated', {
        asked: asked * replicasOf(request),
        most: rate * replicasOf(request),
      }),
    )
  const { running, tpotMs } = state
  const { ttftMs } = latencyAt(prepared, state, {
    z: 0,
    request: prepareRequest(prepared, traffic),
    platformMs: 0,
  })
  const ranges = rangesOf({ request, load, calibration, gain }, { inFlight: running, most })
  const rates = { value: rate, low: rateAt(ranges.served.high), high: rateAt(ranges.served.low) }
  return predictionOf({ request, load, ranges }, { ttftMs, tpotMs, running, rates })
}

/** Times the rate of places that each serve one request alone: far above what a replica with all of them full serves. */
const farAbove = 16

/** What is asked, or as much of it as a replica keeps up with that takes `slowness` times as long. */
const servedRate = (prepared: PreparedReplica, asked: number): ((slowness: number) => number) => {
  const { replica, prefill, meanSteps, idleMs } = prepared
  const alonePerSecond = 1000 / (prefill.mean + meanSteps * idleMs)
  const limit = Math.min(asked, farAbove * replica.maxSequences * alonePerSecond)
  return (slowness) => largestRate((each) => keepsUp(prepared, each, slowness), limit)
}

interface Ranges {
  readonly ttft: ErrorBand
  readonly tpot: ErrorBand
  /** Of the time that throughput follows from. */
  readonly served: ErrorBand
}

interface Predicted {
  readonly request: FitRequest
  readonly load: FitLoad
}

/** Untested, ranges are those of unseen deployments, wider where neither engine nor card was measured. */
const rangesOf = (
  {
    request,
    load,
    calibration,
    gain,
  }: Predicted & { readonly calibration: DeploymentCalibration; readonly gain: Gain },
  /** Requests in flight, those that wait for a place among them, and places. */
  { inFlight, most }: { readonly inFlight: number; readonly most: number },
): Ranges => {
  const { inputTokens, outputTokens } = load
  const range = calibration.band({
    concurrency: Math.max(1, inFlight),
    inputTokens,
    outputTokens,
    maxSequences: most,
  })
  const { power } = speedSupport(request)
  const plain = calibration.tests.tpot > 0 ? range.tpot : widened(range.tpot, power)
  const tpot = withGain(plain, gain)
  const ttft = calibration.tests.ttft > 0 ? range.ttft : widened(range.ttft, power)
  return { tpot, ttft, served: outputTokens === 1 ? ttft : tpot }
}

/** Two ranges that know nothing of each other: their logarithms add as squares. */
const withGain = (band: ErrorBand, { value, low, high }: Gain): ErrorBand => {
  if (low === high) return band
  const joined = (a: number, b: number) => Math.hypot(Math.log(a), Math.log(b))
  return { low: Math.exp(-joined(band.low, value / high)), high: Math.exp(joined(band.high, value / low)) }
}

interface Times {
  readonly ttftMs: number
  readonly tpotMs: number
  readonly running: number
  /** Requests/s of one replica. */
  readonly rates: Banded
}

const predictionOf = (
  { request, load: { outputTokens }, ranges }: Predicted & { readonly ranges: Ranges },
  { ttftMs, tpotMs, running, rates }: Times,
): FitPrediction => ({
  ttftMs: within(ttftMs, ranges.ttft),
  tpotMs: outputTokens === 1 ? null : within(tpotMs, ranges.tpot),
  outputTokensPerSecond: times(rates, replicasOf(request) * outputTokens),
  requestsPerSecond: times(rates, replicasOf(request)),
  running,
})

const within = (value: number, { low, high }: ErrorBand): Banded => ({
  value,
  low: value * low,
  high: value * high,
})

const times = ({ value, low, high }: Banded, factor: number): Banded => ({
  value: value * factor,
  low: low * factor,
  high: high * factor,
})
