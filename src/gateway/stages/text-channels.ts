// The texts of one answer under guard: one stream guard per choice and kind of text. Knows no tool call.

import type { StreamGuard } from '../../guardrails/index.js'
import { type ChatEvent, replaceText } from '../../llm/index.js'
import type { GuardPort } from '../ports.js'

export type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>

interface Channel {
  readonly guard: StreamGuard
  /** The text's latest event: what is released later keeps its envelope. */
  last: TextEvent
}

export interface TextChannels {
  /** The event with as much of its text as may be sent; undefined when all of it is held back. */
  push(event: TextEvent): TextEvent | undefined
  /** What was held back of a choice, and where its text was first changed (offset; infinity when nowhere). */
  release(choice: number): { readonly events: readonly TextEvent[]; readonly firstChange: number }
  isBlocked(): boolean
}

export const createTextChannels = (guard: GuardPort, policy: string): TextChannels => {
  const channels = new Map<string, Channel>()
  let blocked = false
  const note = ({ guard: checked }: Channel) => {
    blocked ||= checked.verdict().action === 'block'
  }
  return {
    push: (event) => {
      const key = `${event.choice}/${event.type}`
      const channel = channels.get(key) ?? { guard: guard.createStreamGuard({ policy }), last: event }
      channels.set(key, channel)
      channel.last = event
      const released = channel.guard.push(event.text)
      note(channel)
      if (released === event.text && !hasOnlyCopies(event)) return event
      return released === '' && event.text !== '' ? undefined : replaceText(event, released)
    },
    release: (choice) => {
      const events: TextEvent[] = []
      let firstChange = Number.POSITIVE_INFINITY
      for (const [key, channel] of channels) {
        if (channel.last.choice !== choice) continue
        channels.delete(key)
        const rest = channel.guard.flush()
        note(channel)
        if (rest !== '') events.push(replaceText(channel.last, rest))
        if (channel.last.type === 'text') firstChange = firstChangeOf(channel.guard)
      }
      return { events, firstChange }
    },
    isBlocked: () => blocked,
  }
}

/** Log probabilities that come without their text repeat one that may have been redacted. */
const hasOnlyCopies = (event: TextEvent) =>
  event.text === '' && event.type !== 'reasoning' && event.logprobs !== undefined

const firstChangeOf = (guard: StreamGuard): number => {
  const { action, findings } = guard.verdict()
  return action === 'allow' ? Number.POSITIVE_INFINITY : Math.min(...findings.map(({ start }) => start))
}
