// When a step of a cascade is passed over, and when its answer is not good enough. Pure.

import { languageOfText } from '../../core/index.js'
import type { AnswerChoice, ChatEvent, ChatRequest, ModelFacts, TaskFacts } from '../../llm/index.js'
import { questionOf } from '../request-text.js'

/** Why the next step of a cascade is asked. */
export type Escalation =
  /** Known before asking: */
  | 'tool-not-offered'
  | 'not-a-question'
  | 'other-language'
  /** Known from the answer: */
  | 'failed'
  | 'out-of-scope'
  | 'unsure'
  | 'unmeasured'

/** Why a model is not asked at all; undefined when it may be. */
export const passedOver = (facts: ModelFacts, request: ChatRequest): Escalation | undefined => {
  if (facts.task && !offers(request, facts.task)) return 'tool-not-offered'
  // The result of a tool, or several answers to choose from, are for a model that can talk.
  if (facts.task && (request.messages.at(-1)?.role !== 'user' || (request.choices ?? 1) > 1))
    return 'not-a-question'
  return speaks(facts.languages, questionOf(request)) ? undefined : 'other-language'
}

const offers = ({ tools = [], toolChoice = 'auto' }: ChatRequest, { tool }: TaskFacts): boolean =>
  toolChoice !== 'none' &&
  (typeof toolChoice === 'string' || toolChoice.name === tool) &&
  tools.some(({ name }) => name === tool)

/** Of scripts other than Han and Latin nothing is assumed: only a model that names no language is asked. */
const speaks = (languages: readonly string[], text: string): boolean => {
  if (languages.length === 0) return true
  const primary = languageOfText(text) === 'zh-TW' ? 'zh' : isLatin(text) ? 'en' : undefined
  return primary !== undefined && languages.some((tag) => tag.split('-')[0]?.toLowerCase() === primary)
}

/** Whether four fifths of the letters are Latin. */
const isLatin = (text: string): boolean => {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0
  return latin >= letters * 0.8
}

/**
 * The probability of an answer's least certain token, in 0..1; undefined when the engine told none.
 * Of the simple rules of deferral a low quantile of the token probabilities ranks answers best, and the lowest is
 * the one that also holds for an answer in which a single token decides (Gupta et al., "Language Model Cascades:
 * Token-level uncertainty and beyond", arXiv 2404.10136, section 4).
 */
export const confidenceOf = (events: readonly ChatEvent[]): number | undefined => {
  let least: number | undefined
  for (const event of events)
    for (const { logprob } of logprobsOf(event)) least = Math.min(least ?? 0, logprob)
  return least === undefined ? undefined : Math.exp(least)
}

const logprobsOf = (event: ChatEvent) => ('logprobs' in event ? (event.logprobs ?? []) : [])

/** Why an answer is not good enough; undefined when it is. */
export const refused = (
  { task }: ModelFacts,
  answer: { readonly choices: readonly AnswerChoice[]; readonly events: readonly ChatEvent[] },
  escalateBelow: number,
): Escalation | undefined => {
  if (task) {
    const call = answer.choices[0]?.toolCalls.find(({ name }) => name === task.tool)
    if (!call) return 'failed'
    if (task.outOfScope && hasArguments(call.arguments, task.outOfScope)) return 'out-of-scope'
  }
  const confidence = confidenceOf(answer.events)
  if (confidence === undefined) return 'unmeasured'
  return confidence < escalateBelow ? 'unsure' : undefined
}

/** Whether the call has all the given arguments; an unreadable call has none of them. */
const hasArguments = (json: string, wanted: Readonly<Record<string, unknown>>): boolean => {
  try {
    const given = JSON.parse(json) as Record<string, unknown> | null
    return Object.entries(wanted).every(([name, value]) => given?.[name] === value)
  } catch {
    return false
  }
}
