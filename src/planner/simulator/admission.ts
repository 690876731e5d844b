// Room in the KV cache for whole requests: who may start, what of a prompt is there already, what is given back.

import type { KvPool } from './kv-pool.js'
import { blocksAtEnd, type Scheduler } from './scheduler.js'
import type { Sequence } from './sequence.js'

export interface Admission {
  /**
   * Takes the blocks of a whole prompt when there are enough.
   * @param budget prompt tokens that the step can still read
   * @param isAlone nothing runs, so nothing else will ever make room
   * @returns false when the request has to wait; then nothing has changed
   */
  admit(sequence: Sequence, budget: number, isAlone: boolean): boolean
  /** Full blocks of its beginning that a sequence has read are there for others from now on. */
  share(sequence: Sequence): void
  /** Blocks promised to a sequence that it has now taken. */
  keep(blocks: number): void
  /** Gives everything back. */
  release(sequence: Sequence): void
}

export const createAdmission = (pool: KvPool, scheduler: Scheduler): Admission => {
  const { blockTokens, chunkedPrefill, reservedOutputShare } = scheduler
  let promised = 0

  /** Full blocks of its shared beginning; the last token of a prompt is always computed. */
  const prefixBlocksOf = ({ prefix, prefixTokens, goalTokens }: Sequence) =>
    prefix < 0 || !scheduler.prefixCache
      ? 0
      : Math.floor(Math.min(prefixTokens, goalTokens - 1) / blockTokens)
  const promiseTo = ({ inputTokens, outputTokens, goalTokens }: Sequence, blocks: number) => {
    const answer = inputTokens + outputTokens - goalTokens
    return Math.max(0, blocksAtEnd(scheduler, goalTokens, reservedOutputShare * answer) - blocks)
  }

  const admit = (sequence: Sequence, budget: number, isAlone: boolean, usePrefix: boolean): boolean => {
    const shareable = usePrefix ? prefixBlocksOf(sequence) : 0
    const hits = shareable > 0 ? Math.min(shareable, pool.residentBlocks(sequence.prefix)) : 0
    // A prompt computed again after a preemption may exceed the budget: it is then read alone.
    const tooMuch = sequence.goalTokens - hits * blockTokens > budget
    if (!chunkedPrefill && tooMuch && !(isAlone && sequence.preemptions > 0)) return false
    const blocks = Math.ceil(sequence.goalTokens / blockTokens)
    const promise = promiseTo(sequence, blocks)
    const reclaimed = shareable > 0 ? pool.reclaimedBlocks(sequence.prefix) : 0
    if (blocks - hits + reclaimed + promise + promised > pool.freeBlocks)
      // What is cached of the prefix may be longer than the prompt can use, and stand in its way.
      return isAlone && usePrefix && shareable > 0 && admit(sequence, budget, isAlone, false)
    if (shareable > 0) pool.hold(sequence.prefix)
    pool.take(blocks - hits)
    promised += promise
    sequence.holdsPrefix = shareable > 0
    sequence.prefixBlocks = hits
    sequence.ownBlocks = blocks - hits
    sequence.promisedBlocks = promise
    sequence.computedTokens = hits * blockTokens
    return true
  }

  return {
    admit: (sequence, budget, isAlone) => admit(sequence, budget, isAlone, true),
    share: (sequence) => {
      const { holdsPrefix, prefix, prefixBlocks, computedTokens } = sequence
      // Only who has read as far as the prefix reaches can extend it; others read the same for themselves.
      if (!holdsPrefix || pool.residentBlocks(prefix) !== prefixBlocks) return
      const read = Math.floor(computedTokens / blockTokens)
      const blocks = Math.min(read, prefixBlocksOf(sequence)) - prefixBlocks
      if (blocks <= 0) return
      pool.grow(prefix, blocks)
      sequence.prefixBlocks += blocks
      sequence.ownBlocks -= blocks
    },
    keep: (blocks) => {
      promised -= blocks
    },
    release: (sequence) => {
      pool.give(sequence.ownBlocks)
      if (sequence.holdsPrefix) pool.release(sequence.prefix)
      promised -= sequence.promisedBlocks
      sequence.ownBlocks = 0
      sequence.prefixBlocks = 0
      sequence.promisedBlocks = 0
      sequence.holdsPrefix = false
      sequence.computedTokens = 0
    },
  }
}
