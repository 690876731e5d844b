// Promise 12: a whole answer at once, for callers that do not stream.

import { ArchitectError } from '../core/index.js'
import { withAttempts } from './attempts.js'
import type { AnsweredBy, ChatCall, ChatEvent, ChatModel, ChatRequest, Outcome } from './contract.js'

/** One choice of an answer, put together. */
export interface AnswerChoice {
  readonly choice: number
  readonly text: string
  readonly refusal: string
  readonly reasoning: string
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly citations: readonly Extract<ChatEvent, { readonly type: 'citation' }>[]
  /** Undefined when the answer broke off. */
  readonly finish?: string
}

/** A whole answer, put together, with the events it was made of. */
export interface Answer {
  readonly answeredBy: AnsweredBy
  /** In order of their number; at least one when anything was said. */
  readonly choices: readonly AnswerChoice[]
  readonly events: readonly ChatEvent[]
  readonly outcome: Outcome
}

const partialAnswers = new WeakMap<ArchitectError, Answer>()

/** What had been said when `generate` rejected; undefined when nothing had. */
export const partialAnswerOf = (error: unknown): Answer | undefined =>
  error instanceof ArchitectError ? partialAnswers.get(error) : undefined

/**
 * Opens, reads to the end and puts the answer together.
 * @throws what `open` throws, and the error of an `error` event; `partialAnswerOf` and `attemptsOf` tell the rest
 * @example
 * const { choices } = await generate(model, request, call)
 */
export const generate = async (model: ChatModel, request: ChatRequest, call: ChatCall): Promise<Answer> => {
  const stream = await model.open(request, call)
  const events: ChatEvent[] = []
  for await (const frame of stream.frames) events.push(...frame.events())
  const outcome = await stream.outcome
  const answer: Answer = {
    answeredBy: stream.answeredBy,
    choices: collectChoices(events),
    events,
    outcome,
  }
  const failure = events.find((event) => event.type === 'error')?.error ?? outcome.error
  if (!failure) return answer
  const error = withAttempts(failure, outcome.attempts)
  partialAnswers.set(error, answer)
  throw error
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type ToolCallDraft = Mutable<AnswerChoice['toolCalls'][number]>
type Draft = Mutable<Omit<AnswerChoice, 'toolCalls' | 'citations'>> & {
  toolCalls: ToolCallDraft[]
  citations: Extract<ChatEvent, { readonly type: 'citation' }>[]
}

/** Puts the events of an answer together, choice by choice. */
export const collectChoices = (events: readonly ChatEvent[]): readonly AnswerChoice[] => {
  const drafts = new Map<number, Draft>()
  for (const event of events) {
    if (event.type === 'usage' || event.type === 'error') continue
    const draft = drafts.get(event.choice) ?? emptyDraft(event.choice)
    drafts.set(event.choice, draft)
    addEvent(draft, event)
  }
  return [...drafts.values()].sort((a, b) => a.choice - b.choice)
}

const emptyDraft = (choice: number): Draft => ({
  choice,
  text: '',
  refusal: '',
  reasoning: '',
  toolCalls: [],
  citations: [],
})

const addEvent = (draft: Draft, event: ChatEvent) => {
  if (event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning')
    draft[event.type] += event.text
  else if (event.type === 'finish') draft.finish = event.reason
  else if (event.type === 'citation') draft.citations.push(event)
  else if (event.type === 'tool-call') {
    const call = draft.toolCalls[event.index] ?? { id: '', name: '', arguments: '' }
    draft.toolCalls[event.index] = call
    call.id ||= event.id ?? ''
    call.name ||= event.name ?? ''
    call.arguments += event.arguments
  }
}
