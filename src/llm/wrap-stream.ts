// The one loop behind every stage that edits frames or has a say in the outcome. It knows which frame is the
// last one, so that the outcome settles before it (promise 8), and that bytes end at the first edit (promise 5).

import { toArchitectError } from '../core/index.js'
import type { CancelReason, ChatStream, Frame, Outcome } from './contract.js'
import { frameOf } from './frame.js'
import { wireOf } from './identity.js'
import { type Ready, readyOf, readyStream } from './ready-stream.js'

/** What an edit says when the stream is to end here: the last frame, and how the outcome differs. */
export interface Ending {
  readonly last: Frame
  readonly outcome: Pick<Outcome, 'end' | 'finish' | 'error'>
}

/** Frames that go on now, in order; until then they were withheld. */
export interface Released {
  readonly released: readonly Frame[]
}

export interface Wrapping {
  /** The frame to yield in place of the given one; undefined withholds it. */
  readonly edit?: (frame: Frame) => Frame | Released | Ending | undefined
  /** Called after the last frame: what was withheld. */
  readonly flush?: () => Frame | undefined
  /** Called once, before the last frame is yielded; what it returns is the outcome. */
  readonly settle?: (outcome: Outcome) => Outcome | Promise<Outcome>
}

export const wrapStream = (stream: ChatStream, wrapping: Wrapping): ChatStream => {
  // Settling may take its time, which a stream that is ready does not have.
  const ready = wrapping.settle ? undefined : readyOf(stream)
  return ready ? editReady(ready, wrapping) : wrapRunning(stream, wrapping)
}

const editReady = (ready: Ready, { edit, flush }: Wrapping): ChatStream => {
  const strip = createStripper()
  const out: Frame[] = []
  for (const frame of ready.frames) {
    const edited = editSafely(frame, edit)
    if (edited && 'last' in edited) {
      const outcome = changed(ready.outcome, edited.outcome)
      return readyStream({ ...ready, frames: [...out, edited.last], outcome })
    }
    if (edited && 'released' in edited) out.push(...edited.released.map(strip.delayed))
    else {
      const value = strip.edited(frame, edited)
      if (value) out.push(value)
    }
  }
  const rest = flush?.()
  return readyStream({ ...ready, frames: rest ? [...out, rest] : out })
}

const wrapRunning = (stream: ChatStream, wrapping: Wrapping): ChatStream => {
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
const createSettling = (stream: ChatStream, settle: Wrapping['settle']) => {
  let inside: Outcome | undefined
  let change: Partial<Outcome> | undefined
  let isSettling = false
  let resolve: (outcome: Outcome) => void = () => {}
  const outcome = new Promise<Outcome>((fulfil) => {
    resolve = fulfil
  })
  const settleOnce = (inner: Outcome): Promise<Outcome> => {
    if (isSettling) return outcome
    isSettling = true
    const own = change ? changed(inner, change) : inner
    if (settle) void settledOutcome(own, settle).then(resolve)
    else resolve(own)
    return outcome
  }
  void stream.outcome.then((inner) => {
    inside = inner
    if (inner.end === 'cancelled') void settleOnce(inner)
  })
  return {
    outcome,
    settle: settleOnce,
    /** The inner outcome, once it is known. */
    inside: () => inside,
    /** How the outcome will differ from the inner one. */
    change: (differing: Partial<Outcome>) => {
      change = differing
    },
  }
}

/** What `settle` makes of an outcome; a failure where it throws. */
export const settledOutcome = async (
  inner: Outcome,
  settle: NonNullable<Wrapping['settle']>,
): Promise<Outcome> => {
  try {
    return await settle(inner)
  } catch (cause) {
    return { ...inner, end: 'failed', error: toArchitectError(cause) }
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
  const strip = createStripper()
  let ahead: Frame | undefined
  let over = false

  const finish = async (frames: readonly (Frame | undefined)[]) => {
    over = true
    await settling.settle(settling.inside() ?? (await stream.outcome))
    for (const frame of frames) if (frame) ready.push(frame)
  }
  const endWith = async ({ last, outcome }: Ending) => {
    settling.change(outcome)
    await stream.cancel('blocked')
    await finish([last])
    return next()
  }

  const next = (): Promise<IteratorResult<Frame, undefined>> => {
    const value = ready.shift()
    if (value) return Promise.resolve({ done: false, value })
    if (over) return Promise.resolve({ done: true, value: undefined })
    return ahead ? takeNearEnd(ahead) : inner.next().then(take)
  }
  /** What most frames pass in one turn: there are many, and only the last one has to wait for anything. */
  const take = ({ done, value: frame }: IteratorResult<Frame, undefined>) => {
    if (done || settling.inside()) return takeNearEnd(frame)
    const edited = editSafely(frame, wrapping.edit)
    if (edited && 'last' in edited) return endWith(edited)
    if (edited && 'released' in edited) {
      for (const released of edited.released) ready.push(strip.delayed(released))
      return next()
    }
    const value = strip.edited(frame, edited)
    return value ? { done: false as const, value } : next()
  }
  /** The engine has said all, so that looking ahead, which tells whether this is the last frame, waits for nobody. */
  const takeNearEnd = async (frame: Frame | undefined): Promise<IteratorResult<Frame, undefined>> => {
    ahead = frame && (await inner.next()).value
    const edited = frame && editSafely(frame, wrapping.edit)
    if (edited && 'last' in edited) return endWith(edited)
    const out =
      edited && 'released' in edited
        ? edited.released.map(strip.delayed)
        : [frame && strip.edited(frame, edited)]
    if (ahead) ready.push(...out.filter((one) => one !== undefined))
    else await finish([...out, wrapping.flush?.()])
    return next()
  }

  return {
    next,
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
): Frame | Released | Ending | undefined => {
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

/** Promise 5: from the first edited or withheld frame on, no frame has bytes. */
const createStripper = () => {
  let isEdited = false
  const stripped = (frame: Frame): Frame =>
    isEdited && wireOf(frame) ? { events: () => frame.events() } : frame
  return {
    edited: (before: Frame, after: Frame | undefined): Frame | undefined => {
      isEdited ||= after !== before
      return after && stripped(after)
    },
    /** One that was held back until now keeps its bytes, unless something was edited before it. */
    delayed: (frame: Frame): Frame => {
      isEdited ||= wireOf(frame) === undefined
      return stripped(frame)
    },
  }
}
