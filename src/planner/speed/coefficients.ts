// The efficiencies that were fitted to measured serving runs by scripts/fit-planner.mjs. Numbers only.

import type { EngineName } from '../../catalog/index.js'
import type { Spread } from './calibrate.js'
import fitted from './fitted-coefficients.json' with { type: 'json' }

export interface EngineCoefficients {
  /** Of one step, ms: scheduling and sampling. */
  readonly stepMs: number
  /** Launch of the kernels of one layer in one step, ms. */
  readonly layerMs: number
  /** Per running sequence and step, ms: sampling, detokenising, bookkeeping. */
  readonly sequenceMs: number
  /** KV bytes read against 16-bit ones, for checkpoints in fewer bits; below 1 where deployments keep the cache in fewer. */
  readonly kvBytesFactor: number
  /** Share of prefill time by which it holds up running sequences. */
  readonly interference: number
  /** CPU time before the first step, ms, and ms per layer of the model. */
  readonly requestMs: number
  readonly requestMsPerLayer: number
  /** Time of the step that a prompt joins, against the one counted. */
  readonly joinedStepFactor: number
  /** Wait for other prompts against that of a queue with the same load, M/D/1. */
  readonly waitFactor: number
  /** Closed loop only: share of the prompts that start together, and CPU time for each request in flight, ms. */
  readonly burstShare: number
  readonly concurrencyMs: number
  /** CPU time for each token of the prompt, ms. */
  readonly promptTokenMs: number
}

/** Shares of what the data sheets promise that reading a prompt reaches. */
export interface PromptCoefficients {
  /** Of the peak rates of products; `experts` is what experts reach of that. */
  readonly bf16: number
  readonly fp8: number
  readonly fp4: number
  readonly experts: number
  /** Of the 16-bit peak, in attention over the pairs of tokens. */
  readonly scores: number
  /** Of the link, between accelerators. */
  readonly bus: number
}

export interface Coefficients {
  /** Shares of the peak bandwidth reached on dense weights, on expert weights of 8 or more and of 4 bits, and on KV. */
  readonly weightBandwidth: number
  readonly expertBandwidth: number
  readonly expertBandwidth4: number
  readonly kvBandwidth: number
  readonly latentBandwidth: number
  /**
   * Bytes of 4-bit experts that kernels widen to 16 bits, GB/s on one accelerator, whatever its memory gives: widening is
   * work of the cores, of which a B200 has hardly more than an H200 (published runs of one model take as long on both).
   */
  readonly widenedGBps: number
  /** Shares of the peak rate reached in products, and of that what experts reach. */
  readonly compute: { readonly bf16: number; readonly fp8: number; readonly fp4: number }
  readonly expertCompute: number
  /** Of prompts, whose products and messages are thousands of tokens high. */
  readonly prompt: PromptCoefficients
  readonly ggufBandwidth: { readonly q4: number; readonly f16: number }
  /** All-reduce of tensor parallelism: share of the link, and latency of one. */
  readonly busEfficiency: number
  readonly allReduceLatencyMs: number
  /** Exchange between attention groups and experts: share of the link, and latency of one. */
  readonly exchangeEfficiency: number
  readonly exchangeLatencyMs: number
  readonly expertLayerMs: number
  readonly linearLayerMs: number
  readonly latentLayerMs: number
  /** How much longer the fullest accelerator's experts take than the mean, and the fullest attention group. */
  readonly expertImbalance: number
  /** Of what the fullest accelerator holds beyond the mean by chance, where few tokens touch few experts, the share felt. */
  readonly chanceImbalance: number
  readonly groupImbalance: number
  /** How much longer 4-bit experts take for each halving of their width, where each is cut over accelerators. */
  readonly expertCut4: number
  readonly engines: Readonly<Record<EngineName, EngineCoefficients>>
}

/** Ratio of measured to predicted that a tenth and nine tenths of the runs of unseen models stay below. */
export interface ErrorBand {
  readonly low: number
  readonly high: number
}

/** For time per output token and time to first token. */
export interface OfBoth<T> {
  readonly tpot: T
  readonly ttft: T
}

/** Of one engine: what comes beside the queue that the simulator finds. */
export interface SimulatedTtft {
  readonly requestMs: number
  readonly requestMsPerLayer: number
  readonly concurrencyMs: number
  readonly promptTokenMs: number
  /** Weights of the simulated times of the requests at the common start, and of all others. */
  readonly startShare: number
  readonly laterShare: number
}

/** The range of runs of unseen deployments (see `rangeOf`), fitted to architectures that were left out. */
export interface RangeFit {
  /** What four in five of log(measured / predicted) of a further architecture lie between, in units of the width. */
  readonly low: number
  readonly high: number
  /** Log of the width: of vLLM with 16 requests and a nearly empty cache, and what is added to it for others. */
  readonly width: number
  readonly perConcurrency: number
  readonly perFullness: number
  readonly sglang: number
  readonly trtllm: number
}

export interface Fit {
  readonly coefficients: Coefficients
  readonly simulatedTtft: Readonly<Record<string, SimulatedTtft>>
  /** By load and engine, for deployments without load tests. */
  readonly ranges: OfBoth<RangeFit>
}

export interface FittedCoefficients extends Fit {
  /** How deployments differ from the fit, which calibration starts from. */
  readonly spread: OfBoth<Spread>
  /** Fitted without the runs of one architecture (layers/hidden/heads/experts): to judge by what was not seen. */
  readonly without: Readonly<Record<string, Fit>>
  /** On runs of architectures that were left out, percent. */
  readonly errors: {
    readonly tpotMedianPct: number
    readonly tpotP90Pct: number
    readonly ttftMedianPct: number
    readonly ttftP90Pct: number
  }
  /** The file they were fitted to, which the product does not carry. */
  readonly fittedTo: { readonly sha256: string; readonly rows: number; readonly date: string }
  /** Accelerators and engines that were among the runs. */
  readonly measuredAccelerators: readonly string[]
  readonly measuredEngines: readonly string[]
}

export const fittedCoefficients: FittedCoefficients = fitted
