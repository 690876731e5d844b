// What an output guard holds of one answer: the texts of each choice, and its tool calls and citations until the
// choice is complete. Knows no stream.

import type { Verdict } from '../../guardrails/index.js'
import type { ChatEvent } from '../../llm/index.js'
import { type CheckText, guardJsonText } from '../guard-json.js'
import type { GuardPort } from '../ports.js'
import { createTextChannels, type GuardedText, type TextEvent } from './text-channels.js'

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>
type CitationEvent = Extract<ChatEvent, { readonly type: 'citation' }>

export interface OutputChannels {
  /** The event with as much of its text as may be sent, after what must come before it; see `TextChannels.push`. */
  pushText(event: TextEvent): readonly TextEvent[]
  hold(event: ToolCallEvent | CitationEvent): void
  /** Everything held back of one choice, or of all; afterwards that choice holds nothing. */
  release(choice?: number): readonly ChatEvent[]
  /** A text that came whole. */
  checkWhole(text: string): Verdict
  isBlocked(): boolean
  /** Goes on with a text that was guarded elsewhere until now, the first of its choice. */
  adopt(text: GuardedText): void
  /** Choices that have said something and were not released. */
  openChoices(): readonly number[]
}

interface Held {
  readonly calls: Map<number, ToolCallEvent[]>
  readonly citations: CitationEvent[]
}

export const createOutputChannels = (guard: GuardPort, policy: string): OutputChannels => {
  const texts = createTextChannels(guard, policy)
  const held = new Map<number, Held>()
  const open = new Set<number>()
  let isWholeBlocked = false

  const checkWhole: CheckText = (text) => {
    const verdict = guard.check({ policy, stage: 'output', source: 'tool', text })
    isWholeBlocked ||= verdict.action === 'block'
    return verdict
  }
  const heldOf = (choice: number) => {
    const known: Held = held.get(choice) ?? { calls: new Map(), citations: [] }
    held.set(choice, known)
    return known
  }
  const releaseChoice = (choice: number): readonly ChatEvent[] => {
    const { calls, citations } = heldOf(choice)
    open.delete(choice)
    held.delete(choice)
    const { events, firstChange } = texts.release(choice)
    return [
      ...events,
      ...[...calls.values()].flatMap((pieces) => guardToolCall(pieces, checkWhole)),
      // Offsets count the answer's characters: those behind a redaction no longer hold.
      ...citations.filter(({ end }) => end <= firstChange),
    ]
  }
  return {
    pushText: (event) => {
      open.add(event.choice)
      return texts.push(event)
    },
    hold: (event) => {
      open.add(event.choice)
      const { calls, citations } = heldOf(event.choice)
      if (event.type === 'citation') return void citations.push(event)
      const pieces = calls.get(event.index)
      if (pieces) pieces.push(event)
      else calls.set(event.index, [event])
    },
    release: (choice) => (choice === undefined ? [...open].flatMap(releaseChoice) : releaseChoice(choice)),
    checkWhole,
    isBlocked: () => isWholeBlocked || texts.isBlocked(),
    adopt: (text) => {
      if (!text.isOver) open.add(text.last.choice)
      texts.adopt(text)
    },
    openChoices: () => [...open],
  }
}

/** The pieces of one call; changed arguments stand whole in the first piece that had any, without the old tokens. */
const guardToolCall = (pieces: readonly ToolCallEvent[], check: CheckText): readonly ToolCallEvent[] => {
  const whole = pieces.map((piece) => piece.arguments).join('')
  const guarded = guardJsonText(whole, check)
  if (guarded === whole) return pieces
  const carrier = pieces.findIndex((piece) => piece.arguments !== '')
  return pieces.map(({ logprobs: _logprobs, ...piece }, i) => ({
    ...piece,
    arguments: i === carrier ? guarded : '',
  }))
}
