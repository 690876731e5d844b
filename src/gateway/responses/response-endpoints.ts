// What can be asked of responses that were kept: /v1/responses/{id} and what is under it, and how many tokens a
// request would have.

import type { KeptResponse } from '../../conversations/index.js'
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
import { nameOf } from '../stored.js'
import { assembleRequest } from './assemble-request.js'
import type { BackgroundRun, BackgroundRuns } from './background-runs.js'
import { followEvents } from './follow-events.js'
import { pageOf } from './list-page.js'
import { asked, isUnfinished, itemsOf, recall, resolveReferences } from './recall.js'
import { replayOf } from './replay-events.js'
import { checkCounting } from './response-rules.js'

export interface ResponseDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  readonly bodies: BodyReader
  readonly port: ConversationPort | undefined
  readonly runs: BackgroundRuns
  readonly stalledMs: number
}

export const responseEndpoints = (deps: ResponseDeps): readonly Endpoint[] => {
  const { port } = deps
  const always: readonly Endpoint[] = [
    { method: 'POST', path: '/v1/responses/input_tokens', handle: countTokens(deps) },
  ]
  if (!port) return always
  const path = '/v1/responses/{id}'
  const kept = (work: Work): Handler => {
    return async (exchange, [given = '']) => {
      const caller = deps.authenticate(exchange.request)
      const id = nameOf(given)
      await work({ exchange, caller, id, port, run: deps.runs.find(caller, id), stalledMs: deps.stalledMs })
    }
  }
  return [
    ...always,
    { method: 'GET', path, handle: kept(show) },
    { method: 'DELETE', path, handle: kept(remove) },
    { method: 'POST', path: `${path}/cancel`, handle: kept(cancel) },
    { method: 'GET', path: `${path}/input_items`, handle: kept(listInput) },
  ]
}

interface Asked {
  readonly exchange: Exchange
  readonly caller: Caller
  readonly id: string
  readonly port: ConversationPort
  /** While this process answers it. */
  readonly run: BackgroundRun | undefined
  readonly stalledMs: number
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
  const { exchange, run, stalledMs } = request
  const query = new URLSearchParams(exchange.search)
  const isStream = query.get('stream') === 'true'
  const after = startingAfter(query)
  if (run) {
    if (isStream) return followEvents(exchange, run.log, { after, stalledMs })
    return sendJson(exchange, run.current())
  }
  const found = await find(request)
  if (!isStream) return sendJson(exchange, found.response)
  send(exchange, {
    status: 200,
    body: await replay(request, found, after),
    contentType: 'text/event-stream; charset=utf-8',
  })
}

/** @throws gateway.events-elsewhere */
const replay = async ({ port, caller, id }: Asked, found: KeptResponse, after: number): Promise<string> => {
  if (isUnfinished(found)) throw gatewayError('gateway.events-elsewhere', { id, field: 'stream' })
  return replayOf(found.response, { events: await asked(port.responseEvents(caller, id)), after })
}

const startingAfter = (query: URLSearchParams): number => {
  const text = query.get('starting_after')
  if (text === null) return -1
  const starting_after = Number(text)
  checkFields({ starting_after }, { required: { starting_after: wholeNumber(0, Number.MAX_SAFE_INTEGER) } })
  return starting_after
}

const remove: Work = async ({ exchange, port, caller, id, run }) => {
  await run?.cancel()
  if (!(await asked(port.removeResponse(caller, id)))) throw notFound(id)
  sendJson(exchange, { id, object: 'response', deleted: true })
}

/** One that has ended stays as it is. */
const cancel: Work = async (request) => {
  const { exchange, run, port, caller, id } = request
  if (run) return sendJson(exchange, await run.cancel())
  const found = await find(request)
  if (found.response.background !== true) throw gatewayError('gateway.not-in-background', { id })
  if (!isUnfinished(found)) return sendJson(exchange, found.response)
  // Another process answers it: it hears of this when it renews its lease.
  const response = { ...found.response, status: 'cancelled' }
  await asked(port.endResponse(caller, { ...found, response, events: null }, []))
  sendJson(exchange, (await find(request)).response)
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
      const { said } = await resolveReferences(port, caller, checkCounting(parseJson(bytes)))
      const { items } = await recall(port, caller, said)
      const request = assembleRequest(said, items)
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
