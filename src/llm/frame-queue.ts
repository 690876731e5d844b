// Promises 7 and 11: the hand-over between who receives frames and who reads them. Single consumer; hand-written
// instead of a generator, because `return()` on a generator that never started runs no cleanup.

import type { Frame } from './contract.js'

export interface FrameQueueOptions {
  /** The reader took frames, and less than half of `highWaterBytes` is waiting. */
  readonly onDrained?: () => void
  /** The reader left before the end. */
  readonly onAbandoned?: () => Promise<unknown>
  /** Default 256 KiB. */
  readonly highWaterBytes?: number
}

export interface FrameQueue {
  readonly frames: AsyncIterable<Frame>
  /** @returns whether as much is waiting as may wait: the source is to be paused until `onDrained` */
  push(frame: Frame, bytes: number): boolean
  /** No frame follows; what waits is still read. */
  end(): void
  /** Drops what waits and ends. */
  clear(): void
  bufferedBytes(): number
}

export const highWaterBytes = 256 * 1024

interface Waiting {
  readonly frame: Frame
  readonly bytes: number
}

export const createFrameQueue = (options: FrameQueueOptions = {}): FrameQueue => {
  const limitBytes = options.highWaterBytes ?? highWaterBytes
  const waiting: Waiting[] = []
  let buffered = 0
  let over = false
  let isFull = false
  let wake: ((result: IteratorResult<Frame>) => void) | undefined

  const take = (): Frame | undefined => {
    const next = waiting.shift()
    if (!next) return undefined
    buffered -= next.bytes
    if (isFull && buffered <= limitBytes / 2) {
      isFull = false
      options.onDrained?.()
    }
    return next.frame
  }

  const end = () => {
    over = true
    wake?.(done)
    wake = undefined
  }

  const clear = () => {
    waiting.length = 0
    buffered = 0
    end()
  }

  const iterator: AsyncIterator<Frame> = {
    next: () => {
      const value = take()
      if (value) return Promise.resolve({ done: false, value })
      if (over) return Promise.resolve(done)
      return new Promise((resolve) => {
        wake = resolve
      })
    },
    return: async () => {
      const isEarly = !over || waiting.length > 0
      clear()
      if (isEarly) await options.onAbandoned?.()
      return done
    },
  }

  return {
    frames: { [Symbol.asyncIterator]: () => iterator },
    push: (frame, bytes) => {
      if (over) return false
      if (wake) {
        const deliver = wake
        wake = undefined
        deliver({ done: false, value: frame })
        return isFull
      }
      waiting.push({ frame, bytes })
      buffered += bytes
      isFull ||= buffered >= limitBytes
      return isFull
    },
    end,
    clear,
    bufferedBytes: () => buffered,
  }
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined }
