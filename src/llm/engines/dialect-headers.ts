// Which of a client's headers are part of its request's dialect: the version it speaks and the features it opts into.
// Nothing else of a client's head reaches an engine.

import type { Dialect } from '../contract.js'

/**
 * Anthropic: docs.anthropic.com/en/api/versioning and /beta-headers. OpenAI: a feature still in beta is asked for by
 * `OpenAI-Beta`. Gemini has its versions in the path.
 */
const names: Readonly<Record<Dialect, readonly string[]>> = {
  'anthropic-messages': ['anthropic-version', 'anthropic-beta'],
  'openai-responses': ['openai-beta'],
  'openai-chat': ['openai-beta'],
  'openai-completions': ['openai-beta'],
  gemini: [],
}

/**
 * What `ChatCall.dialectHeaders` holds for a client's request.
 * @param headers as node:http gives them
 */
export const dialectHeaders = (
  dialect: Dialect,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names[dialect].flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, [value].flat().join(',')] as const]
    }),
  )
