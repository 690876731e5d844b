// Promise 10: observers. A synchronous callback beside the frames, no generator; bytes pass untouched.

import type { ChatStream, Frame } from './contract.js'

/**
 * The same stream, with every frame shown to `onFrame` before its receiver gets it. What the callback throws is
 * not caught: an observer that may fail catches its own errors.
 */
export const tap = (stream: ChatStream, onFrame: (frame: Frame) => void): ChatStream => ({
  ...stream,
  frames: {
    [Symbol.asyncIterator]: () => {
      const inner = stream.frames[Symbol.asyncIterator]()
      const show = (result: IteratorResult<Frame, unknown>) => {
        if (!result.done) onFrame(result.value)
        return result
      }
      return {
        next: () => inner.next().then(show),
        return: (value?: unknown) =>
          inner.return?.(value) ?? Promise.resolve({ done: true, value: undefined }),
      }
    },
  },
})
