// The SQL of conversations themselves.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { Conversation, Owner } from './records.js'

type Database = Store['db']

export const insertConversation = async (
  db: Database,
  { tenant, keyId }: Owner,
  { id, metadata, createdAt }: Conversation,
): Promise<void> => {
  await sql`insert into conversations_conversation (tenant, key_id, id, metadata, created_at)
    values (${tenant}, ${keyId}, ${id}, ${JSON.stringify(metadata)}, ${createdAt})`.execute(db)
}

export const selectConversation = async (
  db: Database,
  { tenant, keyId }: Owner,
  id: string,
): Promise<Conversation | undefined> => {
  const { rows } = await sql<Row>`select id, metadata, created_at from conversations_conversation
    where tenant = ${tenant} and key_id = ${keyId} and id = ${id}`.execute(db)
  return rows[0] && conversationOf(rows[0])
}

export const updateMetadata = async (
  db: Database,
  { tenant, keyId }: Owner,
  { id, metadata }: Pick<Conversation, 'id' | 'metadata'>,
): Promise<Conversation | undefined> => {
  const { rows } = await sql<Row>`update conversations_conversation set metadata = ${JSON.stringify(metadata)}
    where tenant = ${tenant} and key_id = ${keyId} and id = ${id}
    returning id, metadata, created_at`.execute(db)
  return rows[0] && conversationOf(rows[0])
}

export const deleteConversation = async (
  db: Database,
  { tenant, keyId }: Owner,
  id: string,
): Promise<boolean> => {
  const { numAffectedRows } = await sql`delete from conversations_conversation
    where tenant = ${tenant} and key_id = ${keyId} and id = ${id}`.execute(db)
  return numAffectedRows === 1n
}

interface Row {
  readonly id: string
  readonly metadata: string
  readonly created_at: Date
}

const conversationOf = (row: Row): Conversation => ({
  id: row.id,
  metadata: JSON.parse(row.metadata),
  createdAt: row.created_at,
})
