// The SQL of responses that are still answered. Whoever answers one holds it by a lease; a response whose lease is over
// is ended by whoever meets it, so that none runs for ever.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import { itemSteps } from './item-table.js'
import { outputIds } from './output-items.js'
import type { EndedResponse, Item, Owner, RunningResponse } from './records.js'
import { isOwned } from './response-table.js'

type Database = Store['db']

export const insertRunning = async (
  db: Database,
  { tenant, keyId }: Owner,
  {
    response: { id, previousId, conversationId, input, response, ifAbandoned },
    now,
    until,
  }: { readonly response: RunningResponse; readonly now: Date; readonly until: Date },
): Promise<void> => {
  await sql`insert into conversations_response
      (tenant, key_id, id, previous_id, conversation_id, input, response, if_abandoned, lease_until, created_at)
    values (${tenant}, ${keyId}, ${id}, ${previousId}, ${conversationId}, ${JSON.stringify(input)},
      ${JSON.stringify(response)}, ${JSON.stringify(ifAbandoned)}, ${until}, ${now})`.execute(db)
}

/** @returns whether it is running */
export const extendLease = async (
  db: Database,
  owner: Owner,
  { id, until }: { readonly id: string; readonly until: Date },
): Promise<boolean> => {
  const { numAffectedRows } = await sql`update conversations_response set lease_until = ${until}
    where ${isOwned(owner)} and id = ${id} and lease_until is not null`.execute(db)
  return numAffectedRows === 1n
}

/** @returns whether it was running; nothing is changed otherwise */
export const endRunning = async (
  db: Database,
  owner: Owner,
  {
    ended: { id, conversationId, response, events },
    added,
  }: { readonly ended: EndedResponse; readonly added: readonly Item[] },
): Promise<boolean> => {
  const ending = sql`ended as (
    update conversations_response set response = ${JSON.stringify(response)}, events = ${events},
      item_ids = ${outputIds(response)}::text[], lease_until = null, if_abandoned = null
    where ${isOwned(owner)} and id = ${id} and lease_until is not null returning id)`
  if (conversationId === null || added.length === 0) {
    const { rows } = await sql`with ${ending} select id from ended`.execute(db)
    return rows.length === 1
  }
  const isEnded = sql`exists (select 1 from ended)`
  const { conversation, insertion } = itemSteps(owner, conversationId, added, isEnded)
  const { rows } =
    await sql`with ${ending}, ${conversation}, added_items as (${insertion}) select id from ended`.execute(db)
  return rows.length === 1
}

/** Ends what nobody answers any more. @param now undefined: whatever runs @returns how many there were */
export const endAbandoned = async (db: Database, now: Date | undefined): Promise<number> => {
  const { numAffectedRows } = await sql`update conversations_response
    set response = if_abandoned, lease_until = null, if_abandoned = null
    where lease_until is not null and ${now ? sql`lease_until <= ${now}` : sql`true`}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

export const selectEvents = async (db: Database, owner: Owner, id: string): Promise<string | null> => {
  const { rows } = await sql<{ events: string | null }>`select events from conversations_response
    where ${isOwned(owner)} and id = ${id}`.execute(db)
  return rows[0]?.events ?? null
}
