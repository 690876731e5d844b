// The SQL of virtual keys. Knows hashes, never secrets.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { KeyRecord } from './key-record.js'
import { accessError } from './messages.js'

type Database = Store['db']

export interface SecretRecord {
  readonly hash: string
  readonly keyId: string
  /** Null = as long as its key. */
  readonly expiresAt: Date | null
}

/** @throws `access.name-taken` */
export const insertKey = async (db: Database, key: KeyRecord, hash: string): Promise<void> => {
  const { rows } = await sql`insert into access_key (id, name, tenant, groups, routes, requests_per_minute,
      tokens_per_minute, monthly_budget_usd, created_at, expires_at)
    values (${key.id}, ${key.name}, ${key.tenant}, ${key.groups}, ${key.routes}, ${key.requestsPerMinute},
      ${key.tokensPerMinute}, ${key.monthlyBudgetUsd}, ${key.createdAt}, ${key.expiresAt})
    on conflict (tenant, name) where revoked_at is null do nothing returning id`.execute(db)
  if (rows.length === 0) throw accessError('access.name-taken', { tenant: key.tenant, name: key.name })
  await insertSecret(db, { hash, keyId: key.id, expiresAt: null })
}

export const insertSecret = async (db: Database, secret: SecretRecord): Promise<void> => {
  await sql`insert into access_secret (hash, key_id, expires_at)
    values (${secret.hash}, ${secret.keyId}, ${secret.expiresAt})`.execute(db)
}

/** Ends the secrets of a key at a time, unless they end before; forgets those that have ended. */
export const endSecrets = async (
  db: Database,
  keyId: string,
  { at, now }: { readonly at: Date; readonly now: Date },
): Promise<void> => {
  await sql`update access_secret set expires_at = least(expires_at, ${at}::timestamptz)
    where key_id = ${keyId}`.execute(db)
  await sql`delete from access_secret where key_id = ${keyId} and expires_at <= ${now}`.execute(db)
}

/** Revokes a key, once. @returns the record; undefined when there is none */
export const revokeKey = async (db: Database, id: string, now: Date): Promise<KeyRecord | undefined> => {
  const { rows } = await sql<KeyRow>`update access_key set revoked_at = coalesce(revoked_at, ${now})
    where id = ${id} returning *`.execute(db)
  await sql`delete from access_secret where key_id = ${id}`.execute(db)
  return rows[0] && recordOf(rows[0])
}

/** The record of a key, kept from changing until the transaction ends. */
export const lockKey = async (db: Database, id: string): Promise<KeyRecord | undefined> => {
  const { rows } = await sql<KeyRow>`select * from access_key where id = ${id} for update`.execute(db)
  return rows[0] && recordOf(rows[0])
}

/** All keys, oldest first. */
export const selectKeys = async (db: Database): Promise<readonly KeyRecord[]> => {
  const { rows } = await sql<KeyRow>`select * from access_key order by created_at, id`.execute(db)
  return rows.map(recordOf)
}

/** The keys that are not revoked, with their secrets, as one consistent picture. */
export const selectSecrets = async (
  db: Database,
): Promise<readonly { readonly key: KeyRecord; readonly secret: SecretRecord }[]> => {
  const { rows } = await sql<KeyRow & { hash: string; secret_expires_at: Date | null }>`
    select access_key.*, access_secret.hash, access_secret.expires_at as secret_expires_at
    from access_key join access_secret on access_secret.key_id = access_key.id
    where access_key.revoked_at is null`.execute(db)
  return rows.map((row) => ({
    key: recordOf(row),
    secret: { hash: row.hash, keyId: row.id, expiresAt: row.secret_expires_at },
  }))
}

/** What the driver returns: bigint as text. */
interface KeyRow {
  readonly id: string
  readonly name: string
  readonly tenant: string
  readonly groups: readonly string[]
  readonly routes: readonly string[] | null
  readonly requests_per_minute: string | null
  readonly tokens_per_minute: string | null
  readonly monthly_budget_usd: number | null
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
}

const recordOf = (row: KeyRow): KeyRecord => ({
  id: row.id,
  name: row.name,
  tenant: row.tenant,
  groups: row.groups,
  routes: row.routes,
  requestsPerMinute: row.requests_per_minute === null ? null : Number(row.requests_per_minute),
  tokensPerMinute: row.tokens_per_minute === null ? null : Number(row.tokens_per_minute),
  monthlyBudgetUsd: row.monthly_budget_usd,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})
