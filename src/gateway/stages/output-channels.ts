// What an output guard holds of one answer: a stream guard per text of each choice, tool calls and citations
// until their choice is complete. Knows no stream.

import type { StreamGuard, Verdict } from '../../guardrails/index.js'
import { type ChatEvent, replaceText } from '../../llm/index.js'
import { guardJsonText } from '../guard-json.js'
import type { GuardPort } from '../ports.js'

type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>
type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>
type CitationEvent = Extract<ChatEvent, { readonly type: 'citation' }>

interface Channel {
  readonly guard: StreamGuard
  /** The text's latest event: what is released later keeps its envelope. */
  last: TextEvent
}

export interface OutputChannels {
  /** The event with as much of its text as may be sent; undefined when all of it is held back. */
  pushText(event: TextEvent): TextEvent | undefined
  hold(event: ToolCallEvent | CitationEvent): void
  /** Everything held back of one choice, or of all; afterwards that choice holds nothing. */
  release(choice?: number): readonly ChatEvent[]
  /** A text that came whole. */
  checkWhole(text: string): Verdict
  isBlocked(): boolean
  /** Choices that have said something and were not released. */
  openChoices(): readonly number[]
}

export const createOutputChannels = (guard: GuardPort, policy: string): OutputChannels => {
  const channels = new Map<string, Channel>()
  const toolCalls = new Map<string, ToolCallEvent[]>()
  const citations: CitationEvent[] = []
  const open = new Set<number>()
  let blocked = false

  const checkWhole = (text: string) => {
    const verdict = guard.check({ policy, stage: 'output', source: 'tool', text })
    blocked ||= verdict.action === 'block'
    return verdict
  }
  const note = (channel: Channel) => {
    blocked ||= channel.guard.verdict().action === 'block'
  }
  const pushText = (event: TextEvent) => {
    open.add(event.choice)
    const key = `${event.choice}/${event.type}`
    const channel = channels.get(key) ?? { guard: guard.createStreamGuard({ policy }), last: event }
    channels.set(key, channel)
    channel.last = event
    const released = channel.guard.push(event.text)
    note(channel)
    const isCopyFree = event.text !== '' || event.type === 'reasoning' || event.logprobs === undefined
    if (released === event.text && isCopyFree) return event
    return released === '' && event.text !== '' ? undefined : replaceText(event, released)
  }
  const releaseTexts = (choice: number): readonly ChatEvent[] =>
    [...channels].flatMap(([key, channel]) => {
      if (channel.last.choice !== choice) return []
      channels.delete(key)
      const rest = channel.guard.flush()
      note(channel)
      return [...(rest === '' ? [] : [replaceText(channel.last, rest)]), ...releaseCitations(choice, channel)]
    })
  /** Offsets count the answer's characters: those behind a redaction no longer hold, and are dropped. */
  const releaseCitations = (choice: number, { last, guard: checked }: Channel): readonly CitationEvent[] => {
    if (last.type !== 'text') return []
    const { action, findings } = checked.verdict()
    const firstChange =
      action === 'allow' ? Number.POSITIVE_INFINITY : Math.min(...findings.map((f) => f.start))
    return takeCitations(choice).filter(({ end }) => end <= firstChange)
  }
  const takeCitations = (choice: number) => {
    const taken = citations.filter((citation) => citation.choice === choice)
    for (const citation of taken) citations.splice(citations.indexOf(citation), 1)
    return taken
  }
  const releaseToolCalls = (choice: number): readonly ChatEvent[] =>
    [...toolCalls].flatMap(([key, pieces]) => {
      if (pieces[0]?.choice !== choice) return []
      toolCalls.delete(key)
      return guardToolCall(pieces, checkWhole)
    })
  const releaseChoice = (choice: number): readonly ChatEvent[] => {
    open.delete(choice)
    return [...releaseTexts(choice), ...releaseToolCalls(choice), ...takeCitations(choice)]
  }

  return {
    pushText,
    hold: (event) => {
      open.add(event.choice)
      if (event.type === 'citation') return void citations.push(event)
      const key = `${event.choice}/${event.index}`
      const pieces = toolCalls.get(key)
      if (pieces) pieces.push(event)
      else toolCalls.set(key, [event])
    },
    release: (choice) => (choice === undefined ? [...open].flatMap(releaseChoice) : releaseChoice(choice)),
    checkWhole,
    isBlocked: () => blocked,
    openChoices: () => [...open],
  }
}

/** The pieces of one call; changed arguments stand whole in the first piece that had any. */
const guardToolCall = (
  pieces: readonly ToolCallEvent[],
  check: Parameters<typeof guardJsonText>[1],
): readonly ToolCallEvent[] => {
  const whole = pieces.map((piece) => piece.arguments).join('')
  const guarded = guardJsonText(whole, check)
  if (guarded === whole) return pieces
  const carrier = pieces.findIndex((piece) => piece.arguments !== '')
  return pieces.map((piece, i) => ({ ...piece, arguments: i === carrier ? guarded : '' }))
}
