// The one loop behind every stage that edits frames or has a say in the outcome. It knows which frame is the
// last one, so that the outcome settles before it (promise 8), and that bytes end at the first edit (promise 5).

import { toArchitectError } from '../core/index.js'
import type { CancelReason, ChatStream, Frame, Outcome } from './contract.js'
import { frameOf } from './frame.js'
import { wireOf } from './identity.js'

/** What an edit says when the stream is to end here: the last frame, and how the outcome differs. */
export interface Ending {
  readonly last: Frame
  readonly outcome: Pick<Outcome, 'end' | 'finish' | 'error'>
}

export interface Wrapping {
  /** The frame to yield in place of the given one; undefined withholds it. */
  readonly edit?: (frame: Frame) => Frame | Ending | undefined
  /** Called after the last frame: what was withheld. */
  readonly flush?: () => Frame | undefined
  /** Called once, before the last frame is yielded; what it returns is the outcome. */
  readonly settle?: (outcome: Outcome) => Outcome | Promise<Outcome>
}

export const wrapStream = (stream: ChatStream, wrapping: Wrapping): ChatStream => {
  const settling = createSettling(stream, wrapping.settle)
  let iterator: AsyncIterator<Frame> | undefined
  const cancel = (reason: CancelReason) => stream.cancel(reason).then(settling.settle)
  return {
    answeredBy: stream.answeredBy,
    head: stream.head,
    outcome: settling.outcome,
    frames: {
      [Symbol.asyncIterator]: () => {
        iterator ??= createIterator(stream, wrapping, settling)
        return iterator
      },
    },
    cancel,
  }
}

/** Settles the outer outcome once: before the last frame, or as soon as the inner stream was cancelled. */
const createSettling = (stream: ChatStream, settle: Wrapping['settle'] = (outcome) => outcome) => {
  const state: { inner?: Outcome; change?: Partial<Outcome>; promise?: Promise<Outcome> } = {}
  let resolve: (outcome: Outcome) => void = () => {}
  const outcome = new Promise<Outcome>((fulfil) => {
    resolve = fulfil
  })
  const settleOnce = (inner: Outcome): Promise<Outcome> => {
    state.promise ??= (async () => {
      try {
        return await settle(state.change ? changed(inner, state.change) : inner)
      } catch (cause) {
        return { ...inner, end: 'failed', error: toArchitectError(cause) } satisfies Outcome
      }
    })().then((settled) => {
      resolve(settled)
      return settled
    })
    return state.promise
  }
  void stream.outcome.then((inner) => {
    state.inner = inner
    return inner.end === 'cancelled' ? settleOnce(inner) : undefined
  })
  return {
    outcome,
    settle: settleOnce,
    isSettledInside: () => state.inner !== undefined,
    /** How the outcome will differ from the inner one. */
    change: (change: Partial<Outcome>) => {
      state.change = change
    },
  }
}

/** An answer that was ended on purpose has no error: the inner one only says that its engine was cancelled. */
const changed = ({ error: _cancelled, ...inner }: Outcome, change: Partial<Outcome>): Outcome => ({
  ...inner,
  ...change,
})

type Settling = ReturnType<typeof createSettling>

const createIterator = (stream: ChatStream, wrapping: Wrapping, settling: Settling): AsyncIterator<Frame> => {
  const inner = stream.frames[Symbol.asyncIterator]()
  const ready: Frame[] = []
  const stripped = createStripper()
  let ahead: Frame | undefined
  let over = false

  /** The next inner frame and whether it is the last. Looks ahead only where that cannot wait for the engine. */
  const pull = async (): Promise<{ frame: Frame | undefined; last: boolean }> => {
    const frame = ahead ?? (await nextFrame(inner))
    ahead = undefined
    if (!frame || !settling.isSettledInside()) return { frame, last: !frame }
    ahead = await nextFrame(inner)
    return { frame, last: !ahead }
  }

  const finish = async (frames: readonly (Frame | undefined)[]) => {
    over = true
    await settling.settle(await stream.outcome)
    ready.push(...frames.filter((frame) => frame !== undefined))
  }

  const step = async () => {
    const { frame, last } = await pull()
    const edited = frame && editSafely(frame, wrapping.edit)
    if (edited && 'last' in edited) {
      settling.change(edited.outcome)
      await stream.cancel('blocked')
      return finish([edited.last])
    }
    const out = frame && stripped(frame, edited)
    if (last) return finish([out, wrapping.flush?.()])
    if (out) ready.push(out)
  }

  return {
    next: async () => {
      while (ready.length === 0 && !over) await step()
      const value = ready.shift()
      return value ? { done: false, value } : { done: true, value: undefined }
    },
    return: async () => {
      over = true
      ready.length = 0
      await settling.settle(await stream.cancel('client-gone'))
      return { done: true, value: undefined }
    },
  }
}

/** Promise 2: an editor that throws has failed, and the reader is told by an event. */
const editSafely = (
  frame: Frame,
  edit: Wrapping['edit'] = (unedited) => unedited,
): Frame | Ending | undefined => {
  try {
    return edit(frame)
  } catch (cause) {
    const error = toArchitectError(cause)
    return {
      last: frameOf([{ type: 'error', choice: 0, error }]),
      outcome: { end: 'failed', finish: new Map(), error },
    }
  }
}

const nextFrame = async (inner: AsyncIterator<Frame>) => {
  const { done, value } = await inner.next()
  return done ? undefined : value
}

/** Promise 5: from the first edited or withheld frame on, no frame has bytes. */
const createStripper = () => {
  let edited = false
  return (before: Frame, after: Frame | undefined): Frame | undefined => {
    edited ||= after !== before
    return edited && after && wireOf(after) ? { events: () => after.events() } : after
  }
}
