// Time of one engine step from bytes, operations and fitted efficiencies. Knows no arrivals and no queue.
// Formulas: weights and KV over bandwidth against operations over peak (S. Williams, A. Waterman, D. Patterson:
// Roofline, CACM 52(4), 2009), part by part, plus communication and overheads.

import type { EngineName } from '../../catalog/index.js'
import type { Coefficients } from './coefficients.js'
import { collectives } from './collectives.js'
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
          expertsMs(facts, coefficients, part),
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

const expertsMs = (facts: StepFacts, coefficients: Coefficients, tokens: number): number => {
  const { experts } = facts
  if (!experts) return 0
  // Share of the experts that at least one of the tokens is routed to.
  const touched = 1 - facts.missed ** tokens
  const longer = expertFactor(facts, experts, coefficients)
  const rate = coefficients.compute[experts.compute] * coefficients.expertCompute
  return slower(
    (experts.bytes * touched * longer) / (facts.bytesPerMs * expertShare(coefficients, experts)),
    (2 * experts.activeParameters * tokens * longer) / (facts.count * experts.peakPerMs * rate),
  )
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
  const { width } = facts
  const { transfer } = collectives(facts, coefficients)
  const perToken = (matrix: MatrixFacts, share: number) =>
    (2 * matrix.activeParameters) / (width * matrix.peakPerMs * coefficients.compute[matrix.compute] * share)
  const { experts } = facts
  const tokenMs =
    perToken(facts.attention, 1) +
    perToken(facts.feedForward, 1) +
    (experts ? perToken(experts, coefficients.expertCompute) * expertFactor(facts, experts, coefficients) : 0)
  const pairMs = facts.pairOperations / (width * facts.bf16PerMs * promptScoreEfficiency)
  return (tokens: number, cached = 0): number => {
    const fresh = Math.max(1, tokens - cached)
    // Each token meets those before it: half of all pairs.
    const pairs = (tokens ** 2 - Math.min(cached, tokens) ** 2) / 2
    return fresh * tokenMs + pairs * pairMs + transfer(fresh)
  }
}

/** Share of the 16-bit peak that attention over a whole prompt reaches (assumed, as above). */
const promptScoreEfficiency = 0.5

const weightShare = (coefficients: Coefficients, engine: EngineName, { bits }: MatrixFacts): number => {
  if (engine !== 'llama.cpp') return coefficients.weightBandwidth
  return bits === 4 ? coefficients.ggufBandwidth.q4 : coefficients.ggufBandwidth.f16
}

const expertShare = (coefficients: Coefficients, { bits, compute }: MatrixFacts): number => {
  if (bits !== 4) return coefficients.expertBandwidth
  return coefficients.expertBandwidth4 * (compute === 'bf16' ? coefficients.widenedExperts : 1)
}
