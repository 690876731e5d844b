// /v1/messages/batches in Anthropic's shape: requests in the body, answers as lines of JSON.

import { type Batch, isEnded, type LineResult } from '../../batches/index.js'
import type { Authenticate } from '../authenticate.js'
import { checkFields, type Fields, isText, nonEmptyList, object, rule } from '../check-fields.js'
import { anthropicEnvelope } from '../dialects/envelope.js'
import type { Exchange } from '../exchange.js'
import { sendContent } from '../file-api/send-content.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { BatchPort } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import type { Endpoint } from '../router.js'
import { send } from '../send.js'
import { type Asked, handlersOf, type StoredWork, stored } from '../stored.js'
import { cursorUnknown, pageQueryOf } from '../tenant-page.js'

export interface AnthropicBatchDeps {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
  readonly batches: BatchPort
  /** The most requests of one batch. */
  readonly maxRequests: number
  /** How long an answer may lie unread. */
  readonly stalledMs: number
}

export const messagesEndpoint = '/v1/messages'

export const anthropicBatchEndpoints = (deps: AnthropicBatchDeps): readonly Endpoint[] => {
  const all = '/v1/messages/batches'
  const one = `${all}/{id}`
  const asked = handlersOf(deps)
  return [
    { method: 'POST', path: all, handle: asked(create) },
    { method: 'GET', path: all, handle: asked(list) },
    { method: 'GET', path: one, handle: asked(show) },
    { method: 'DELETE', path: one, handle: asked(remove) },
    { method: 'POST', path: `${one}/cancel`, handle: asked(cancel) },
    { method: 'GET', path: `${one}/results`, handle: asked(results) },
  ]
}

type Work = StoredWork<AnthropicBatchDeps>

const dialect = 'anthropic'

const create: Work = async (deps, { exchange, caller }) => {
  const bytes = await deps.bodies.read(exchange.request, exchange.response)
  try {
    const fields = checkFields(parseJson(bytes), { required: { requests: nonEmptyList('request', '請求') } })
    const batch = await stored(
      deps.batches.create(caller, {
        dialect,
        endpoint: messagesEndpoint,
        inputFileId: null,
        metadata: null,
        outputExpiresAfterMs: null,
        lines: linesOf(fields.requests as readonly Fields[], deps.maxRequests),
      }),
    )
    answer(exchange, resource(batch, exchange))
  } finally {
    deps.bodies.release(bytes.length)
  }
}

const customId = rule(
  'a text of 1 to 64 letters, digits, "_" and "-", unique within the batch',
  '1 到 64 個英數字、「_」或「-」，且在批次內不重複的文字',
  (value) => isText(value) && /^[a-zA-Z0-9_-]{1,64}$/.test(value),
)
const unique = { ...customId, accepts: () => false }

/** @throws gateway.field-missing, gateway.field-invalid */
const linesOf = (requests: readonly Fields[], maxRequests: number) => {
  const few = rule(
    `a list of at most ${maxRequests} requests`,
    `最多 ${maxRequests} 個請求的清單`,
    () => requests.length <= maxRequests,
  )
  checkFields({ requests }, { required: { requests: few } })
  const seen = new Set<unknown>()
  return requests.map(({ custom_id: id, params }, i) => {
    const [idField, paramsField] = [`requests[${i}].custom_id`, `requests[${i}].params`]
    const idRule = seen.has(id) ? unique : customId
    checkFields(
      { [idField]: id, [paramsField]: params },
      { required: { [idField]: idRule, [paramsField]: object } },
    )
    seen.add(id)
    return { customId: String(id), body: JSON.stringify(params) }
  })
}

const notFound = (id: string) =>
  gatewayError('gateway.stored-not-found', { kind: 'batch', id, field: 'message_batch_id' })

const find = async ({ batches }: AnthropicBatchDeps, { caller: { tenant }, id }: Asked): Promise<Batch> => {
  const batch = await stored(batches.find({ tenant, dialect, id }))
  if (!batch) throw notFound(id)
  return batch
}

const show: Work = async (deps, asked) =>
  answer(asked.exchange, resource(await find(deps, asked), asked.exchange))

const list: Work = async ({ batches }, { exchange, caller: { tenant } }) => {
  const { limit, named } = pageQueryOf(exchange.search, { standard: 20, most: 1_000 })
  const after = named('after_id')
  const before = named('before_id')
  const page = await stored(batches.list({ tenant, dialect }, { after, before, limit }))
  if (!page) throw cursorUnknown(after === undefined ? 'before_id' : 'after_id', after ?? before)
  answer(exchange, {
    data: page.batches.map((batch) => resource(batch, exchange)),
    has_more: page.hasMore,
    first_id: page.batches[0]?.id ?? null,
    last_id: page.batches.at(-1)?.id ?? null,
  })
}

const cancel: Work = async ({ batches }, { exchange, caller: { tenant }, id }) => {
  const batch = await stored(batches.cancel({ tenant, dialect, id }))
  if (!batch) throw notFound(id)
  const { status } = batch
  if (status !== 'cancelling' && status !== 'cancelled')
    throw gatewayError('gateway.batch-over', { id, status: statusOf(batch) })
  answer(exchange, resource(batch, exchange))
}

const remove: Work = async (deps, asked) => {
  await find(deps, asked)
  const { tenant } = asked.caller
  const { id } = asked
  if (!(await stored(deps.batches.remove({ tenant, dialect, id }))))
    throw gatewayError('gateway.batch-under-way', { id })
  answer(asked.exchange, { id, type: 'message_batch_deleted' })
}

const results: Work = async (deps, asked) => {
  const batch = await find(deps, asked)
  if (!isEnded(batch)) throw gatewayError('gateway.batch-under-way', { id: batch.id })
  const headers = headersOf(asked.exchange)
  const bytes = resultLines(deps.batches.results(batch), asked.exchange)
  await sendContent(asked.exchange, { bytes, contentType: 'application/x-jsonl', headers }, deps.stalledMs)
}

async function* resultLines(
  results: AsyncIterable<LineResult>,
  { requestId }: Exchange,
): AsyncGenerator<Uint8Array> {
  for await (const result of results) yield Buffer.from(`${resultLine(result, requestId)}\n`)
}

/** What is said of a request whose process ended time and again. */
const abandoned = (requestId: string) =>
  JSON.stringify(
    anthropicEnvelope.errorBody(
      {
        status: 500,
        headers: {},
        body: {
          message: 'The process that worked on this request ended several times before there was an answer.',
          type: 'server_error',
          code: null,
          param: null,
        },
      },
      requestId,
    ),
  )

const resultLine = ({ customId, outcome, answer }: LineResult, requestId: string): string => {
  const start = `{"custom_id":${JSON.stringify(customId)},"result":`
  if (outcome === 'succeeded' && answer) return `${start}{"type":"succeeded","message":${answer.body}}}`
  if (outcome === 'failed')
    return `${start}{"type":"errored","error":${answer?.body ?? abandoned(requestId)}}}`
  return `${start}{"type":"${outcome === 'cancelled' ? 'canceled' : 'expired'}"}}`
}

const headersOf = ({ requestId }: Exchange) => ({ 'request-id': requestId })

const answer = (exchange: Exchange, value: object) =>
  send(exchange, {
    status: 200,
    body: JSON.stringify(value),
    contentType: 'application/json',
    headers: headersOf(exchange),
  })

const statusOf = (batch: Batch) =>
  isEnded(batch) ? 'ended' : batch.status === 'cancelling' ? 'canceling' : 'in_progress'

const resource = (batch: Batch, exchange: Exchange) => {
  const { id, counts, reachedMs, status } = batch
  const done = counts.succeeded + counts.failed + counts.cancelled + counts.expired
  const endedMs = isEnded(batch) ? reachedMs[status] : undefined
  return {
    id,
    type: 'message_batch',
    processing_status: statusOf(batch),
    request_counts: {
      processing: counts.total - done,
      succeeded: counts.succeeded,
      errored: counts.failed,
      canceled: counts.cancelled,
      expired: counts.expired,
    },
    ended_at: timeOf(endedMs),
    created_at: batch.createdAt.toISOString(),
    expires_at: batch.expiresAt.toISOString(),
    archived_at: null,
    cancel_initiated_at: timeOf(reachedMs.cancelling),
    results_url: isEnded(batch) ? resultsUrl(exchange, id) : null,
  }
}

const timeOf = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())

/** Where the client came to: its library fetches this address as it stands. */
const resultsUrl = ({ request }: Exchange, id: string): string => {
  const forwarded = request.headers['x-forwarded-proto']
  const scheme = isText(forwarded) && /^https?$/.test(forwarded) ? forwarded : 'http'
  return `${scheme}://${request.headers.host ?? 'localhost'}/v1/messages/batches/${id}/results`
}
