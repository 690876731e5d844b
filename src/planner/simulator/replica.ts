// One engine: what waits, what runs, and which step comes next. The rules are those of a continuous-batching
// scheduler, first come first served; the last one admitted is preempted first and computed again from its start.
// Not in it: priorities, swapping to the host, stages of a pipeline working on several batches, ranks that wait for
// one another.

import { createAdmission } from './admission.js'
import { createDecodeBatch } from './decode-batch.js'
import { createKvPool } from './kv-pool.js'
import { type Scheduler, tokensPerDecode } from './scheduler.js'
import type { Sequence } from './sequence.js'
import { createSequenceList } from './sequence-list.js'
import type { StepsFor } from './speculation.js'
import type { Step, StepCost } from './step-cost.js'

/** What a replica tells while it works. */
export interface ReplicaObserver {
  onGap(gapMs: number, count: number, endMs: number): void
  /** Sequences and blocks in use during a step, and the tokens it wrote. */
  onStep(step: StepRecord): void
  onPreempted(sequence: Sequence): void
  onEnd(sequence: Sequence, endMs: number): void
}

export interface StepRecord {
  startMs: number
  endMs: number
  running: number
  waiting: number
  usedBlocks: number
  writtenTokens: number
  /** More than 1 where alike steps are told together. */
  steps: number
}

export interface Replica {
  /** Requests that have not ended. */
  readonly inFlight: number
  readonly isBusy: boolean
  /** End of the step under way, or when the next one may begin; infinity with nothing to do. */
  readonly nextMs: number
  readonly freeBlocks: number
  /** In order of `readyMs`. */
  deliver(sequence: Sequence, nowMs: number): void
  /**
   * Begins the next step; or ends several at once, which begin before `horizonMs` and in which sequences only write:
   * nothing that the rest of the system sees changes in them.
   * @param horizonMs before this no request arrives
   */
  begin(horizonMs: number): void
  /** Ends the step under way. */
  complete(): void
}

export interface ReplicaOptions {
  readonly scheduler: Scheduler
  readonly cost: StepCost
  readonly stepsFor: StepsFor
  readonly observer: ReplicaObserver
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const createReplica = ({ scheduler, cost, stepsFor, observer }: ReplicaOptions): Replica => {
  const { maxBatchedTokens, maxSequences, chunkedPrefill, mixedSteps } = scheduler
  const pool = createKvPool(scheduler.kvBlocks)
  const admission = createAdmission(pool, scheduler)
  /** With the API server still; ready in order. */
  const inbox = createSequenceList()
  const waiting = createSequenceList()
  /** In order of admission. */
  const running = createSequenceList()
  /** Of whose prompt a part is left to read. */
  let partial: Sequence | null = null
  /** Those whose prompt is read in the step under way. */
  const reading: Sequence[] = []
  let isBusy = false
  let nextMs = Number.POSITIVE_INFINITY
  /** End of the last step. */
  let freeMs = 0

  const end = (sequence: Sequence, endMs: number) => {
    running.remove(sequence)
    admission.release(sequence)
    observer.onEnd(sequence, endMs)
  }
  const perDecode = tokensPerDecode(scheduler)
  const batch = createDecodeBatch({
    blockTokens: scheduler.blockTokens,
    tokensPerDecode: perDecode,
    onGap: (gapMs, count) => observer.onGap(gapMs, count, nextMs),
    onEnd: end,
  })
  const step: Mutable<Step> = {
    decodeSequences: 0,
    decodeContextTokens: 0,
    tokensPerDecode: perDecode,
    prefillSequences: 0,
    prefillTokens: 0,
    prefillContextTokens: 0,
    prefillPairs: 0,
  }
  const record: StepRecord = {
    startMs: 0,
    endMs: 0,
    running: 0,
    waiting: 0,
    usedBlocks: 0,
    writtenTokens: 0,
    steps: 1,
  }

  const preempt = (sequence: Sequence) => {
    if (sequence === partial) partial = null
    else batch.leave(sequence)
    running.remove(sequence)
    admission.release(sequence)
    sequence.preemptions++
    waiting.prepend(sequence)
    observer.onPreempted(sequence)
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

  const clear = () => {
    step.decodeSequences = 0
    step.decodeContextTokens = 0
    step.prefillSequences = 0
    step.prefillTokens = 0
    step.prefillContextTokens = 0
    step.prefillPairs = 0
  }
  /** Fills `step`. @returns false when there is nothing to do */
  const form = (nowMs: number): boolean => {
    clear()
    let hasPreempted = false
    if (mixedSteps) {
      hasPreempted = makeRoom()
      readPrompts(maxBatchedTokens - batch.size * perDecode, !hasPreempted, nowMs)
    } else {
      readPrompts(maxBatchedTokens, true, nowMs)
      if (reading.length === 0) hasPreempted = makeRoom()
    }
    if (mixedSteps || reading.length === 0) {
      step.decodeSequences = batch.size
      step.decodeContextTokens = batch.contextTokens
    }
    if (step.decodeSequences + step.prefillSequences > 0) return true
    return hasPreempted && form(nowMs)
  }

  const note = (startMs: number) => {
    record.startMs = startMs
    record.running = running.size
    record.waiting = waiting.size
    record.usedBlocks = pool.totalBlocks - pool.freeBlocks
  }
  /** @returns whether there was a step to end */
  const writeUntil = (horizonMs: number): boolean => {
    const most = batch.quietSteps()
    if (most === 0 || nextMs >= horizonMs) return false
    note(nextMs)
    record.steps = 0
    record.writtenTokens = 0
    clear()
    step.decodeSequences = batch.size
    while (record.steps < most && nextMs < horizonMs) {
      step.decodeContextTokens = batch.contextTokens
      nextMs += cost.stepMs(step)
      record.writtenTokens += batch.completeStep(nextMs)
      record.steps++
    }
    freeMs = nextMs
    record.endMs = nextMs
    observer.onStep(record)
    return true
  }

  /** The step has read the last of a prompt, and with it written a token. @returns tokens written */
  const answer = (sequence: Sequence, endMs: number): number => {
    const isFirst = Number.isNaN(sequence.firstTokenMs)
    if (isFirst) {
      sequence.firstTokenMs = endMs
      sequence.stepsLeft = 1 + stepsFor(sequence.outputTokens - 1)
    } else observer.onGap(endMs - sequence.lastTokenMs, 1, endMs)
    sequence.lastTokenMs = endMs
    const written = sequence.stepsLeft > 1 ? 1 : sequence.tokensLeft
    sequence.tokensLeft -= written
    sequence.stepsLeft--
    if (sequence.stepsLeft > 0) batch.join(sequence)
    else end(sequence, endMs)
    return written
  }

  return {
    get inFlight() {
      return inbox.size + waiting.size + running.size
    },
    get isBusy() {
      return isBusy
    },
    get nextMs() {
      return nextMs
    },
    get freeBlocks() {
      return pool.freeBlocks
    },
    deliver: (sequence, nowMs) => {
      inbox.append(sequence)
      if (!isBusy) nextMs = Math.min(nextMs, Math.max(freeMs, nowMs, sequence.readyMs))
    },
    begin: (horizonMs) => {
      if (
        waiting.size === 0 &&
        !partial &&
        writeUntil(Math.min(horizonMs, inbox.first?.readyMs ?? horizonMs))
      )
        return
      const nowMs = nextMs
      for (let at = inbox.first; at && at.readyMs <= nowMs; at = inbox.first) {
        inbox.remove(at)
        waiting.append(at)
      }
      isBusy = form(nowMs)
      if (!isBusy) {
        nextMs = inbox.first?.readyMs ?? Number.POSITIVE_INFINITY
        return
      }
      note(nowMs)
      nextMs = nowMs + cost.stepMs(step)
    },
    complete: () => {
      record.endMs = nextMs
      record.steps = 1
      record.writtenTokens = step.decodeSequences > 0 ? batch.completeStep(nextMs) : 0
      for (const sequence of reading)
        if (sequence !== partial) record.writtenTokens += answer(sequence, nextMs)
      reading.length = 0
      isBusy = false
      freeMs = nextMs
      observer.onStep(record)
    },
  }
}
