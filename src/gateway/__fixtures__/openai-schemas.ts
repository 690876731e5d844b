// What OpenAI's own API description says of an answer of /v1/responses, /v1/conversations, /v1/files and /v1/batches.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createSseParser } from '../../llm/index.js'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./openai-${name}-schemas.json`, import.meta.url), 'utf8')).$defs
const $defs = { ...read('responses'), ...read('batch') }
const ajv = new Ajv2020({ strict: false, allErrors: false }).addSchema({ $id: 'openai', $defs })

/** What is wrong with a value by one of the schemas; empty when nothing is. */
const problemsOf = (name: string, value: unknown): readonly string[] => {
  const validate = ajv.getSchema(`openai#/$defs/${name}`)
  if (!validate) throw new Error(`no schema ${name}`)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${name}${instancePath} ${message} in ${JSON.stringify(value)}`,
  )
}

const eventSchemas = new Map<string, string>(
  $defs.ResponseStreamEvent.anyOf.map(({ $ref }: { $ref: string }) => {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return [$defs[name].properties.type.enum[0], name]
  }),
)

/**
 * What is wrong with the body of a successful answer, whatever it holds.
 * @param url of the request; a stream begins behind its `starting_after`
 */
export const problemsOfAnswer = (url: URL, contentType: string, body: string): readonly string[] => {
  const after = Number(url.searchParams.get('starting_after') ?? -1)
  if (contentType.startsWith('text/event-stream'))
    return createSseParser()
      .push(Buffer.from(body))
      .flatMap(({ event, data }, i) => {
        const value = JSON.parse(data)
        const name = eventSchemas.get(value.type) ?? 'ResponseStreamEvent'
        const isNamed = event === value.type && value.sequence_number === after + 1 + i
        return [...(isNamed ? [] : [`event ${i} is called ${event}: ${data}`]), ...problemsOf(name, value)]
      })
  const value = JSON.parse(body)
  // The description says nothing of what a deletion answers.
  if (value.object === 'response' && value.deleted) return []
  return problemsOf(schemaOf(url.pathname, value), value)
}

const schemaOf = (path: string, value: { readonly object?: string; readonly deleted?: boolean }): string => {
  if (path === '/v1/files' && value.object === 'list') return 'ListFilesResponse'
  if (path === '/v1/batches' && value.object === 'list') return 'ListBatchesResponse'
  if (path.startsWith('/v1/files')) return value.deleted ? 'DeleteFileResponse' : 'OpenAIFile'
  if (path.startsWith('/v1/uploads')) return path.endsWith('/parts') ? 'UploadPart' : 'Upload'
  if (path.startsWith('/v1/batches')) return 'Batch'
  if (path.endsWith('/input_items')) return 'ResponseItemList'
  if (path.endsWith('/input_tokens')) return 'TokenCountsResource'
  if (value.object === 'response.compaction') return 'CompactResource'
  if (value.object === 'list') return 'ConversationItemList'
  if (value.object === 'conversation') return 'ConversationResource'
  if (value.object === 'conversation.deleted') return 'DeletedConversationResource'
  return value.object === 'response' ? 'Response' : 'ConversationItem'
}
