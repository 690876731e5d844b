// Time of one engine step from bytes, operations and fitted efficiencies. Knows no arrivals and no queue.
// Formulas: weights and KV over bandwidth against operations over peak (S. Williams, A. Waterman, D. Patterson:
// Roofline, CACM 52(4), 2009), part by part, plus communication and overheads.

import type { EngineName } from '../../catalog/index.js'
import type { Coefficients } from './coefficients.js'
import { collectives } from './collectives.js'
import { normalQuantile } from './length-distribution.js'
import { type FactsOptions, type MatrixFacts, type StepFacts, stepFacts } from './step-facts.js'

export interface StepOptions extends FactsOptions {
  readonly engine: EngineName
  readonly coefficients: Coefficients
}

/** What one decode step spends its time on, ms. */
export interface DecodeParts {
  /** Products, and reading the weights for them. */
  readonly weightsMs: number
  readonly cacheMs: number
  /** Between accelerators. */
  readonly exchangeMs: number
  /** Launches and scheduling, whatever the batch. */
  readonly overheadMs: number
  /** CPU work for each running sequence. */
  readonly sequenceMs: number
}

/** Times in ms of one replica's steps. */
export interface StepTimes {
  /** Time of one decode step by its batch (sequences of the whole replica), of sequences that hold `context` tokens each. */
  decodeAt(context: number): (batch: number) => number
  /** Work of one prompt of `tokens` on its attention group, of which `cached` are already in the prefix cache. */
  prefillMs(tokens: number, cached?: number): number
  /** CPU time from the request to its first step. */
  readonly requestOverheadMs: number
  /** Share of prefill time by which it holds up running sequences. */
  readonly interference: number
  /** Groups that each read prompts of their own. */
  readonly attentionGroups: number
}

export interface StepModel extends StepTimes {
  /** A decode step in its parts. */
  partsAt(context: number): (batch: number) => DecodeParts
}

/** @returns null when the accelerator cannot multiply in this precision, or its bandwidth is unknown */
export const createStepModel = (options: StepOptions): StepModel | null => {
  const facts = stepFacts(options)
  return facts && stepModelOf(facts, options.engine, options.coefficients)
}

export const stepModelOf = (facts: StepFacts, engine: EngineName, coefficients: Coefficients): StepModel => {
  const ofEngine = coefficients.engines[engine]
  const partsAt = createDecode(facts, engine, coefficients)
  return {
    decodeAt: (context) => {
      const parts = partsAt(context)
      return (batch) => totalMs(parts(batch))
    },
    partsAt,
    prefillMs: createPrefill(facts, coefficients),
    requestOverheadMs: ofEngine.requestMs + ofEngine.requestMsPerLayer * facts.layers,
    interference: ofEngine.interference,
    attentionGroups: facts.groups,
  }
}

const totalMs = ({ weightsMs, cacheMs, exchangeMs, overheadMs, sequenceMs }: DecodeParts): number =>
  weightsMs + cacheMs + exchangeMs + overheadMs + sequenceMs

/**
 * Of memory and arithmetic the slower one decides, and near the ridge both do: the cubic mean of the two, which is
 * within 4 % of the larger one when they differ by a factor of two.
 */
const slower = (memoryMs: number, mathMs: number) => Math.cbrt(memoryMs ** 3 + mathMs ** 3)

const createDecode = (facts: StepFacts, engine: EngineName, coefficients: Coefficients) => {
  const { stages, groups, width } = facts
  const ofEngine = coefficients.engines[engine]
  const overheadMs = layerOverheads(facts, coefficients) + ofEngine.stepMs + facts.layers * ofEngine.layerMs
  const headMs = facts.headBytes / (facts.bytesPerMs * weightShare(coefficients, engine, facts.attention))
  const groupShare = groups > 1 ? (1 + coefficients.groupImbalance) / groups : 1
  const dense = (matrix: MatrixFacts, tokens: number) =>
    slower(
      matrix.bytes / (facts.bytesPerMs * weightShare(coefficients, engine, matrix)),
      (2 * matrix.activeParameters * tokens) /
        (width * matrix.peakPerMs * coefficients.compute[matrix.compute]),
    )
  const { communicate } = collectives(facts, coefficients)
  const kvFactor = facts.cacheChosenByEngine ? ofEngine.kvBytesFactor : 1
  const kvShare = facts.latentLayers > 0 ? coefficients.latentBandwidth : coefficients.kvBandwidth
  return (context: number) => {
    const kvMs = (facts.kvBytes(context) * kvFactor) / (facts.bytesPerMs * kvShare)
    const scoreMs = facts.scoreOperations(context) / (width * facts.bf16PerMs * scoreEfficiency)
    const ofOneMs = slower(kvMs, scoreMs)
    return (batch: number): DecodeParts => {
      // Stages work on parts of the batch at once, and each part passes them one after another.
      const part = Math.max(1, batch / stages)
      const local = part * groupShare
      return {
        weightsMs:
          dense(facts.attention, local) +
          dense(facts.feedForward, local) +
          headMs +
          expertsMs(facts, engine, coefficients, part),
        cacheMs: local * ofOneMs,
        exchangeMs: communicate(local),
        overheadMs,
        sequenceMs: (ofEngine.sequenceMs * batch) / groups,
      }
    }
  }
}

/** Share of the 16-bit peak that attention kernels reach; assumed, since other terms hide it in most runs. */
const scoreEfficiency = 0.6

const expertsMs = (
  facts: StepFacts,
  engine: EngineName,
  coefficients: Coefficients,
  tokens: number,
): number => {
  const { experts } = facts
  if (!experts) return 0
  // Share of the experts that at least one of the tokens is routed to.
  const touched = 1 - facts.missed ** tokens
  const longer = expertFactor(facts, experts, coefficients)
  const fullest = facts.expertParallel ? fullestShare(facts, touched, coefficients.chanceImbalance) : 1
  const rate = coefficients.compute[experts.compute] * coefficients.expertCompute
  const bytes = experts.bytes * touched * longer * fullest
  const readMs = bytes / (facts.bytesPerMs * expertShare(coefficients, engine, experts))
  const isWidened = experts.bits === 4 && experts.compute === 'bf16' && engine !== 'llama.cpp'
  return slower(
    isWidened ? slower(readMs, bytes / (coefficients.widenedGBps * 1e6)) : readMs,
    (2 * experts.activeParameters * tokens * longer) / (facts.count * experts.peakPerMs * rate),
  )
}

/**
 * Experts that are touched on the fullest accelerator, over the mean: of those it holds each is touched with probability
 * p, so that their number is about normal, and of n such numbers the largest is expected at the quantile
 * (n - 3/8) / (n + 1/4) (G. Blom: Statistical Estimates and Transformed Beta-Variables, 1958).
 */
const fullestShare = ({ count, expertCount }: StepFacts, touched: number, felt: number): number => {
  const held = expertCount / count
  const deviations = normalQuantile((count - 0.375) / (count + 0.25))
  return Math.min(count, 1 + felt * deviations * Math.sqrt((1 - touched) / (held * touched)))
}

/** Whole experts wait for the fullest accelerator; narrow slices of 4-bit ones leave kernels half empty. */
const expertFactor = (facts: StepFacts, { bits }: MatrixFacts, coefficients: Coefficients): number => {
  if (facts.expertParallel) return 1 + coefficients.expertImbalance
  return bits === 4 ? 1 + coefficients.expertCut4 * Math.log2(facts.count) : 1
}

const layerOverheads = (facts: StepFacts, coefficients: Coefficients): number =>
  facts.expertLayers * coefficients.expertLayerMs +
  facts.linearLayers * coefficients.linearLayerMs +
  facts.latentLayers * coefficients.latentLayerMs

/** A prompt on its own attention group: products, attention over its pairs of tokens, and what is exchanged. */
const createPrefill = (facts: StepFacts, coefficients: Coefficients) => {
  const { width, experts } = facts
  const { prompt } = coefficients
  const { transfer } = collectives(facts, {
    ...coefficients,
    busEfficiency: prompt.bus,
    exchangeEfficiency: prompt.bus,
  })
  const perToken = ({ activeParameters, peakPerMs, compute }: MatrixFacts, share: number) =>
    (2 * activeParameters) / (width * peakPerMs * prompt[compute] * share)
  const tokenMs =
    perToken(facts.attention, 1) +
    perToken(facts.feedForward, 1) +
    (experts ? perToken(experts, prompt.experts) * expertFactor(facts, experts, coefficients) : 0)
  const pairMs = facts.pairOperations / (width * facts.bf16PerMs * prompt.scores)
  return (tokens: number, cached = 0): number => {
    const fresh = Math.max(1, tokens - cached)
    // Each token meets those before it: half of all pairs.
    const pairs = (tokens ** 2 - Math.min(cached, tokens) ** 2) / 2
    return fresh * tokenMs + pairs * pairMs + transfer(fresh)
  }
}

const weightShare = (coefficients: Coefficients, engine: EngineName, { bits }: MatrixFacts): number => {
  if (engine !== 'llama.cpp') return coefficients.weightBandwidth
  return bits === 4 ? coefficients.ggufBandwidth.q4 : coefficients.ggufBandwidth.f16
}

const expertShare = (coefficients: Coefficients, engine: EngineName, experts: MatrixFacts): number => {
  if (engine === 'llama.cpp') return weightShare(coefficients, engine, experts)
  return experts.bits === 4 ? coefficients.expertBandwidth4 : coefficients.expertBandwidth
}
