// /v1/batches in OpenAI's shape: requests in a file, answers in a file.

import { type Batch, type BatchProblem, errorFileOf, outputFileOf } from '../../batches/index.js'
import { type Language, languageOfHeader, type Renderer } from '../../core/index.js'
import type { Authenticate } from '../authenticate.js'
import { checkFields, type FieldRules, type Fields, isText, object, rule } from '../check-fields.js'
import type { Exchange } from '../exchange.js'
import { expirySeconds } from '../file-api/file-endpoints.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { BatchPort, FilePort } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import { metadata } from '../responses/response-rules.js'
import type { Endpoint } from '../router.js'
import { sendJson } from '../send.js'
import { handlersOf, nameOf, type StoredWork, stored } from '../stored.js'
import { cursorUnknown, openaiList, pageQueryOf } from '../tenant-page.js'

export interface OpenAiBatchDeps {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
  readonly batches: BatchPort
  readonly files: Pick<FilePort, 'find'>
  readonly render: Renderer
}

/** Where the requests of a batch may go. */
export const batchEndpoints = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/moderations',
]

export const openaiBatchEndpoints = (deps: OpenAiBatchDeps): readonly Endpoint[] => {
  const all = '/v1/batches'
  const one = `${all}/{id}`
  const asked = handlersOf(deps)
  return [
    { method: 'POST', path: all, handle: asked(create) },
    { method: 'GET', path: all, handle: asked(list) },
    { method: 'GET', path: one, handle: asked(show) },
    { method: 'POST', path: `${one}/cancel`, handle: asked(cancel) },
  ]
}

type Work = StoredWork<OpenAiBatchDeps>

const dialect = 'openai'
const endpointList = batchEndpoints.map((path) => `"${path}"`)
const creation: FieldRules = {
  required: {
    input_file_id: rule('the id of a file', '檔案的 id', (value) => isText(value) && value !== ''),
    endpoint: rule(
      `one of ${endpointList.join(', ')}`,
      `下列之一：${endpointList.join('、')}`,
      (value) => isText(value) && batchEndpoints.includes(value),
    ),
    completion_window: rule('"24h"', '"24h"', (value) => value === '24h'),
  },
  optional: { metadata, output_expires_after: object },
}
const expiry: FieldRules = {
  required: {
    anchor: rule('"created_at"', '"created_at"', (value) => value === 'created_at'),
    seconds: expirySeconds,
  },
}

const create: Work = async (deps, { exchange, caller }) => {
  const bytes = await deps.bodies.read(exchange.request, exchange.response)
  let fields: Fields
  try {
    fields = checkFields(parseJson(bytes), creation)
  } finally {
    deps.bodies.release(bytes.length)
  }
  const after = fields.output_expires_after as { readonly seconds: number } | null | undefined
  if (after) checkFields(after, expiry)
  const inputFileId = nameOf(String(fields.input_file_id))
  const file = await stored(deps.files.find(caller.tenant, inputFileId))
  if (!file)
    throw gatewayError('gateway.stored-not-found', { kind: 'file', id: inputFileId, field: 'input_file_id' })
  const isForBatches = rule(
    'a file of the purpose "batch"',
    '用途為 "batch" 的檔案',
    () => file.purpose === 'batch',
  )
  checkFields(fields, { required: { input_file_id: isForBatches } })
  const batch = await stored(
    deps.batches.create(caller, {
      dialect,
      endpoint: String(fields.endpoint),
      inputFileId,
      metadata: (fields.metadata ?? null) as Fields | null,
      outputExpiresAfterMs: after ? after.seconds * 1000 : null,
      lines: [],
    }),
  )
  answer(deps, exchange, batch)
}

const notFound = (id: string) =>
  gatewayError('gateway.stored-not-found', { kind: 'batch', id, field: 'batch_id' })

const show: Work = async (deps, { exchange, caller: { tenant }, id }) => {
  const batch = await stored(deps.batches.find({ tenant, dialect, id }))
  if (!batch) throw notFound(id)
  answer(deps, exchange, batch)
}

const list: Work = async ({ batches, render }, { exchange, caller: { tenant } }) => {
  const { limit, named } = pageQueryOf(exchange.search, { standard: 20, most: 100 })
  const after = named('after')
  const page = await stored(batches.list({ tenant, dialect }, { after, limit }))
  if (!page) throw cursorUnknown('after', after)
  const show = shower(render, exchange)
  sendJson(exchange, openaiList(page.batches.map(show), page.hasMore))
}

const cancel: Work = async (deps, { exchange, caller: { tenant }, id }) => {
  const batch = await stored(deps.batches.cancel({ tenant, dialect, id }))
  if (!batch) throw notFound(id)
  const { status } = batch
  if (status !== 'cancelling' && status !== 'cancelled')
    throw gatewayError('gateway.batch-over', { id, status })
  answer(deps, exchange, batch)
}

const answer = ({ render }: Pick<OpenAiBatchDeps, 'render'>, exchange: Exchange, batch: Batch) =>
  sendJson(exchange, shower(render, exchange)(batch))

const shower = (render: Renderer, { request }: Exchange) => {
  const language = languageOfHeader(request.headers['accept-language'])
  return (batch: Batch) => resource(batch, render, language)
}

const timed = [
  'in_progress',
  'finalizing',
  'completed',
  'failed',
  'expired',
  'cancelling',
  'cancelled',
] as const

/** What has not come about is left out: OpenAI's description has no place for null. */
const resource = (batch: Batch, render: Renderer, language: Language) => {
  const { counts, problems, reachedMs } = batch
  const times = timed.flatMap((status) => {
    const atMs = reachedMs[status]
    return atMs === undefined ? [] : [[`${status}_at`, Math.floor(atMs / 1000)]]
  })
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    ...(problems.length > 0 && {
      errors: { object: 'list', data: problems.map((problem) => shownProblem(problem, render, language)) },
    }),
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: batch.status,
    ...(batch.hasOutput && { output_file_id: outputFileOf(batch) }),
    ...(batch.hasErrors && { error_file_id: errorFileOf(batch) }),
    created_at: Math.floor(batch.createdAt.getTime() / 1000),
    expires_at: Math.floor(batch.expiresAt.getTime() / 1000),
    ...Object.fromEntries(times),
    request_counts: {
      total: counts.total,
      completed: counts.succeeded,
      failed: counts.failed,
    },
    metadata: batch.metadata,
  }
}

/** OpenAI's names where it has some. */
const problemCodes: Readonly<Record<string, string>> = {
  'batches.input-missing': 'input_file_missing',
  'batches.input-empty': 'empty_file',
  'batches.too-many-lines': 'too_many_tasks',
  'batches.line-too-long': 'line_too_long',
  'batches.line-not-json': 'invalid_json_line',
  'batches.field-invalid': 'invalid_value',
  'batches.url-mismatch': 'invalid_url',
  'batches.custom-id-duplicate': 'duplicate_custom_id',
}

const shownProblem = ({ message, line, field }: BatchProblem, render: Renderer, language: Language) => ({
  code: problemCodes[message.code] ?? 'internal_error',
  message: render(message, language),
  param: field,
  line,
})
