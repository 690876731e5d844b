// Time of one engine step from bytes, operations and fitted efficiencies. Knows no arrivals and no queue.
// Formulas: weights and KV over bandwidth against operations over peak, plus communication and overheads.

import type { Accelerator, EngineName, Model, Precision } from '../../catalog/index.js'
import type { KvDtype } from '../memory/cache-cost.js'
import { kvBytesOfSequence, kvShards, type Layout, type ParameterSplit } from '../memory/memory.js'
import { bytesPerWeight, embeddingBytes, peakTflops } from '../memory/precision.js'
import type { Coefficients, EngineCoefficients } from './coefficients.js'

export interface StepOptions {
  readonly model: Model
  readonly split: ParameterSplit
  readonly accelerator: Accelerator
  readonly precision: Precision
  readonly layout: Layout
  readonly engine: EngineName
  readonly coefficients: Coefficients
  /** Attention runs data-parallel over this many groups; default 1. */
  readonly attentionGroups?: number
  /** Experts are spread whole over the accelerators. */
  readonly expertParallel?: boolean
  readonly kvDtype?: KvDtype
}

/** Times in ms of one replica's steps. */
export interface StepModel {
  /** Time of one decode step by its batch, of sequences that hold `context` tokens each. */
  decodeAt(context: number): (batch: number) => number
  /** Work of one prompt of `tokens`, of which `cached` are already in the prefix cache. */
  prefillMs(tokens: number, cached?: number): number
  /** CPU time from the request to its first step. */
  readonly requestOverheadMs: number
  /** Share of prefill time by which it holds up running sequences. */
  readonly interference: number
}

/** Bytes over GB/s in ms. */
const transferMs = (bytes: number, gigabytesPerSecond: number) => bytes / (gigabytesPerSecond * 1e6)
/** Billions of operations over TFLOP/s in ms. */
const computeMs = (gigaOperations: number, teraPerSecond: number) => gigaOperations / teraPerSecond

/** @returns null when the accelerator cannot multiply in this precision, or its bandwidth is unknown */
export const createStepModel = (options: StepOptions): StepModel | null => {
  const { model, split, accelerator, precision, layout, coefficients } = options
  const peak = peakTflops(accelerator, precision)
  if (peak === null || accelerator.bandwidthGBps === null) return null
  const ofEngine = coefficients.engines[options.engine]
  const count = layout.tensorParallel * layout.pipelineParallel
  const width = Math.max(1, layout.tensorParallel / (options.attentionGroups ?? 1))
  const rate = peak * computeEfficiency(coefficients, precision)
  const allReduceMs = createAllReduce(options, width)
  const decode = {
    ...options,
    bandwidth: accelerator.bandwidthGBps,
    rate,
    count,
    width,
    allReduceMs,
    ofEngine,
  }
  return {
    decodeAt: createDecode(decode),
    // A prompt passes the stages one after another, so only the tensor-parallel width shortens it.
    prefillMs: (tokens, cached = 0) => {
      const fresh = Math.max(1, tokens - cached)
      const products = 2 * split.active * fresh
      const scores = 2 * (tokens ** 2 - cached ** 2) * model.heads * model.headDim * attentionLayers(model)
      return computeMs(products + scores / 1e9, layout.tensorParallel * rate) + allReduceMs(fresh, false)
    },
    requestOverheadMs: ofEngine.requestMsPerLayer * model.layers,
    interference: coefficients.interference,
  }
}

const attentionLayers = (model: Model) => model.fullAttentionLayers || model.layers

const computeEfficiency = ({ compute }: Coefficients, precision: Precision): number => {
  if (precision === 'fp8' || precision === 'int8') return compute.fp8
  return precision === 'nvfp4' ? compute.fp4 : compute.bf16
}

/** Two all-reduces a layer: latency + 2(w-1)/w x bytes / bus bandwidth (ring all-reduce). */
const createAllReduce = ({ model, accelerator, coefficients }: StepOptions, width: number) => {
  if (width <= 1) return () => 0
  const bus = (accelerator.linkGBps ?? accelerator.pcieGBps ?? 16) * coefficients.busEfficiency
  const perToken = transferMs(((2 * (width - 1)) / width) * model.hidden * 2, bus)
  return (tokens: number, withLatency: boolean) =>
    2 * model.layers * ((withLatency ? coefficients.allReduceLatencyMs : 0) + tokens * perToken)
}

interface DecodeOptions extends StepOptions {
  readonly ofEngine: EngineCoefficients
  readonly bandwidth: number
  readonly rate: number
  readonly count: number
  readonly width: number
  readonly allReduceMs: (tokens: number, withLatency: boolean) => number
}

const createDecode = (options: DecodeOptions) => {
  const { model, split, precision, layout, coefficients, bandwidth, rate, count, width, ofEngine } = options
  const groups = layout.tensorParallel / width
  const weight = bytesPerWeight(precision) * 1e9
  // Of the two embedding tables a step reads the head; the other is looked up, a row a token.
  const head = (split.embeddings / (model.tiedEmbeddings ? 1 : 2)) * embeddingBytes(precision) * 1e9
  const denseMs = transferMs(
    (split.dense * weight + head) / width / layout.pipelineParallel,
    bandwidth * weightEfficiency(coefficients, options.engine, precision),
  )
  const expertsMs = transferMs((split.experts * weight) / count, bandwidth * coefficients.expertBandwidth)
  const imbalance = options.expertParallel ? 1 + coefficients.expertImbalance : 1
  const missed = model.experts > 0 ? 1 - model.expertsPerToken / model.experts : 0
  const shards = kvShards(model, width) * layout.pipelineParallel
  // What was fitted holds for caches as deployed, some of them in fewer bits; fewer bits that were asked for are counted.
  const kvFactor = options.kvDtype === 'fp8' ? 1 : ofEngine.kvBytesFactor
  const kvRate = (bandwidth * coefficients.kvBandwidth) / kvFactor
  const overheadMs =
    1 + model.layers * (ofEngine.layerMs + (model.experts > 0 ? coefficients.expertLayerMs : 0))
  const stages = layout.pipelineParallel
  return (context: number) => {
    const kvMsPerSequence = transferMs(kvBytesOfSequence(model, context, options.kvDtype) / shards, kvRate)
    return (batch: number): number => {
      // Stages work on parts of the batch at once, and each part passes them one after another.
      const part = Math.max(1, batch / stages)
      const local = part / groups
      // Share of the experts that at least one of the batch's tokens is routed to.
      const touched = model.experts > 0 ? 1 - missed ** part : 0
      const memoryMs = denseMs + expertsMs * touched * imbalance + local * kvMsPerSequence
      const mathMs = computeMs(2 * split.active * part, count * rate)
      const communicationMs = options.allReduceMs(local, true)
      return (
        Math.max(memoryMs, mathMs) * stages +
        communicationMs +
        overheadMs +
        ofEngine.sequenceMs * (batch / groups)
      )
    }
  }
}

const weightEfficiency = (coefficients: Coefficients, engine: EngineName, precision: Precision): number => {
  if (engine !== 'llama.cpp') return coefficients.weightBandwidth
  return precision === 'q4_k_m' ? coefficients.ggufBandwidth.q4 : coefficients.ggufBandwidth.f16
}
