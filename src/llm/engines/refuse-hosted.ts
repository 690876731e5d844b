// What a request asks of the server of its own dialect: tools that run there, prompts and conversations that are kept
// there. An engine that speaks no dialect would pass it by without a word.

import type { ChatRequest, Dialect } from '../contract.js'
import { llmError } from '../messages.js'

/**
 * @param engine named in the error
 * @throws `llm.request-not-expressible` naming the field
 */
export const refuseHosted = ({ tools = [], extra, dialect }: ChatRequest, engine: string): void => {
  const hosted = tools.findIndex(({ item }) => item !== undefined)
  const kept = dialect === undefined ? undefined : keptFields[dialect]
  const isAsked = kept !== undefined && extra[kept] !== null && extra[kept] !== undefined
  const field = hosted >= 0 ? `tools[${hosted}]` : isAsked ? kept : undefined
  if (field !== undefined) throw llmError('llm.request-not-expressible', { field, dialect: engine })
}

const keptFields: Readonly<Partial<Record<Dialect, string>>> = {
  'openai-responses': 'prompt',
  'anthropic-messages': 'thread',
}
