// What was said before a request: the responses it continues, or the conversation it belongs to.

import type { Item, KeptResponse, Owner } from '../../conversations/index.js'
import { checkFields, type Fields, isListOf, isObject, isText, rule } from '../check-fields.js'
import { gatewayError } from '../messages.js'
import type { ConversationPort } from '../ports.js'
import { nameOf } from '../stored.js'
import { inputItems, toInput } from './items.js'

export interface History {
  /** Oldest first, input and output as they came. */
  readonly items: readonly Item[]
  readonly previousId: string | null
  readonly conversationId: string | null
}

const nothing: History = { items: [], previousId: null, conversationId: null }

/**
 * @param port undefined where nothing is kept
 * @throws gateway.kept-not-found, gateway.history-incomplete, gateway.keeping-failed
 */
export const recall = async (
  port: ConversationPort | undefined,
  owner: Owner,
  { previous_response_id: previousId, conversation }: Fields,
): Promise<History> => {
  if (isText(previousId))
    return { ...nothing, previousId, items: itemsOf(await chainOf(port, owner, previousId)) }
  const conversationId = isObject(conversation) ? conversation.id : conversation
  if (!isText(conversationId)) return nothing
  const field = 'conversation'
  if (!port || !(await asked(port.find(owner, nameOf(conversationId)))))
    throw gatewayError('gateway.kept-not-found', { kind: 'conversation', id: conversationId, field })
  return { ...nothing, conversationId, items: await asked(port.items(owner, conversationId)) }
}

const chainOf = async (port: ConversationPort | undefined, owner: Owner, id: string) => {
  const field = 'previous_response_id'
  const chain = port && (await asked(port.chain(owner, nameOf(id))))
  if (!chain || chain.responses.length === 0)
    throw gatewayError('gateway.kept-not-found', { kind: 'response', id, field })
  const { missing } = chain
  const last = chain.responses.at(-1)
  if (last && isUnfinished(last)) throw gatewayError('gateway.response-unfinished', { id, field })
  if (missing !== null) throw gatewayError('gateway.history-incomplete', { id, missing, field })
  return chain.responses
}

/** Whether it is still being answered. */
export const isUnfinished = ({ response }: Pick<KeptResponse, 'response'>): boolean =>
  response.status === 'queued' || response.status === 'in_progress'

/** What a chain of responses says, in order. */
export const itemsOf = (responses: readonly KeptResponse[]): readonly Item[] =>
  responses.flatMap((response) => [...response.input, ...outputOf(response)])

export const outputOf = ({ response }: Pick<KeptResponse, 'response'>): readonly Item[] =>
  isListOf(isObject)(response.output) ? (response.output as readonly Item[]) : []

/** A failure of the database, in words for a client. @throws gateway.keeping-failed */
export const asked = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (cause) {
    throw gatewayError('gateway.keeping-failed', {}, { retryable: true, cause })
  }
}

const isReference = (item: Fields) => item.type === 'item_reference'

/** A request whose items are all there. */
interface WholeRequest {
  /** As it is kept. */
  readonly fields: Fields
  /** As a model is given it. */
  readonly said: Fields
}

/**
 * Puts items in the place of references to them: by these the AI SDK sends back what it was answered.
 * @throws gateway.kept-not-found, gateway.keeping-failed
 */
export const resolveReferences = async (
  port: ConversationPort | undefined,
  owner: Owner,
  fields: Fields,
): Promise<WholeRequest> => {
  const items = inputItems(fields.input)
  const ids = items.filter(isReference).map(({ id }) => nameOf(String(id)))
  if (ids.length === 0) return { fields, said: fields }
  const found = port ? await asked(port.findItems(owner, ids)) : []
  const byId = new Map(found.map((item) => [item.id, item]))
  const find = (id: string, at: number): Item => {
    const item = byId.get(id)
    if (item) return item
    throw gatewayError('gateway.kept-not-found', { kind: 'item', id, field: `input[${at}].id` })
  }
  const input = items.map((item, i) => (isReference(item) ? find(String(item.id), i) : item))
  const said = input.map((item, i) => (item === items[i] ? item : toInput(item)))
  return { fields: { ...fields, input }, said: { ...fields, input: said } }
}

const wholeItem = rule(
  'the item itself, not a reference to it',
  '項目本身，而不是對項目的參照',
  (value) => isObject(value) && !isReference(value),
)

/** Where items are kept for good, they are kept whole. @throws gateway.field-invalid */
export const refuseReferences = (items: readonly Fields[]): void => {
  for (const [i, item] of items.entries())
    checkFields({ [`input[${i}]`]: item }, { required: { [`input[${i}]`]: wholeItem } })
}
