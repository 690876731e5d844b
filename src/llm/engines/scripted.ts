// A chat model that says what a test tells it to, at the pace the test's clock gives. Keeps every promise of the
// contract, so that whatever stands before an engine can be tested without one.

import type { Clock } from '../../core/index.js'
import type { ChatCall, ChatModel, ChatRequest, ModelFacts } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import { llmError } from '../messages.js'
import type { ScriptedAnswer } from './scripted-answer.js'
import { playAnswer } from './scripted-stream.js'

/** One answer for every call, one per call in order, or a function of the call. A string is an answer's text. */
export type Script =
  | string
  | ScriptedAnswer
  | readonly (string | ScriptedAnswer)[]
  | ((request: ChatRequest, call: ChatCall) => string | ScriptedAnswer | Promise<string | ScriptedAnswer>)

export interface ScriptedModel extends ChatModel {
  /** Every call so far, in order. */
  readonly calls: readonly { readonly request: ChatRequest; readonly call: ChatCall }[]
}

export interface ScriptedModelOptions {
  readonly id: string
  readonly script: Script
  /** Paces the pieces; a manual clock lets a test decide when each arrives. */
  readonly clock: Clock
  readonly facts?: Partial<ModelFacts>
}

/**
 * A scripted chat model. A list that is used up rejects further calls with `llm.script-exhausted`.
 * @example
 * const model = createScriptedModel({ id: 'small', script: ['Hello', { failBefore: error }], clock })
 */
export const createScriptedModel = ({ id, script, clock, facts }: ScriptedModelOptions): ScriptedModel => {
  const calls: { request: ChatRequest; call: ChatCall }[] = []
  const answerOf = async (request: ChatRequest, call: ChatCall): Promise<ScriptedAnswer> => {
    const answer = await pick(script, calls.length - 1, { id, request, call })
    return typeof answer === 'string' ? { text: answer } : answer
  }
  return {
    id,
    facts: {
      contextLength: 8192,
      tools: true,
      vision: false,
      languages: [],
      priceKey: id,
      ...facts,
    },
    calls,
    countTokens: estimateRequestTokens,
    open: async (request, call) => {
      calls.push({ request, call })
      return playAnswer({ id, answer: await answerOf(request, call), clock, request, call })
    },
  }
}

const pick = (script: Script, index: number, at: { id: string; request: ChatRequest; call: ChatCall }) => {
  if (typeof script === 'function') return script(at.request, at.call)
  if (!Array.isArray(script)) return script as string | ScriptedAnswer
  const answer = (script as readonly (string | ScriptedAnswer)[])[index]
  if (answer === undefined) throw llmError('llm.script-exhausted', { id: at.id, calls: script.length })
  return answer
}
