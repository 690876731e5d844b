// Holds frames back until a guard has let go of all that they say, so that an answer in which nothing has to change
// goes on as it came, bytes and all. Ends where that cannot be told frame by frame. Knows no stream.

import type { StreamGuard } from '../../guardrails/index.js'
import { type ChatEvent, endsText, type Frame, gistOf, replaceText, splitFrame } from '../../llm/index.js'
import type { GuardedText, TextEvent } from './text-channels.js'

/** From here on frames cannot be delayed, and what the stream says has to be edited. */
export interface DelayEnd {
  /** Frames that may go on before it, as they came. */
  readonly before: readonly Frame[]
  /** What the frames that were held may say; with `isSeen`, also what the frame that ended it may. */
  readonly said: readonly ChatEvent[]
  /** Whether the guard was given the frame that ended it. */
  readonly isSeen: boolean
  /** Undefined where nothing was said. */
  readonly text: GuardedText | undefined
}

export interface FrameDelay {
  /** The frames that may go on now, as they came, or the end of it. */
  push(frame: Frame): readonly Frame[] | DelayEnd
  /** What is held when the stream ends without a finish. */
  end(): DelayEnd
}

/** More than this that may be said does not wait for the rest of its frame. */
const maxLateCharacters = 200

export const createFrameDelay = (createGuard: () => StreamGuard): FrameDelay => {
  /** Each with the offset in all that was said, behind it. */
  let held: { readonly frame: Frame; readonly end: number }[] = []
  let text: GuardedText | undefined
  /** What the guard has not let go of. */
  let waiting = ''
  /** What it let go of, and has not gone on. */
  let late = ''
  /** Characters that went on. */
  let sent = 0

  const endWith = (end: Partial<DelayEnd>): DelayEnd => {
    const said = cutTexts(
      held.flatMap(({ frame }) => frame.events()),
      late.length,
    )
    return { before: none, isSeen: true, text, ...end, said: [...said, ...(end.said ?? none)] }
  }
  /** Gives the guard what a frame says. @returns what it lets go of, which may be another text */
  const guarded = (events: readonly ChatEvent[]): string => {
    let released = ''
    for (const event of events) {
      if (event.type !== 'text' || event.text === '') continue
      const guard = text?.guard ?? createGuard()
      text = { guard, last: event, length: (text?.length ?? 0) + event.text.length, isOver: false }
      waiting += event.text
      released += guard.push(event.text)
    }
    if (!text || text.isOver || !events.some(isFinish)) return released
    text = { ...text, isOver: true }
    return released + text.guard.flush()
  }
  const release = (): readonly Frame[] => {
    const kept = held.findIndex(({ end }) => end > sent + late.length)
    const out = kept < 0 ? held : held.slice(0, kept)
    held = kept < 0 ? [] : held.slice(kept)
    const behind = out.at(-1)?.end ?? sent
    late = late.slice(behind - sent)
    sent = behind
    return out.map(({ frame }) => frame)
  }
  /** What begins an answer waits for nothing, nor does much of it. */
  const isLate = () => (sent === 0 ? late.trim() !== '' : late.length > maxLateCharacters)
  const splitHeld = () => {
    let end = sent
    held = held
      .flatMap(({ frame }) => splitFrame(frame))
      .map((frame) => {
        end += gistOf(frame).reduce((sum, event) => sum + (event.type === 'text' ? event.text.length : 0), 0)
        return { frame, end }
      })
  }

  return {
    push: (frame) => {
      const events = gistOf(frame)
      if (!events.every(isPlain) || (text?.isOver && events.some(saysText))) return endWith({ isSeen: false })
      const released = guarded(events)
      const isSame = text?.isOver ? released === waiting : waiting.startsWith(released)
      if (!isSame || text?.guard.isBlocked())
        return endWith({ said: withText(frame.events(), released, text?.last) })
      waiting = waiting.slice(released.length)
      late += released
      held.push({ frame, end: text?.length ?? 0 })
      const whole = release()
      if (!isLate()) return whole
      splitHeld()
      const before = [...whole, ...release()]
      return isLate() ? endWith({ before }) : before
    },
    end: () => endWith({}),
  }
}

const none: readonly never[] = []

const isFinish = ({ type }: ChatEvent) => type === 'finish'
const saysText = (event: ChatEvent) => event.type === 'text' && event.text !== ''

/** What an answer of one text is made of. */
const isPlain = (event: ChatEvent): boolean => {
  if (event.choice !== 0) return false
  if (event.type === 'text') return !endsText(event)
  return event.type === 'start' || event.type === 'finish' || event.type === 'usage'
}

/** The events with no more than the first `characters` of their texts. */
const cutTexts = (events: readonly ChatEvent[], characters: number): readonly ChatEvent[] => {
  let left = characters
  return events.flatMap((event): readonly ChatEvent[] => {
    if (event.type !== 'text') return [event]
    const piece = event.text.slice(0, left)
    left -= piece.length
    if (piece === event.text) return piece === '' ? none : [event]
    return piece === '' ? none : [replaceText(event, piece)]
  })
}

/** The events with `released` in the place of their texts; without any, it is said by an event like the last. */
const withText = (
  events: readonly ChatEvent[],
  released: string,
  last: TextEvent | undefined,
): readonly ChatEvent[] => {
  const first = events.find(saysText) as TextEvent | undefined
  const others = events.flatMap((event): readonly ChatEvent[] => {
    if (event.type !== 'text') return [event]
    return event === first && released !== '' ? [replaceText(event, released)] : none
  })
  return first || !last || released === '' ? others : [replaceText(last, released), ...others]
}
