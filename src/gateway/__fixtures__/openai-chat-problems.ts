// What OpenAI's own API description says of an answer of chat completions, completions, embeddings, models and
// moderations, and of an error, whether it is a whole answer or an event of a stream.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createSseParser } from '../../llm/index.js'

const { $defs } = JSON.parse(readFileSync(new URL('./openai-chat-schemas.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema({ $id: 'openai-chat', $defs })

const problemsOf = (name: string, value: unknown): readonly string[] => {
  const validate = ajv.getSchema(`openai-chat#/$defs/${name}`)
  if (!validate) throw new Error(`no schema ${name}`)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${name}${instancePath} ${message} in ${JSON.stringify(value)}`,
  )
}

/** By path: what a whole answer is, and what an event of a stream. */
const schemas: readonly (readonly [RegExp, string, string?])[] = [
  [/\/chat\/completions$/, 'CreateChatCompletionResponse', 'CreateChatCompletionStreamResponse'],
  [/\/completions$/, 'CreateCompletionResponse', 'CreateCompletionResponse'],
  [/\/embeddings$/, 'CreateEmbeddingResponse'],
  [/\/models$/, 'ListModelsResponse'],
  [/\/models\/[^/]+$/, 'Model'],
  [/\/moderations$/, 'CreateModerationResponse'],
]

export interface Answered {
  readonly path: string
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What is wrong with an answer; empty when nothing is. */
export const problemsOfChatAnswer = ({ path, status, contentType, body }: Answered): readonly string[] => {
  if (status >= 400) return problemsOf('ErrorResponse', JSON.parse(body))
  const [, whole = '', piece = ''] = schemas.find(([pattern]) => pattern.test(path)) ?? []
  if (!contentType.startsWith('text/event-stream')) return problemsOf(whole, JSON.parse(body))
  const events = createSseParser().push(Buffer.from(body))
  return events.flatMap(({ data }, i) => {
    if (data === '[DONE]') return i === events.length - 1 ? [] : [`[DONE] is event ${i} of ${events.length}`]
    const value = JSON.parse(data)
    const problems = problemsOf('error' in value ? 'ErrorResponse' : piece, value)
    // The description has one shape for whole completions and for their pieces; a piece has no finish yet.
    return problems.filter((problem) => !/^CreateCompletionResponse.*\/finish_reason /.test(problem))
  })
}
