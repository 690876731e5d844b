// The SQL of the items of conversations.

import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { Item, Owner } from './records.js'

type Database = Store['db']

/**
 * Adds items behind those that are there; nothing when there is no such conversation.
 * @param before what the same statement does first
 */
export const insertItems = (
  owner: Owner,
  conversationId: string,
  items: readonly Item[],
  before?: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const { conversation, insertion } = itemSteps(owner, conversationId, items)
  return sql`with ${before ? sql`first_step as (${before}),` : sql``} ${conversation} ${insertion}`
}

/**
 * The steps of a statement that adds items. The conversation is locked, so that what two callers add at a time does not
 * mix.
 * @param condition whether they are added at all
 */
export const itemSteps = (
  { tenant, keyId }: Owner,
  conversationId: string,
  items: readonly Item[],
  condition: RawBuilder<unknown> = sql`true`,
) => {
  const ids = items.map(({ id }) => id)
  const texts = items.map((item) => JSON.stringify(item))
  return {
    conversation: sql`conversation as (
      select tenant, key_id, id from conversations_conversation
      where tenant = ${tenant} and key_id = ${keyId} and id = ${conversationId} and ${condition} for update)`,
    insertion: sql`insert into conversations_item (tenant, key_id, conversation_id, id, item)
      select conversation.tenant, conversation.key_id, conversation.id, added.id, added.item
      from conversation, unnest(${ids}::text[], ${texts}::text[]) with ordinality as added (id, item, number)
      order by added.number`,
  }
}

export const selectItems = async (db: Database, { tenant, keyId }: Owner, id: string): Promise<Item[]> => {
  const { rows } = await sql<{ item: string }>`select item from conversations_item
    where tenant = ${tenant} and key_id = ${keyId} and conversation_id = ${id} order by position`.execute(db)
  return rows.map(({ item }) => JSON.parse(item))
}

export const deleteItem = async (
  db: Database,
  { tenant, keyId }: Owner,
  { id, itemId }: { readonly id: string; readonly itemId: string },
): Promise<boolean> => {
  const { numAffectedRows } = await sql`delete from conversations_item
    where tenant = ${tenant} and key_id = ${keyId} and conversation_id = ${id} and id = ${itemId}`.execute(db)
  return (numAffectedRows ?? 0n) > 0n
}
