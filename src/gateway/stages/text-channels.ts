// The texts of one answer under guard: one stream guard per choice and kind of text. Knows no tool call.

import type { StreamGuard } from '../../guardrails/index.js'
import { type ChatEvent, endsText, replaceText } from '../../llm/index.js'
import type { GuardPort } from '../ports.js'

export type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>

/** The text of an answer that has one, as a guard knows it. */
export interface GuardedText {
  readonly guard: StreamGuard
  /** The latest event that brought text. */
  readonly last: TextEvent
  /** Characters that the guard was given. */
  readonly length: number
  /** Whether the guard was told of its end. */
  readonly isOver: boolean
}

interface Channel {
  readonly guard: StreamGuard
  /** The latest event that brought text: what is released later keeps its envelope. */
  last: TextEvent
}

export interface TextChannels {
  /**
   * The event with as much of its text as may be sent; nothing when all of it is held back. Where it begins the
   * answer after thoughts, or closes its own, what was held back comes before it, since later it would be out of place.
   */
  push(event: TextEvent): readonly TextEvent[]
  /** What was held back of a choice, and where its text was first changed (offset; infinity when nowhere). */
  release(choice: number): { readonly events: readonly TextEvent[]; readonly firstChange: number }
  isBlocked(): boolean
  /** Goes on with a text that was guarded elsewhere until now, the first of its choice. */
  adopt(text: GuardedText): void
}

export const createTextChannels = (guard: GuardPort, policy: string): TextChannels => {
  const channels = new Map<string, Channel>()
  /** The kind of text that a choice is saying. */
  const current = new Map<number, string>()
  const changes = createChanges()
  let blocked = false
  const note = ({ guard: checked }: Channel) => {
    blocked ||= checked.isBlocked()
  }
  const flush = (key: string): readonly TextEvent[] => {
    const channel = channels.get(key)
    if (!channel) return []
    channels.delete(key)
    const rest = channel.guard.flush()
    note(channel)
    if (channel.last.type === 'text') changes.add(channel.last.choice, channel.guard)
    return rest === '' ? [] : [replaceText(channel.last, rest)]
  }
  const guarded = (event: TextEvent, key: string): readonly TextEvent[] => {
    const channel = channels.get(key) ?? { guard: guard.createStreamGuard({ policy }), last: event }
    channels.set(key, channel)
    if (event.text !== '') channel.last = event
    if (event.type === 'text') changes.count(event.choice, event.text.length)
    const released = channel.guard.push(event.text)
    note(channel)
    if (released === event.text && !hasOnlyCopies(event)) return [event]
    return released === '' && event.text !== '' ? [] : [replaceText(event, released)]
  }
  return {
    push: (event) => {
      const key = keyOf(event)
      if (endsText(event)) return [...flush(key), event]
      const before = current.get(event.choice)
      if (before === key || event.text === '') return guarded(event, key)
      current.set(event.choice, key)
      // An answer that comes back to its text goes on where it was: nothing is split over what stands between.
      const isThought = before === `${event.choice}/reasoning`
      return isThought ? [...flush(before), ...guarded(event, key)] : guarded(event, key)
    },
    release: (choice) => {
      const events = [...channels].flatMap(([key, { last }]) => (last.choice === choice ? flush(key) : []))
      return { events, firstChange: changes.firstOf(choice) }
    },
    isBlocked: () => blocked,
    adopt: ({ guard: checked, last, length, isOver }) => {
      const channel = { guard: checked, last }
      changes.count(last.choice, length)
      note(channel)
      current.set(last.choice, keyOf(last))
      if (isOver) changes.add(last.choice, checked)
      else channels.set(keyOf(last), channel)
    },
  }
}

const keyOf = ({ choice, type }: TextEvent) => `${choice}/${type}`

/** Where the text of each choice was first changed, over all the guards that have seen a part of it. */
const createChanges = () => {
  const texts = new Map<number, { length: number; begun: number; first: number }>()
  const of = (choice: number) => {
    const known = texts.get(choice) ?? { length: 0, begun: 0, first: Number.POSITIVE_INFINITY }
    texts.set(choice, known)
    return known
  }
  return {
    count: (choice: number, characters: number) => {
      of(choice).length += characters
    },
    /** A guard has seen all that came since the one before. */
    add: (choice: number, guard: StreamGuard) => {
      const text = of(choice)
      text.first = Math.min(text.first, text.begun + firstChangeOf(guard))
      text.begun = text.length
    },
    firstOf: (choice: number) => of(choice).first,
  }
}

/** Log probabilities that come without their text repeat one that may have been redacted. */
const hasOnlyCopies = (event: TextEvent) =>
  event.text === '' && event.type !== 'reasoning' && event.logprobs !== undefined

const firstChangeOf = (guard: StreamGuard): number => {
  const { action, findings } = guard.verdict()
  return action === 'allow' ? Number.POSITIVE_INFINITY : Math.min(...findings.map(({ start }) => start))
}
