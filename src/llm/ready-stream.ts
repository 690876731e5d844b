// A stream of which everything is there when it opens: an answer that came in one piece, a cache hit, a refusal of a
// guard. For its readers it is a stream like any other; a stage that asks `readyOf` takes it as it is and spares the loop
// over frames, which for a short answer costs as much as all that is done to it.

import type { AnsweredBy, CancelReason, ChatStream, Frame, Outcome } from './contract.js'

/** All there is of a stream. */
export interface Ready {
  readonly answeredBy: AnsweredBy
  readonly head: ChatStream['head']
  readonly frames: readonly Frame[]
  readonly outcome: Outcome
}

/** What a copy takes along are the fields of a stream; that it is ready stands in a private one, which stays behind. */
class ReadyStream implements ChatStream, AsyncIterator<Frame, undefined> {
  readonly answeredBy: AnsweredBy
  readonly head: ChatStream['head']
  readonly frames: AsyncIterable<Frame>
  readonly outcome: Promise<Outcome>
  readonly cancel: (reason: CancelReason) => Promise<Outcome>
  readonly #ready: Ready
  #next = 0

  constructor(ready: Ready) {
    this.answeredBy = ready.answeredBy
    this.head = ready.head
    this.outcome = Promise.resolve(ready.outcome)
    this.frames = { [Symbol.asyncIterator]: () => this }
    this.cancel = () => {
      this.#next = ready.frames.length
      return this.outcome
    }
    this.#ready = ready
  }

  next(): Promise<IteratorResult<Frame, undefined>> {
    const value = this.#ready.frames[this.#next++]
    return Promise.resolve(value ? { done: false, value } : { done: true, value: undefined })
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#next = this.#ready.frames.length
    return Promise.resolve({ done: true, value: undefined })
  }

  static of(stream: ChatStream): Ready | undefined {
    return #ready in stream && stream.#next === 0 ? stream.#ready : undefined
  }
}

export const readyStream = (ready: Ready): ChatStream => new ReadyStream(ready)

/** What there is of a stream that is ready, as long as nobody has begun to read it. */
export const readyOf = (stream: ChatStream): Ready | undefined => ReadyStream.of(stream)

/** The stream with another answer head. */
export const withHead = (stream: ChatStream, head: ChatStream['head']): ChatStream => {
  const ready = readyOf(stream)
  return ready ? readyStream({ ...ready, head }) : { ...stream, head }
}
