// The SQL of kept responses. Each statement is a single one, so that no transaction is held open on the embedded
// database.

import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../store/index.js'
import { insertItems } from './item-table.js'
import { outputIds, outputItems } from './output-items.js'
import type { Item, KeptResponse, Owner, ResponseChain } from './records.js'

type Database = Store['db']

export const insertResponse = async (
  db: Database,
  owner: Owner,
  {
    response: { id, previousId, conversationId, input, response },
    added,
    now,
  }: { readonly response: KeptResponse; readonly added: readonly Item[]; readonly now: Date },
): Promise<void> => {
  const insertion = sql`insert into conversations_response
      (tenant, key_id, id, previous_id, conversation_id, input, response, item_ids, created_at)
    values (${owner.tenant}, ${owner.keyId}, ${id}, ${previousId}, ${conversationId}, ${JSON.stringify(input)},
      ${JSON.stringify(response)}, ${outputIds(response)}::text[], ${now})`
  if (conversationId === null || added.length === 0) return void (await insertion.execute(db))
  await insertItems(owner, conversationId, added, insertion).execute(db)
}

/** @param since older ones are not there any more */
export const selectChain = async (
  db: Database,
  owner: Owner,
  { id, since }: { readonly id: string; readonly since: Date },
): Promise<ResponseChain & { readonly responses: readonly StoredResponse[] }> => {
  const { rows } = await sql<Row>`
    with recursive chain as (
      select ${columns}, 0 as age from conversations_response as response
      where ${isOwned(owner)} and id = ${id} and created_at > ${since}
      union all
      select ${columns}, chain.age + 1 from conversations_response as response
      join chain on response.id = chain.previous_id
      where ${isOwned(owner, sql`response.`)} and response.created_at > ${since})
    select * from chain order by age desc`.execute(db)
  return { responses: rows.map(storedOf), missing: rows[0]?.previous_id ?? null }
}

/** The newest of each id, in no order. */
export const selectOutputItems = async (
  db: Database,
  owner: Owner,
  { ids, since }: { readonly ids: readonly string[]; readonly since: Date },
): Promise<readonly Item[]> => {
  const { rows } = await sql<{ response: string }>`select response from conversations_response
    where ${isOwned(owner)} and created_at > ${since} and item_ids && ${ids}::text[]
    order by created_at`.execute(db)
  const items = rows.flatMap(({ response }) => outputItems(JSON.parse(response)))
  const byId = new Map(items.map((item) => [item.id, item]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export const selectResponse = async (
  db: Database,
  owner: Owner,
  { id, since }: { readonly id: string; readonly since: Date },
): Promise<StoredResponse | undefined> => {
  const { rows } = await sql<Row>`select ${columns} from conversations_response as response
    where ${isOwned(owner)} and id = ${id} and created_at > ${since}`.execute(db)
  return rows[0] && storedOf(rows[0])
}

export const deleteResponse = async (
  db: Database,
  owner: Owner,
  { id, since }: { readonly id: string; readonly since: Date },
): Promise<boolean> => {
  const { numAffectedRows } = await sql`delete from conversations_response
    where ${isOwned(owner)} and id = ${id} and created_at > ${since}`.execute(db)
  return numAffectedRows === 1n
}

/** @returns how many there were */
export const deleteResponsesUntil = async (db: Database, until: Date): Promise<number> => {
  const { numAffectedRows } = await sql`delete from conversations_response
    where created_at <= ${until}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

export const isOwned = ({ tenant, keyId }: Owner, of: RawBuilder<unknown> = sql``) =>
  sql`${of}tenant = ${tenant} and ${of}key_id = ${keyId}`

/** All but the events of a stream, which may be long. */
const columns = sql`response.id, response.previous_id, response.conversation_id, response.input,
  response.response, response.lease_until`

/** With the end of its lease, while it is answered. */
export interface StoredResponse extends KeptResponse {
  readonly leaseUntil: Date | null
}

interface Row {
  readonly id: string
  readonly previous_id: string | null
  readonly conversation_id: string | null
  readonly input: string
  readonly response: string
  readonly lease_until: Date | null
}

const storedOf = (row: Row): StoredResponse => ({
  id: row.id,
  previousId: row.previous_id,
  conversationId: row.conversation_id,
  input: JSON.parse(row.input),
  response: JSON.parse(row.response),
  leaseUntil: row.lease_until,
})
