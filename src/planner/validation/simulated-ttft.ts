// Time to first token of a closed-loop run as the simulator of the engine's scheduler sees it: the queue comes from the
// simulation, and what no step contains (CPU work of server and tokenizer) from fitted coefficients.

import type { EngineName } from '../../catalog/index.js'
import { ofOneGroup, stepCostOf } from '../simulator/roofline-cost.js'
import { schedulerOf } from '../simulator/scheduler.js'
import { inferenceMaxClient, simulateBenchmark } from '../simulator/simulate-benchmark.js'
import type { Coefficients, SimulatedTtft } from '../speed/coefficients.js'
import { stepModelOf } from '../speed/roofline.js'
import { sequencesHeld } from './closed-loop-of.js'
import type { Case } from './predicted-run.js'

export interface SimulatedQueue {
  /** Of the requests that are sent at once at the start, mean ms. */
  readonly firstMs: number
  /** Of all others. */
  readonly laterMs: number
}

/** Of one attention group, with its share of the requests. */
export const simulateQueue = (
  { run, facts }: Pick<Case, 'run' | 'facts'>,
  coefficients: Coefficients,
): SimulatedQueue => {
  const { engine } = run.deployment
  const steps = ofOneGroup(stepModelOf(facts, engine, coefficients))
  const concurrency = Math.max(1, Math.round(run.concurrency / facts.groups))
  const { firstTtftMs, laterTtftMs } = simulateBenchmark({
    seed: 1,
    cost: stepCostOf(steps),
    client: {
      ...inferenceMaxClient,
      concurrency,
      inputTokens: run.inputTokens,
      outputTokens: run.outputTokens,
    },
    scheduler: schedulerOf(engine, {
      kvTokens: kvTokensOf({ run }),
      maxBatchedTokens: batchedTokens(engine, run.inputTokens, concurrency),
      maxSequences: mostSequences,
      prefixCache: false,
    }),
  })
  return { firstMs: firstTtftMs, laterMs: Number.isNaN(laterTtftMs) ? firstTtftMs : laterTtftMs }
}

const mostSequences = 4096
/** vLLM's and SGLang's default on large accelerators. */
const usualBudget = 8192

/** TensorRT-LLM without chunked prefill takes whole prompts, so its budget must hold one beside the answers. */
const batchedTokens = (engine: EngineName, inputTokens: number, concurrency: number): number =>
  engine === 'trtllm' ? Math.max(usualBudget, inputTokens + concurrency + 64) : usualBudget

/** Tokens that fit the cache of one group; at least one request. */
const kvTokensOf = ({ run }: Pick<Case, 'run'>): number => {
  const { groups } = run.deployment.spread
  const tokens = run.inputTokens + run.outputTokens
  return Math.ceil((Math.max(groups, sequencesHeld(run, tokens)) / groups) * tokens) + tokens
}

export const simulatedTtftMs = (
  { run, facts }: Pick<Case, 'run' | 'facts'>,
  { firstMs, laterMs }: SimulatedQueue,
  coefficients: Readonly<Record<string, SimulatedTtft>>,
): number => {
  const of = coefficients[run.deployment.engine] ?? coefficients.vllm
  if (!of) return laterMs
  return (
    of.requestMs +
    of.requestMsPerLayer * facts.layers +
    of.concurrencyMs * run.concurrency +
    of.promptTokenMs * run.inputTokens +
    of.startShare * firstMs +
    of.laterShare * laterMs
  )
}
