// What can be asked of responses that were kept: /v1/responses/{id} and what is under it, and how many tokens a
// request would have.

import type { Clock } from '../../core/index.js'
import { type ChatEvent, codecs } from '../../llm/index.js'
import type { Authenticate, Caller } from '../authenticate.js'
import { checkFields, wholeNumber } from '../check-fields.js'
import type { Exchange, Handler } from '../exchange.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { ConversationPort } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import type { Endpoint } from '../router.js'
import type { Routes } from '../routes.js'
import { send, sendJson } from '../send.js'
import { assembleRequest } from './assemble-request.js'
import { inputItems } from './items.js'
import { pageOf } from './list-page.js'
import { asked, itemsOf, recall, refuseReferences } from './recall.js'
import { checkCounting } from './response-rules.js'

export interface ResponseDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  readonly bodies: BodyReader
  readonly port: ConversationPort | undefined
  readonly clock: Clock
}

export const responseEndpoints = (deps: ResponseDeps): readonly Endpoint[] => {
  const { port } = deps
  const always: readonly Endpoint[] = [
    { method: 'POST', path: '/v1/responses/input_tokens', handle: countTokens(deps) },
    { method: 'POST', path: '/v1/responses/compact', handle: refuseCompaction(deps) },
  ]
  if (!port) return always
  const path = '/v1/responses/{id}'
  const kept = (work: Work): Handler => {
    return async (exchange, [id = '']) =>
      work({ exchange, caller: deps.authenticate(exchange.request), id, port })
  }
  return [
    ...always,
    { method: 'GET', path, handle: kept(show) },
    { method: 'DELETE', path, handle: kept(remove) },
    { method: 'POST', path: `${path}/cancel`, handle: kept(refuseToCancel) },
    { method: 'GET', path: `${path}/input_items`, handle: kept(listInput) },
  ]
}

interface Asked {
  readonly exchange: Exchange
  readonly caller: Caller
  readonly id: string
  readonly port: ConversationPort
}
type Work = (asked: Asked) => Promise<void>

const find = async ({ port, caller, id }: Asked) => {
  const found = await asked(port.findResponse(caller, id))
  if (!found) throw notFound(id)
  return found
}

const notFound = (id: string) =>
  gatewayError('gateway.kept-not-found', { kind: 'response', id, field: 'response_id' })

const show: Work = async (request) => {
  const { response } = await find(request)
  const query = new URLSearchParams(request.exchange.search)
  if (query.get('stream') !== 'true') return sendJson(request.exchange, response)
  send(request.exchange, {
    status: 200,
    body: streamOf(response, startingAfter(query)),
    contentType: 'text/event-stream; charset=utf-8',
  })
}

const startingAfter = (query: URLSearchParams): number => {
  const text = query.get('starting_after')
  if (text === null) return -1
  const starting_after = Number(text)
  checkFields({ starting_after }, { required: { starting_after: wholeNumber(0, Number.MAX_SAFE_INTEGER) } })
  return starting_after
}

const codec = codecs['openai-responses']

/** The events that a stream of this response would have had. */
const streamOf = (response: Readonly<Record<string, unknown>>, after: number): string => {
  const events: readonly ChatEvent[] = codec.decodeAnswer(response)
  const encoder = codec.createStreamEncoder({
    id: String(response.id),
    model: String(response.model),
    createdSeconds: Number(response.created_at),
  })
  const text = Buffer.concat([encoder.encode(events), encoder.end()]).toString('utf8')
  return text
    .split(/(?<=\n\n)/)
    .slice(after + 1)
    .join('')
}

const remove: Work = async ({ exchange, port, caller, id }) => {
  if (!(await asked(port.removeResponse(caller, id)))) throw notFound(id)
  sendJson(exchange, { id, object: 'response', deleted: true })
}

const refuseToCancel: Work = async (request) => {
  await find(request)
  throw gatewayError('gateway.not-in-background', { id: request.id })
}

/** With what the responses before it hold: all that it was asked. */
const listInput: Work = async (request) => {
  await find(request)
  const { exchange, port, caller, id } = request
  const { responses } = await asked(port.chain(caller, id))
  const own = responses.at(-1)?.input ?? []
  sendJson(exchange, pageOf([...itemsOf(responses.slice(0, -1)), ...own], exchange.search))
}

/** Asks no engine and costs nothing, so it counts against no limit. */
const countTokens =
  ({ authenticate, routes, bodies, port }: ResponseDeps): Handler =>
  async (exchange) => {
    const caller = authenticate(exchange.request)
    const bytes = await bodies.read(exchange.request, exchange.response)
    try {
      const fields = checkCounting(parseJson(bytes))
      refuseReferences(inputItems(fields.input))
      const { items } = await recall(port, caller, fields)
      const request = assembleRequest(fields, items)
      const { tokens, exact } = routes.chat(request.model, caller).model.countTokens(request)
      send(exchange, {
        status: 200,
        body: JSON.stringify({ object: 'response.input_tokens', input_tokens: tokens }),
        contentType: 'application/json',
        headers: { 'x-token-count': exact ? 'exact' : 'estimate' },
      })
    } finally {
      bodies.release(bytes.length)
    }
  }

const refuseCompaction =
  ({ authenticate }: ResponseDeps): Handler =>
  async ({ request }) => {
    authenticate(request)
    throw gatewayError('gateway.compaction-absent', {})
  }
