// One engine in time: what has arrived, the step under way, and when it ends. The rules of its steps: step-former.ts.
// Not in it: priorities, swapping to the host, stages of a pipeline working on several batches, ranks that wait for
// one another.

import { createAdmission } from './admission.js'
import { createDecodeBatch } from './decode-batch.js'
import { createKvPool } from './kv-pool.js'
import { type Scheduler, tokensPerDecode } from './scheduler.js'
import type { Sequence } from './sequence.js'
import { createSequenceList } from './sequence-list.js'
import type { StepsFor } from './speculation.js'
import type { StepCost } from './step-cost.js'
import { createStepFormer } from './step-former.js'

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

export const createReplica = ({ scheduler, cost, stepsFor, observer }: ReplicaOptions): Replica => {
  const pool = createKvPool(scheduler.kvBlocks)
  const admission = createAdmission(pool, scheduler)
  /** With the API server still; ready in order. */
  const inbox = createSequenceList()
  const waiting = createSequenceList()
  const running = createSequenceList()
  let isBusy = false
  let nextMs = Number.POSITIVE_INFINITY
  /** End of the last step. */
  let freeMs = 0

  const end = (sequence: Sequence, endMs: number) => {
    running.remove(sequence)
    admission.release(sequence)
    observer.onEnd(sequence, endMs)
  }
  const batch = createDecodeBatch({
    blockTokens: scheduler.blockTokens,
    tokensPerDecode: tokensPerDecode(scheduler),
    onGap: (gapMs, count) => observer.onGap(gapMs, count, nextMs),
    onEnd: end,
  })
  const former = createStepFormer({
    scheduler,
    pool,
    admission,
    batch,
    waiting,
    running,
    onPreempted: observer.onPreempted,
  })
  const record: StepRecord = {
    startMs: 0,
    endMs: 0,
    running: 0,
    waiting: 0,
    usedBlocks: 0,
    writtenTokens: 0,
    steps: 1,
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
    while (record.steps < most && nextMs < horizonMs) {
      former.writeOnly()
      nextMs += cost.stepMs(former.step)
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
        !former.partial &&
        writeUntil(Math.min(horizonMs, inbox.first?.readyMs ?? horizonMs))
      )
        return
      const nowMs = nextMs
      for (let at = inbox.first; at && at.readyMs <= nowMs; at = inbox.first) {
        inbox.remove(at)
        waiting.append(at)
      }
      isBusy = former.form(nowMs)
      if (!isBusy) {
        nextMs = inbox.first?.readyMs ?? Number.POSITIVE_INFINITY
        return
      }
      note(nowMs)
      nextMs = nowMs + cost.stepMs(former.step)
    },
    complete: () => {
      record.endMs = nextMs
      record.steps = 1
      record.writtenTokens = former.step.decodeSequences > 0 ? batch.completeStep(nextMs) : 0
      for (const sequence of former.reading)
        if (sequence !== former.partial) record.writtenTokens += answer(sequence, nextMs)
      former.reading.length = 0
      isBusy = false
      freeMs = nextMs
      observer.onStep(record)
    },
  }
}
