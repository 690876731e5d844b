// Which sequences the next step of an engine works on, by the rules of a continuous-batching scheduler: first come
// first served; the last one admitted is preempted first and computed again from its start. Knows no time but the
// moment it is asked at, and no cost.

import type { Admission } from './admission.js'
import type { DecodeBatch } from './decode-batch.js'
import type { KvPool } from './kv-pool.js'
import { type Scheduler, tokensPerDecode } from './scheduler.js'
import type { Sequence } from './sequence.js'
import type { SequenceList } from './sequence-list.js'
import type { Step } from './step-cost.js'

export interface StepFormer {
  /** What the step computes; filled anew by `form` and `writeOnly`. */
  readonly step: Step
  /** Those whose prompt is read in the step, to be emptied when it ends. */
  readonly reading: Sequence[]
  /** Of whose prompt a part is left to read after the step. */
  readonly partial: Sequence | null
  /** @returns false when there is nothing to do */
  form(nowMs: number): boolean
  /** A step of the batch alone. */
  writeOnly(): void
}

export interface StepFormerOptions {
  readonly scheduler: Scheduler
  readonly pool: KvPool
  readonly admission: Admission
  readonly batch: DecodeBatch
  readonly waiting: SequenceList
  /** In order of admission. */
  readonly running: SequenceList
  readonly onPreempted: (sequence: Sequence) => void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const createStepFormer = (options: StepFormerOptions): StepFormer => {
  const { scheduler, pool, admission, batch, waiting, running, onPreempted } = options
  const { maxBatchedTokens, maxSequences, chunkedPrefill, mixedSteps } = scheduler
  const perDecode = tokensPerDecode(scheduler)
  const reading: Sequence[] = []
  let partial: Sequence | null = null
  const step: Mutable<Step> = {
    decodeSequences: 0,
    decodeContextTokens: 0,
    tokensPerDecode: perDecode,
    prefillSequences: 0,
    prefillTokens: 0,
    prefillContextTokens: 0,
    prefillPairs: 0,
  }

  const preempt = (sequence: Sequence) => {
    if (sequence === partial) partial = null
    else batch.leave(sequence)
    running.remove(sequence)
    admission.release(sequence)
    sequence.preemptions++
    waiting.prepend(sequence)
    onPreempted(sequence)
  }
  /** Blocks for the next token of every writing sequence. @returns whether somebody had to go for it */
  const makeRoom = (): boolean => {
    let hasPreempted = false
    while (batch.blocksNeeded() > pool.freeBlocks && running.last) {
      preempt(running.last)
      hasPreempted = true
    }
    admission.keep(batch.takeBlocks(pool))
    return hasPreempted
  }

  /** Puts as much of a prompt into the step as the budget allows. @returns tokens put in */
  const read = (sequence: Sequence, budget: number): number => {
    const { computedTokens, goalTokens } = sequence
    const left = goalTokens - computedTokens
    const tokens = chunkedPrefill ? Math.min(left, budget) : left
    step.prefillSequences++
    step.prefillTokens += tokens
    step.prefillContextTokens += computedTokens
    step.prefillPairs += tokens * (computedTokens + tokens / 2)
    sequence.computedTokens += tokens
    admission.share(sequence)
    reading.push(sequence)
    partial = tokens < left ? sequence : null
    return tokens
  }
  const admitNext = (budget: number, nowMs: number): Sequence | null => {
    const sequence = waiting.first
    if (!sequence || !admission.admit(sequence, budget, running.size === 0)) return null
    waiting.remove(sequence)
    running.append(sequence)
    if (Number.isNaN(sequence.scheduledMs)) {
      sequence.scheduledMs = nowMs
      sequence.cachedTokens = sequence.computedTokens
    }
    return sequence
  }
  const readPrompts = (tokens: number, mayAdmit: boolean, nowMs: number) => {
    let budget = tokens
    if (partial && budget > 0) budget -= read(partial, budget)
    while (mayAdmit && budget > 0 && running.size < maxSequences) {
      const sequence = admitNext(budget, nowMs)
      if (!sequence) return
      budget -= read(sequence, budget)
    }
  }

  const write = (isWriting: boolean) => {
    step.decodeSequences = isWriting ? batch.size : 0
    step.decodeContextTokens = isWriting ? batch.contextTokens : 0
  }
  const clearPrompts = () => {
    step.prefillSequences = 0
    step.prefillTokens = 0
    step.prefillContextTokens = 0
    step.prefillPairs = 0
  }
  const form = (nowMs: number): boolean => {
    clearPrompts()
    let hasPreempted = false
    if (mixedSteps) {
      hasPreempted = makeRoom()
      readPrompts(maxBatchedTokens - batch.size * perDecode, !hasPreempted, nowMs)
    } else {
      readPrompts(maxBatchedTokens, true, nowMs)
      if (reading.length === 0) hasPreempted = makeRoom()
    }
    write(mixedSteps || reading.length === 0)
    if (step.decodeSequences + step.prefillSequences > 0) return true
    return hasPreempted && form(nowMs)
  }

  return {
    step,
    reading,
    get partial() {
      return partial
    },
    form,
    writeOnly: () => {
      clearPrompts()
      write(true)
    },
  }
}
