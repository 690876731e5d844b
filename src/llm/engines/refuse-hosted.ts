// What a request asks of the server of its own dialect: tools that run there, prompts that are stored there. An engine
// that speaks no dialect would pass it by without a word.

import type { ChatRequest } from '../contract.js'
import { llmError } from '../messages.js'

/**
 * @param engine named in the error
 * @throws `llm.request-not-expressible` naming the field
 */
export const refuseHosted = ({ tools = [], extra, dialect }: ChatRequest, engine: string): void => {
  const hosted = tools.findIndex(({ item }) => item !== undefined)
  const field =
    hosted >= 0
      ? `tools[${hosted}]`
      : dialect === 'openai-responses' && extra.prompt != null
        ? 'prompt'
        : undefined
  if (field !== undefined) throw llmError('llm.request-not-expressible', { field, dialect: engine })
}
