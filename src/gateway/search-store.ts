// POST /v1/vector_stores/{id}/search in OpenAI's shape: passages of a knowledge base, as far as the caller may
// read them. What it cannot honour it refuses by name.

import { type Log, toArchitectError } from '../core/index.js'
import type { Counters } from '../ledger/index.js'
import type { Passage } from '../rag/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import type { Authenticate } from './authenticate.js'
import { absent, checkFields, type FieldRules, isListOf, isText, rule, wholeNumber } from './check-fields.js'
import type { Handler } from './exchange.js'
import { gatewayError } from './messages.js'
import { parseJson } from './parse-json.js'
import type { KnowledgePort } from './ports.js'
import type { BodyReader } from './read-body.js'
import { reserveRequest } from './reserve-request.js'
import { sendJson } from './send.js'

export interface SearchDeps {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
  readonly counters: Counters
  readonly knowledgeBases: readonly KnowledgeBase[]
  readonly knowledge: KnowledgePort | undefined
  readonly log: Log
}

export const createSearchStore = (deps: SearchDeps): Handler => {
  const bases = new Map(deps.knowledgeBases.map((base) => [base.id, base]))
  return async (exchange, [id = '']) => {
    const caller = deps.authenticate(exchange.request)
    const bytes = await deps.bodies.read(exchange.request, exchange.response)
    try {
      const { queries, limit } = readSearch(parseJson(bytes))
      const knowledge = bases.get(id)
      if (!knowledge || !deps.knowledge)
        throw gatewayError('gateway.knowledge-not-found', { id: id.slice(0, 100) })
      await reserveRequest(deps.counters, caller)
      const { tenant, principal } = caller
      const query = queries.join('\n')
      const { signal } = exchange
      const passages = await deps.knowledge
        .search({ knowledge, tenant, principal, query, limit, signal })
        .catch((cause: unknown) => {
          throw unavailable(deps, knowledge.id, cause)
        })
      sendJson(exchange, {
        object: 'vector_store.search_results.page',
        search_query: queries,
        data: passages.map(resultOf),
        has_more: false,
        next_page: null,
      })
    } finally {
      deps.bodies.release(bytes.length)
    }
  }
}

const unavailable = ({ log }: SearchDeps, knowledge: string, cause: unknown) => {
  const error = toArchitectError(cause)
  if (error.code === 'rag.not-ingested') return error
  log.error({ err: error, knowledge }, 'the search failed')
  return gatewayError('gateway.knowledge-unavailable', { knowledge }, { retryable: true, cause: error })
}

/** A passage as OpenAI shows a search result; where it stands is in the attributes. */
const resultOf = ({ reference, text }: Passage) => ({
  file_id: reference.path,
  filename: reference.path,
  score: reference.score,
  attributes: {
    passage_id: reference.id,
    title: reference.title,
    start: reference.start,
    end: reference.end,
  },
  content: [{ type: 'text', text }],
})

const query = rule(
  'a text or a list of texts',
  '一段文字或文字的清單',
  (value) => isQuery(value) || (isListOf(isQuery)(value) && (value as readonly unknown[]).length > 0),
)
const isQuery = (value: unknown) => isText(value) && value.trim() !== ''

const rules: FieldRules = {
  required: { query },
  optional: {
    max_num_results: wholeNumber(1, 50),
    filters: absent,
    ranking_options: absent,
    rewrite_query: absent,
  },
}
const defaultResults = 10

const readSearch = (body: unknown) => {
  const fields = checkFields(body, rules)
  const queries = (isText(fields.query) ? [fields.query] : fields.query) as readonly string[]
  return { queries, limit: (fields.max_num_results as number | null | undefined) ?? defaultResults }
}
