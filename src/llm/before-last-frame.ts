// Promise 8 for stages that write: a journal entry, an audit line. Frames pass untouched.

import type { ChatStream, Outcome } from './contract.js'
import { readyOf, readyStream } from './ready-stream.js'
import { settledOutcome, wrapStream } from './wrap-stream.js'

/**
 * The same stream, with `settle` awaited once its outcome is known and before its last frame is yielded; at once
 * when the stream is cancelled. What `settle` returns is the outcome from here on; what it throws makes the
 * outcome `failed` with that error.
 */
export const beforeLastFrame = (
  stream: ChatStream,
  settle: (outcome: Outcome) => Outcome | Promise<Outcome>,
): ChatStream => wrapStream(stream, { settle })

/** The same for a stage that has the time: a stream that is ready has been settled when it is handed on, and stays ready. */
export const settleFirst = async (
  stream: ChatStream,
  settle: (outcome: Outcome) => Outcome | Promise<Outcome>,
): Promise<ChatStream> => {
  const ready = readyOf(stream)
  if (!ready) return beforeLastFrame(stream, settle)
  return readyStream({ ...ready, outcome: await settledOutcome(ready.outcome, settle) })
}
