// The sequences that write answers, all one step on at a time. A step costs constant time here: sums are kept over
// the batch, and a sequence is looked at only when it joins, needs a block, or ends (timing wheel).
// With speculation the number of a sequence's steps is drawn as it joins, and its tokens spread evenly over them.

import type { KvPool } from './kv-pool.js'
import type { Sequence } from './sequence.js'
import { createTimingWheel } from './timing-wheel.js'

export interface DecodeBatch {
  readonly size: number
  /** Tokens of all sequences that the next step reads, the new ones included. */
  readonly contextTokens: number
  /** The sequence has its first token, or its first after a preemption, and goes on writing. */
  join(sequence: Sequence): void
  /** Takes a sequence out before its end; what is left of it is in the sequence. */
  leave(sequence: Sequence): void
  /** Blocks that the next step needs beyond those held. */
  blocksNeeded(): number
  /** @returns how many of them had been promised */
  takeBlocks(pool: KvPool): number
  /** Steps ahead in which no sequence needs a block or ends, and none has just joined. */
  quietSteps(): number
  /** Ends the step under way. @returns the tokens it wrote */
  completeStep(endMs: number): number
}

export interface DecodeBatchOptions {
  readonly blockTokens: number
  /** Tokens that a step stores for each sequence: 1, or 1 + draft tokens. */
  readonly tokensPerDecode: number
  /** `count` sequences waited `gapMs` between two of their tokens. */
  readonly onGap: (gapMs: number, count: number) => void
  readonly onEnd: (sequence: Sequence, endMs: number) => void
}

export const createDecodeBatch = (options: DecodeBatchOptions): DecodeBatch => {
  const { blockTokens, tokensPerDecode, onGap, onEnd } = options
  const wheel = createTimingWheel(blockTokens)
  /** Those that have joined since the last step, whose gap is their own. */
  const fresh: Sequence[] = []
  let tick = 0
  let size = 0
  let storedTokens = 0
  let tokensPerStep = 0
  let lastEndMs = 0

  const storedBy = (sequence: Sequence, steps: number) => sequence.goalTokens + sequence.tokensPerStep * steps
  /** Block tables are exact to the token; the small number takes back what rounding adds to a fraction. */
  const blocksFor = (sequence: Sequence): number => {
    const stored = Math.floor(storedBy(sequence, tick - sequence.joinTick) + 1e-9)
    const blocks = Math.ceil((stored + tokensPerDecode) / blockTokens)
    return Math.max(0, blocks - sequence.ownBlocks - sequence.prefixBlocks)
  }
  const schedule = (sequence: Sequence) => {
    const room = (sequence.ownBlocks + sequence.prefixBlocks) * blockTokens - tokensPerDecode + 1
    const steps = Math.ceil((room - sequence.goalTokens) / sequence.tokensPerStep - 1e-9)
    const full = sequence.joinTick + Math.max(0, steps)
    const end = sequence.joinTick + sequence.stepsLeft - 1
    wheel.add(sequence, Math.max(tick, Math.min(full, end, tick + blockTokens)))
  }
  const drop = (sequence: Sequence) => {
    size--
    storedTokens -= storedBy(sequence, tick - sequence.joinTick)
    tokensPerStep -= sequence.tokensPerStep
    if (size === 0) {
      storedTokens = 0
      tokensPerStep = 0
    }
  }

  return {
    get size() {
      return size
    },
    get contextTokens() {
      return storedTokens + size * tokensPerDecode
    },
    join: (sequence) => {
      sequence.joinTick = tick
      sequence.tokensPerStep = sequence.tokensLeft / sequence.stepsLeft
      size++
      storedTokens += sequence.goalTokens
      tokensPerStep += sequence.tokensPerStep
      fresh.push(sequence)
      schedule(sequence)
    },
    leave: (sequence) => {
      const steps = tick - sequence.joinTick
      const index = steps === 0 ? fresh.indexOf(sequence) : -1
      if (index < 0) sequence.lastTokenMs = lastEndMs
      else fresh.splice(index, 1)
      wheel.remove(sequence)
      drop(sequence)
      // The newest token was written but not yet stored.
      sequence.goalTokens = Math.floor(storedBy(sequence, steps) + 1e-9) + 1
      sequence.tokensLeft -= sequence.tokensPerStep * steps
      sequence.stepsLeft -= steps
    },
    blocksNeeded: () => {
      let blocks = 0
      for (let at = wheel.first(tick); at; at = at.wheelAfter) blocks += blocksFor(at)
      return blocks
    },
    takeBlocks: (pool) => {
      let kept = 0
      for (let at = wheel.first(tick); at; at = at.wheelAfter) {
        const blocks = blocksFor(at)
        if (blocks === 0) continue
        pool.take(blocks)
        at.ownBlocks += blocks
        const promised = Math.min(blocks, at.promisedBlocks)
        at.promisedBlocks -= promised
        kept += promised
      }
      return kept
    },
    quietSteps: () => (size > 0 && fresh.length === 0 ? wheel.emptySteps(tick) : 0),
    completeStep: (endMs) => {
      if (size > fresh.length) onGap(endMs - lastEndMs, size - fresh.length)
      for (const sequence of fresh) onGap(endMs - sequence.lastTokenMs, 1)
      fresh.length = 0
      lastEndMs = endMs
      const written = tokensPerStep
      storedTokens += tokensPerStep
      let at = wheel.drain(tick)
      tick++
      while (at) {
        const sequence = at
        at = at.wheelAfter
        if (sequence.joinTick + sequence.stepsLeft > tick) schedule(sequence)
        else {
          drop(sequence)
          onEnd(sequence, endMs)
        }
      }
      return written
    },
  }
}
