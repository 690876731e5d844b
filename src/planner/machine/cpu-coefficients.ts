// What vLLM on a processor is believed to be like before anybody has tested it. All of it is assumed, in round numbers,
// stated before the first test and not tuned to any: the fit knows accelerators only. The spread says how little it is:
// most parts within a factor of two, which one load test narrows.

import type { Spread } from '../speed/calibrate.js'
import type { Coefficients, EngineCoefficients } from '../speed/coefficients.js'
import { fittedCoefficients } from '../speed/coefficients.js'

/** Milliseconds on the reference core (`speedScore` 1). */
const vllmOnCpu: EngineCoefficients = {
  // Scheduler, input preparation, sampler and the way back, all Python, in a step of a few milliseconds.
  stepMs: 4,
  // A dozen kernels called one by one without a graph.
  layerMs: 0.2,
  // Sampling, detokenising and a server-sent event for each token, beside the engine on few cores.
  sequenceMs: 0.3,
  kvBytesFactor: 1,
  // One processor: a step that reads prompts takes as long as all of its work.
  interference: 1,
  // HTTP, template, tokeniser and two hand-overs between processes.
  requestMs: 8,
  requestMsPerLayer: 0,
  joinedStepFactor: 1,
  waitFactor: 1,
  burstShare: 0.1,
  concurrencyMs: 1,
  promptTokenMs: 0.005,
}

/** Coefficients of vLLM on a processor. @param speedScore of one core; 1 = the reference core */
export const cpuCoefficients = (speedScore: number): Coefficients => {
  const slower = (ms: number) => ms / speedScore
  const { coefficients } = fittedCoefficients
  return {
    ...coefficients,
    // The rates are those of large products and long reads; a model's are smaller.
    weightBandwidth: 0.8,
    kvBandwidth: 0.4,
    compute: { ...coefficients.compute, bf16: 0.7 },
    prompt: { ...coefficients.prompt, bf16: 0.7, scores: 0.5 },
    engines: {
      ...coefficients.engines,
      vllm: {
        ...vllmOnCpu,
        stepMs: slower(vllmOnCpu.stepMs),
        layerMs: slower(vllmOnCpu.layerMs),
        sequenceMs: slower(vllmOnCpu.sequenceMs),
        requestMs: slower(vllmOnCpu.requestMs),
        concurrencyMs: slower(vllmOnCpu.concurrencyMs),
        promptTokenMs: slower(vllmOnCpu.promptTokenMs),
      },
    },
  }
}

/**
 * Log-scale standard deviations: 0.7 is a factor of two for two thirds of machines. Parts are shared by both metrics,
 * because the same processor does everything. Assumed.
 */
export const cpuSpread: Spread = {
  scales: {
    all: 0.3,
    weightsMs: 0.4,
    cacheMs: 0.7,
    overheadMs: 0.6,
    sequenceMs: 0.8,
    promptMs: 0.5,
    requestMs: 0.8,
  },
  noise: 0.12,
}

/**
 * Of the upper percentiles beside the mean: ratio of a measured one to that of the simulation, which knows no other
 * program on the machine. Assumed.
 */
export const cpuTailSpread: Spread = { scales: { tail: 0.25 }, noise: 0.15 }
