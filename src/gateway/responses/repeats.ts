// What a response says of the request it answers.

import { type Fields, isListOf, isObject, isText } from '../check-fields.js'

export interface ResponseFacts {
  readonly id: string
  readonly isKept: boolean
  readonly isBackground: boolean
  readonly previousId: string | null
  readonly conversationId: string | null
}

export const repeatsOf = (fields: Fields, facts: ResponseFacts): Fields => ({
  id: facts.id,
  model: fields.model,
  background: facts.isBackground,
  conversation: facts.conversationId === null ? null : { id: facts.conversationId },
  instructions: fields.instructions ?? null,
  max_output_tokens: fields.max_output_tokens ?? null,
  max_tool_calls: fields.max_tool_calls ?? null,
  metadata: fields.metadata ?? {},
  parallel_tool_calls: fields.parallel_tool_calls ?? true,
  previous_response_id: facts.previousId,
  reasoning: { effort: null, summary: null, ...objectOf(fields.reasoning) },
  store: facts.isKept,
  temperature: fields.temperature ?? null,
  text: { ...objectOf(fields.text), format: objectOf(fields.text).format ?? { type: 'text' } },
  tool_choice: fields.tool_choice ?? 'auto',
  tools: toolsOf(fields.tools),
  top_logprobs: fields.top_logprobs ?? 0,
  top_p: fields.top_p ?? null,
  truncation: fields.truncation ?? 'disabled',
  ...Object.fromEntries(labels.filter((name) => isText(fields[name])).map((name) => [name, fields[name]])),
})

const labels = ['user', 'safety_identifier', 'prompt_cache_key']

const objectOf = (value: unknown): Fields => (isObject(value) ? value : {})

/** With the fields that a tool of a response always has. */
const toolsOf = (tools: unknown): readonly Fields[] =>
  isListOf(isObject)(tools)
    ? (tools as readonly Fields[]).map((tool) =>
        tool.type === 'function' ? { description: null, parameters: null, strict: null, ...tool } : tool,
      )
    : []
