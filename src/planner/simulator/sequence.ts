// One request on its way through the simulated engine. Plain mutable state: no step touches it, only its events do.

import type { Arrival } from './traffic-source.js'

export interface Sequence extends Arrival {
  /** Rank of its arrival, from 0. */
  readonly id: number
  replica: number
  /** When the scheduler can see it: after the API server. */
  readyMs: number
  /** First time in a step; NaN before. */
  scheduledMs: number
  /** NaN before. */
  firstTokenMs: number
  /** Of those tokens that the batch's own clock does not tell: the first one, and the last before a preemption. */
  lastTokenMs: number
  preemptions: number
  /** Prompt tokens found in the prefix cache when it was first admitted. */
  cachedTokens: number

  /** Tokens whose keys and values the next token needs: the prompt, and what a preemption took away. */
  goalTokens: number
  computedTokens: number
  ownBlocks: number
  /** Blocks at its beginning that belong to its prefix. */
  prefixBlocks: number
  holdsPrefix: boolean
  /** Blocks set aside for its answer and not yet taken. */
  promisedBlocks: number

  /** Tokens and steps of its answer that were left when it joined the batch. */
  tokensLeft: number
  stepsLeft: number
  tokensPerStep: number
  joinTick: number

  /** Neighbours in the one list it is in: inbox, waiting or running. */
  before: Sequence | null
  after: Sequence | null
  /** Neighbours among those with an event at the same step. */
  wheelBefore: Sequence | null
  wheelAfter: Sequence | null
  wheelSlot: number
}

export const createSequence = (arrival: Arrival, id: number): Sequence => ({
  ...arrival,
  id,
  replica: 0,
  readyMs: arrival.atMs,
  scheduledMs: Number.NaN,
  firstTokenMs: Number.NaN,
  lastTokenMs: Number.NaN,
  preemptions: 0,
  cachedTokens: 0,
  goalTokens: arrival.inputTokens,
  computedTokens: 0,
  ownBlocks: 0,
  prefixBlocks: 0,
  holdsPrefix: false,
  promisedBlocks: 0,
  tokensLeft: arrival.outputTokens,
  stepsLeft: 0,
  tokensPerStep: 1,
  joinTick: 0,
  before: null,
  after: null,
  wheelBefore: null,
  wheelAfter: null,
  wheelSlot: -1,
})
