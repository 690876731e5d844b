// What accelerators of one replica tell each other in a step. Knows no weights and no cache.

import type { Coefficients } from './coefficients.js'
import type { StepFacts } from './step-facts.js'

export interface Collectives {
  /** Time of one step's exchanges for `tokens` tokens of one attention group, ms. */
  communicate(tokens: number): number
  /** The same without the latencies, which a long step hides. */
  transfer(tokens: number): number
}

/** Bytes of an activation: 16 bits. */
const activationBytes = 2

/**
 * Tensor parallelism sums twice a layer: latency + 2(w-1)/w x bytes / bus bandwidth (ring all-reduce, NCCL tests'
 * definition of bus bandwidth). Data-parallel attention in front of shared experts gathers the tokens of all groups
 * before each layer of experts and scatters them after it: (n-1)/n x bytes each way.
 */
export const collectives = (facts: StepFacts, coefficients: Coefficients): Collectives => {
  const { width, groups, count, hidden, linkBytesPerMs } = facts
  const sums = width > 1 ? 2 * facts.layers : 0
  const exchanges = groups > 1 ? 2 * facts.expertLayers : 0
  const sumMs =
    (((2 * (width - 1)) / width) * hidden * activationBytes) / (linkBytesPerMs * coefficients.busEfficiency)
  const exchangeMs =
    (groups * hidden * activationBytes * (count - 1)) /
    count /
    (linkBytesPerMs * coefficients.exchangeEfficiency)
  const perToken = sums * sumMs + exchanges * exchangeMs
  const latencyMs = sums * coefficients.allReduceLatencyMs + exchanges * coefficients.exchangeLatencyMs
  return {
    communicate: (tokens) => latencyMs + tokens * perToken,
    transfer: (tokens) => tokens * perToken,
  }
}
