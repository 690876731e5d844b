// /v1/conversations and what is under it.

import type { Conversation, Item } from '../../conversations/index.js'
import { createId } from '../../core/index.js'
import { codecs } from '../../llm/index.js'
import type { Authenticate, Caller } from '../authenticate.js'
import { checkFields, type Fields, isListOf, isObject, rule } from '../check-fields.js'
import type { Exchange, Handler } from '../exchange.js'
import type { KeptKind } from '../kept-messages.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { ConversationPort } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import type { Endpoint } from '../router.js'
import { sendJson } from '../send.js'
import { nameOf } from '../stored.js'
import { checkCompactions } from './compaction.js'
import { toKept } from './items.js'
import { listOf, pageOf } from './list-page.js'
import { asked, refuseReferences } from './recall.js'
import { metadata } from './response-rules.js'

export interface ConversationDeps {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
  readonly port: ConversationPort
}

export const conversationEndpoints = (deps: ConversationDeps): readonly Endpoint[] => {
  const all = '/v1/conversations'
  const one = `${all}/{id}`
  const items = `${one}/items`
  const item = `${items}/{id}`
  return [
    { method: 'POST', path: all, handle: withBody(deps, create) },
    { method: 'GET', path: one, handle: withoutBody(deps, show) },
    { method: 'POST', path: one, handle: withBody(deps, update) },
    { method: 'DELETE', path: one, handle: withoutBody(deps, remove) },
    { method: 'POST', path: items, handle: withBody(deps, addItems) },
    { method: 'GET', path: items, handle: withoutBody(deps, listItems) },
    { method: 'GET', path: item, handle: withoutBody(deps, showItem) },
    { method: 'DELETE', path: item, handle: withoutBody(deps, removeItem) },
  ]
}

interface Asked {
  readonly exchange: Exchange
  readonly caller: Caller
  readonly port: ConversationPort
  /** Of the conversation; '' for a new one. */
  readonly id: string
  readonly itemId: string
  readonly body: Fields
}
type Work = (request: Asked) => Promise<void>

const withoutBody =
  ({ authenticate, port }: ConversationDeps, work: Work): Handler =>
  (exchange, [id = '', itemId = '']) =>
    work({ exchange, caller: authenticate(exchange.request), port, id: nameOf(id), itemId, body: {} })

/** The items of a body are at most 20. */
const withBody =
  ({ authenticate, bodies, port }: ConversationDeps, work: Work): Handler =>
  async (exchange, [id = '', itemId = '']) => {
    const caller = authenticate(exchange.request)
    const bytes = await bodies.read(exchange.request, exchange.response)
    try {
      const body = checkFields(parseJson(bytes), { optional: { metadata, items: itemList } })
      await work({ exchange, caller, port, id: nameOf(id), itemId, body })
    } finally {
      bodies.release(bytes.length)
    }
  }

const maxItems = 20
const itemList = rule(
  `a list of at most ${maxItems} items`,
  `最多 ${maxItems} 個項目的清單`,
  (value) => isListOf(isObject)(value) && (value as readonly unknown[]).length <= maxItems,
)

const notFound = (kind: KeptKind, id: string) =>
  gatewayError('gateway.kept-not-found', { kind, id, field: `${kind}_id` })

const find = async ({ port, caller, id }: Asked): Promise<Conversation> => {
  const found = await asked(port.find(caller, id))
  if (!found) throw notFound('conversation', id)
  return found
}

const resource = ({ id, metadata, createdAt }: Conversation) => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt.getTime() / 1000),
  metadata,
})

/** What a model could not be given later is refused now. @throws llm.request-unreadable, gateway.field-invalid */
const newItems = ({ items }: Fields): readonly Item[] => {
  const given = (items ?? []) as readonly Fields[]
  refuseReferences(given)
  checkCompactions(given, 'items')
  codecs['openai-responses'].decodeRequest({ model: '-', input: given })
  return given.map(toKept)
}

const create: Work = async ({ exchange, caller, port, body }) => {
  const items = newItems(body)
  const given = (body.metadata ?? {}) as Fields
  const conversation = await asked(port.create(caller, { id: createId('conv'), metadata: given }))
  await asked(port.addItems(caller, conversation.id, items))
  sendJson(exchange, resource(conversation))
}

const show: Work = async (request) => sendJson(request.exchange, resource(await find(request)))

const update: Work = async ({ exchange, caller, port, id, body }) => {
  checkFields(body, { required: { metadata } })
  const changed = await asked(port.setMetadata(caller, id, body.metadata as Fields))
  if (!changed) throw notFound('conversation', id)
  sendJson(exchange, resource(changed))
}

const remove: Work = async ({ exchange, caller, port, id }) => {
  if (!(await asked(port.remove(caller, id)))) throw notFound('conversation', id)
  sendJson(exchange, { id, object: 'conversation.deleted', deleted: true })
}

const addItems: Work = async (request) => {
  const { exchange, caller, port, id, body } = request
  checkFields(body, { required: { items: itemList } })
  const items = newItems(body)
  await find(request)
  await asked(port.addItems(caller, id, items))
  sendJson(exchange, listOf(items))
}

const itemsOf = async (request: Asked): Promise<readonly Item[]> => {
  await find(request)
  return asked(request.port.items(request.caller, request.id))
}

const listItems: Work = async (request) =>
  sendJson(request.exchange, pageOf(await itemsOf(request), request.exchange.search))

const showItem: Work = async (request) => {
  const item = (await itemsOf(request)).find(({ id }) => id === request.itemId)
  if (!item) throw notFound('item', request.itemId)
  sendJson(request.exchange, item)
}

const removeItem: Work = async (request) => {
  const { exchange, caller, port, id, itemId } = request
  const conversation = await find(request)
  if (!(await asked(port.removeItem(caller, id, nameOf(itemId))))) throw notFound('item', itemId)
  sendJson(exchange, resource(conversation))
}
