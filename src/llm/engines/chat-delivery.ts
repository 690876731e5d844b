// The way of an answer to its reader: commit point, frames in order, the one outcome, cancellation. Knows nothing of
// bytes or sockets.

import type { ArchitectError } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import type { ChatStream, DeploymentReference, Frame } from '../contract.js'
import { frameOf } from '../frame.js'
import { createFrameQueue, type FrameQueue } from '../frame-queue.js'
import { llmError } from '../messages.js'
import type { OutcomeBuilder } from '../outcome-builder.js'
import { readyStream } from '../ready-stream.js'

/** Where the answer comes from. */
export interface AnswerSource {
  /** The first content is here. */
  commit(): void
  pause(): void
  resume(): void
  /** Nothing more is wanted. */
  abort(): void
  /** The answer is complete, though the connection may not have ended. */
  complete(): void
}

export interface DeliveryOptions {
  readonly answeredBy: DeploymentReference
  readonly result: OutcomeBuilder
  readonly source: AnswerSource
  /** Hands the stream over, or says why there is none. */
  readonly settle: { resolve(stream: ChatStream): void; reject(error: ArchitectError): void }
  /** Whether every choice has its finish. */
  readonly areAllFinished: () => boolean
}

export interface ChatDelivery {
  setHead(head: ChatStream['head']): void
  /** The first content is here, or the end. */
  commit(): void
  /** @param bytes what the frame holds of the buffer that may wait for the reader */
  deliver(frame: Frame, bytes: number): void
  /** The answer has ended; a failure unless every choice has finished. */
  complete(): void
  fail(error: ArchitectError, end?: 'failed' | 'cancelled'): void
  cancel: ChatStream['cancel']
}

export const createChatDelivery = (options: DeliveryOptions): ChatDelivery => {
  const { answeredBy, result, source, settle, areAllFinished } = options
  const { deployment } = answeredBy
  /** Frames from the last finish on, kept until the outcome is settled (promise 8). They are the end of the answer. */
  const held: Frame[] = []
  let head: ChatStream['head'] = { status: 200, headers: new Map() }
  let isCommitted = false

  const cancel: ChatStream['cancel'] = (reason) => {
    if (!result.isSettled()) {
      result.settle('cancelled', llmError('llm.cancelled', { deployment, reason }))
      source.abort()
    }
    queue?.clear()
    return result.outcome
  }
  /** Undefined as long as nothing goes through it: an answer in one piece never does. */
  let queue: FrameQueue | undefined
  const queued = (): FrameQueue => {
    queue ??= createFrameQueue({
      onDrained: () => source.resume(),
      onAbandoned: () => cancel('client-gone'),
    })
    return queue
  }

  const commit = () => {
    if (isCommitted) return
    isCommitted = true
    source.commit()
    settle.resolve({ answeredBy, head, frames: queued().frames, outcome: result.outcome, cancel })
  }

  const endWith = (...last: readonly Frame[]) => {
    for (const frame of [...held, ...last]) queued().push(frame, 0)
    queued().end()
  }

  const fail: ChatDelivery['fail'] = (error, end = 'failed') => {
    if (result.isSettled()) return
    const { attempts } = result.settle(end, error)
    source.abort()
    if (isCommitted) endWith(frameOf([{ type: 'error', choice: 0, error }]))
    else settle.reject(withAttempts(error, attempts))
  }

  return {
    setHead: (value) => {
      head = value
    },
    commit,
    deliver: (frame, bytes) => {
      if (areAllFinished()) {
        held.push(frame)
        return
      }
      if (!queued().push(frame, bytes)) return
      if (isCommitted) source.pause()
      else fail(llmError('llm.upstream-unreadable', { deployment, reason: 'no content in 256 KiB' }))
    },
    complete: () => {
      if (result.isSettled()) return
      if (!areAllFinished()) {
        fail(llmError('llm.upstream-broke-off', { deployment, reason: 'no finish' }, { retryable: true }))
        return
      }
      const outcome = result.settle('finished')
      source.complete()
      if (!isCommitted && !queue) {
        isCommitted = true
        return settle.resolve(readyStream({ answeredBy, head, frames: held, outcome }))
      }
      commit()
      endWith()
    },
    fail,
    cancel,
  }
}
