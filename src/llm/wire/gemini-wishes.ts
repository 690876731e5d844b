// What Gemini's requests and those of other APIs have under different names, beside the settings that every request
// has: how much to think, penalties, and from how many tokens the next one is drawn.
// https://ai.google.dev/api/generate-content#GenerationConfig, https://ai.google.dev/gemini-api/docs/thinking

import type { ChatRequest } from '../contract.js'
import { compact, type Fields, isEmpty, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { clientName, notExpressible } from './foreign-fields.js'
import { takeSpokenFields } from './openai-shared-fields.js'

const dialect = 'gemini'

export interface GeminiWishes {
  /** The request without them. */
  readonly request: ChatRequest
  /** As `generationConfig` has them. */
  readonly config: Fields
}

/** @throws `llm.request-not-expressible` for what Gemini has no word for */
export const writeWishes = (given: ChatRequest): GeminiWishes => {
  if (given.dialect === undefined || given.dialect === dialect) return { request: given, config: {} }
  const { request, fields } = takeSpokenFields(given)
  refuseUnspeakable(request, fields)
  const { presence_penalty, frequency_penalty, top_k, thinking, ...extra } = request.extra
  const budget = budgetOf(thinking)
  const level = fields.reasoning_effort === undefined ? undefined : writeEffort(fields.reasoning_effort)
  return {
    request: {
      ...request,
      extra: { ...extra, ...(thinking !== undefined && budget === undefined && { thinking }) },
    },
    config: compact({
      presencePenalty: presence_penalty ?? undefined,
      frequencyPenalty: frequency_penalty ?? undefined,
      topK: top_k ?? undefined,
      thinkingConfig: budget ?? level,
    }),
  }
}

const refuseUnspeakable = ({ dialect: from, tools, toolChoice }: ChatRequest, fields: Fields) => {
  const refuse = (field: string) => notExpressible(clientName(from, field), dialect)
  const hasTools = (tools?.length ?? 0) > 0 && toolChoice !== 'none'
  if (fields.parallel_tool_calls === false && hasTools) refuse('parallel_tool_calls')
  if (fields.verbosity !== undefined) refuse('verbosity')
  const { reasoning_effort: effort } = fields
  if (effort !== undefined && effort !== 'none' && !levels.has(effort)) refuse('reasoning_effort')
}

const levels: ReadonlySet<unknown> = new Set(['minimal', 'low', 'medium', 'high'])

const writeEffort = (effort: unknown): Fields =>
  effort === 'none' ? { thinkingBudget: 0 } : { thinkingLevel: String(effort).toUpperCase() }

/** The Messages API shows what was thought, where its client asks for a budget. */
const budgetOf = (thinking: unknown): Fields | undefined => {
  const { type, budget_tokens, ...others } = objectOf(thinking) ?? {}
  return type === 'enabled' && typeof budget_tokens === 'number' && isEmpty(others)
    ? { thinkingBudget: budget_tokens, includeThoughts: true }
    : undefined
}

export interface TakenWishes {
  readonly request: ChatRequest
  /** As chat completions have them. */
  readonly fields: Fields
  /** Tokens to think with, where a number was given. */
  readonly budget?: number
  readonly topK?: number
}

/**
 * Of a request of Gemini's, in the words of chat completions. What the other API cannot say stays in the request.
 * @param sayable what it can
 */
export const takeWishes = (
  request: ChatRequest,
  sayable: ReadonlySet<'penalties' | 'budget' | 'topK'>,
): TakenWishes => {
  const config = objectOf(request.extra.generationConfig)
  if (request.dialect !== dialect || !config) return { request, fields: {} }
  const taken = new Set<string>()
  const take = (...names: readonly string[]) => {
    const name = names.find((each) => config[each] !== undefined)
    if (name !== undefined) taken.add(name)
    return name === undefined ? undefined : config[name]
  }
  const penalties = sayable.has('penalties') && {
    presence_penalty: take('presencePenalty', 'presence_penalty'),
    frequency_penalty: take('frequencyPenalty', 'frequency_penalty'),
  }
  const topK = sayable.has('topK') ? numberOf(take('topK', 'top_k')) : undefined
  const thinking = readThinking(config.thinkingConfig ?? config.thinking_config, sayable.has('budget'))
  if (thinking) take('thinkingConfig', 'thinking_config')
  const left = restOf(config, taken)
  const { generationConfig: _all, ...extra } = request.extra
  return {
    request: { ...request, extra: { ...extra, ...(!isEmpty(left) && { generationConfig: left }) } },
    fields: compact({ ...penalties, reasoning_effort: thinking?.effort }),
    ...compact({ budget: thinking?.budget, topK }),
  }
}

/** Whether thoughts come with the answer is a wish, and up to the server; -1 leaves the budget to the model. */
const readThinking = (
  value: unknown,
  mayHaveBudget: boolean,
): { readonly effort?: string; readonly budget?: number } | undefined => {
  const known = new Set(['includeThoughts', 'include_thoughts'])
  const { thinkingLevel, thinking_level, thinkingBudget, thinking_budget, ...others } = objectOf(value) ?? {}
  if (value === undefined || !isEmpty(restOf(others, known))) return undefined
  const level = stringOf(thinkingLevel ?? thinking_level)?.toLowerCase()
  const budget = numberOf(thinkingBudget ?? thinking_budget)
  if (level !== undefined) return levels.has(level) && budget === undefined ? { effort: level } : undefined
  if (budget === undefined || budget === -1) return {}
  if (mayHaveBudget) return { budget }
  return budget === 0 ? { effort: 'none' } : undefined
}
