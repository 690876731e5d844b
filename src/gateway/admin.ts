// The admin API: ledger, keys and ingest jobs, for whoever holds the admin token. Handlers only translate; what
// they do lives in ledger/, access/ and the ingest port.

import { type Language, languageOfHeader, type Renderer, toArchitectError } from '../core/index.js'
import {
  allTenants,
  ledgerRowJson,
  type RowsFilter,
  type SummaryGroup,
  summaryGroups,
  usdText,
} from '../ledger/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { keyRules, newKeyOf, rotationRules } from './admin-keys.js'
import { bearerOf, isSameSecret } from './authenticate.js'
import { checkFields, rule } from './check-fields.js'
import type { Exchange, Handler } from './exchange.js'
import { gatewayError } from './messages.js'
import { parseJson } from './parse-json.js'
import type { AuditPort, IngestPort, KeyAdmin, LedgerPort } from './ports.js'
import type { BodyReader } from './read-body.js'
import type { Endpoint } from './router.js'
import type { Resilience } from './routing/resilience.js'
import { sendJson } from './send.js'

export interface AdminDeps {
  readonly token: string
  readonly keys: KeyAdmin
  readonly ledger: LedgerPort
  readonly audit?: AuditPort | undefined
  readonly ingest?: IngestPort | undefined
  /** Names of the routes that a key may be limited to. */
  readonly routes: readonly string[]
  readonly deployments: readonly string[]
  readonly resilience: Pick<Resilience, 'states'>
  readonly knowledgeBases: readonly KnowledgeBase[]
  readonly bodies: BodyReader
  readonly render: Renderer
}

export const adminEndpoints = (deps: AdminDeps): readonly Endpoint[] => {
  const guarded = (handle: Handler): Handler => {
    return async (exchange, parameters) => {
      const token = bearerOf(exchange.request)
      if (token === undefined || !isSameSecret(token, deps.token)) {
        const errorCode = 'gateway.admin-key-invalid'
        deps.audit?.append({ type: 'admin', action: 'refused', subject: exchange.path, errorCode })
        throw gatewayError(errorCode, {})
      }
      await handle(exchange, parameters)
    }
  }
  const endpoints: readonly Endpoint[] = [
    { method: 'GET', path: '/admin/ledger', handle: listRows(deps) },
    { method: 'GET', path: '/admin/ledger/summary', handle: summarise(deps) },
    { method: 'GET', path: '/admin/keys', handle: listKeys(deps) },
    { method: 'POST', path: '/admin/keys', handle: createKey(deps) },
    { method: 'DELETE', path: '/admin/keys/{id}', handle: revokeKey(deps) },
    { method: 'POST', path: '/admin/keys/{id}/rotate', handle: rotateKey(deps) },
    { method: 'GET', path: '/admin/breakers', handle: listBreakers(deps) },
    { method: 'POST', path: '/admin/knowledge/{id}/ingest', handle: startIngest(deps) },
    { method: 'GET', path: '/admin/jobs/{id}', handle: getJob(deps) },
  ]
  return endpoints.map((endpoint) => ({ ...endpoint, handle: guarded(endpoint.handle) }))
}

const listRows =
  ({ ledger }: AdminDeps): Handler =>
  async (exchange) => {
    const query = new URLSearchParams(exchange.search)
    const limit = query.get('limit')
    const after = query.get('after')
    const first = query.get('first')
    if (first !== null) checkFields({ first }, { required: { first: oneOf(['oldest', 'newest']) } })
    const page = await ledger.rows({
      ...filterOf(query),
      ...(limit !== null && { limit: numberOf('limit', limit) }),
      ...(after !== null && { after }),
      ...(first === 'newest' && { first }),
    })
    sendJson(exchange, { rows: page.rows.map(ledgerRowJson), next: page.next })
  }

const summarise =
  ({ ledger }: AdminDeps): Handler =>
  async (exchange) => {
    const query = new URLSearchParams(exchange.search)
    const by = (query.get('by') ?? 'route') as SummaryGroup
    checkFields({ by }, { required: { by: oneOf(summaryGroups) } })
    const rows = await ledger.summary({ ...filterOf(query), by })
    const groups = rows.map(({ costNanoUsd, ...row }) => ({ ...row, costUsd: usdText(costNanoUsd) }))
    sendJson(exchange, { by, groups })
  }

const oneOf = (values: readonly string[]) =>
  rule(`one of ${values.join(', ')}`, `下列之一：${values.join('、')}`, (value) =>
    values.includes(String(value)),
  )

const filterOf = (query: URLSearchParams): RowsFilter => {
  const since = query.get('since')
  const until = query.get('until')
  const requestId = query.get('request')
  return {
    tenant: query.get('tenant') ?? allTenants,
    ...(requestId !== null && { requestId }),
    ...(since !== null && { from: timeOf('since', since) }),
    ...(until !== null && { to: timeOf('until', until) }),
  }
}

const time = rule('a time in ISO 8601 or in ms since 1970', 'ISO 8601 時間或 1970 年起的毫秒數', (value) =>
  Number.isFinite(value),
)

const timeOf = (field: string, text: string): number => {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (!time.accepts(ms))
    checkFields({ [field]: text }, { required: { [field]: { ...time, accepts: () => false } } })
  return ms
}

const numberOf = (field: string, text: string): number => {
  const value = Number(text)
  const whole = rule(
    'a whole number from 1 to 1000',
    '1 到 1000 的整數',
    (v) => Number.isInteger(v) && Number(v) > 0,
  )
  checkFields({ [field]: value }, { required: { [field]: whole } })
  return value
}

const listKeys =
  ({ keys }: AdminDeps): Handler =>
  async (exchange) => {
    const tenant = new URLSearchParams(exchange.search).get('tenant') ?? undefined
    sendJson(exchange, { keys: await keys.list(tenant) })
  }

const createKey =
  (deps: AdminDeps): Handler =>
  async (exchange) => {
    const fields = checkFields(await readBody(deps, exchange), keyRules)
    sendJson(exchange, await deps.keys.create(newKeyOf(fields, deps.routes)), 201)
  }

const revokeKey =
  ({ keys }: AdminDeps): Handler =>
  async (exchange, [id = '']) =>
    sendJson(exchange, { record: await keys.revoke(id) })

const rotateKey =
  (deps: AdminDeps): Handler =>
  async (exchange, [id = '']) => {
    const fields = checkFields((await readBody(deps, exchange)) ?? {}, rotationRules)
    const seconds = fields.overlapSeconds as number | undefined
    const options = seconds === undefined ? {} : { overlapMs: seconds * 1000 }
    sendJson(exchange, await deps.keys.rotate(id, options), 201)
  }

/** Of the deployments in force: what each key's breaker does, and who runs and waits. */
const listBreakers =
  ({ resilience, deployments }: AdminDeps): Handler =>
  async (exchange) =>
    sendJson(exchange, {
      deployments: resilience.states().filter(({ deployment }) => deployments.includes(deployment)),
    })

const startIngest =
  ({ ingest, knowledgeBases }: AdminDeps): Handler =>
  async (exchange, [id = '']) => {
    const knowledge = knowledgeBases.find((base) => base.id === id)
    if (!knowledge) throw gatewayError('gateway.record-not-found', { kind: 'knowledge base', id })
    if (!ingest) throw gatewayError('gateway.ingest-absent', {})
    sendJson(exchange, { job: await ingest.start(knowledge) }, 202)
  }

const getJob =
  ({ ingest, render }: AdminDeps): Handler =>
  async (exchange, [id = '']) => {
    const job = await ingest?.get(id)
    if (!job) throw gatewayError('gateway.record-not-found', { kind: 'job', id })
    const language: Language = languageOfHeader(exchange.request.headers['accept-language'])
    const error = job.error && {
      code: job.error.code,
      message: render(toArchitectError(job.error), language),
      params: job.error.params,
    }
    sendJson(exchange, { ...job, error })
  }

/** undefined for a request without a body. */
const readBody = async ({ bodies }: AdminDeps, { request, response }: Exchange): Promise<unknown> => {
  const bytes = await bodies.read(request, response)
  try {
    return bytes.length === 0 ? undefined : parseJson(bytes)
  } finally {
    bodies.release(bytes.length)
  }
}
