// Applies each domain's named, append-only migrations once, checked by content. Knows no domain.

import { sql } from 'kysely'
import { ArchitectError, canonicalJson, contentHash } from '../core/index.js'
import type { DatabaseHandle } from './database.js'
import { storeError } from './messages.js'

/** One step of a domain's tables. Once released it is never edited: a change is a new migration. */
export interface Migration {
  /** `m001_what_it_does`; the numbers of a domain count up from 001. */
  readonly name: string
  /** Statements in order. Unqualified table names, prefixed with the domain: `jobs_job`. */
  readonly sql: readonly string[]
}

/** What one domain keeps in a database. */
export interface DomainTables {
  readonly domain: string
  readonly migrations: readonly Migration[]
}

/** Any number; the same one for every runner, so that only one of them works at a time. */
const advisoryLockKey = 7_101_991

/**
 * Applies what is missing, all of it or nothing, inside the transaction that is handed in.
 * @throws `store.migration-changed` | `store.database-newer` | `store.migration-failed`
 */
export const applyMigrations = async (
  transaction: DatabaseHandle,
  domain: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> => {
  checkNames(domain, migrations)
  await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLockKey)})`.execute(transaction)
  await sql`create table if not exists store_migration (
    domain text not null, name text not null, hash text not null,
    applied_at timestamptz not null default now(), primary key (domain, name))`.execute(transaction)
  const applied = await sql<{ name: string; hash: string }>`
    select name, hash from store_migration where domain = ${domain} order by name`.execute(transaction)
  checkHistory(domain, migrations, applied.rows)
  const missing = migrations.slice(applied.rows.length)
  for (const migration of missing) await apply(transaction, domain, migration)
  return missing.map((migration) => migration.name)
}

const apply = async (transaction: DatabaseHandle, domain: string, migration: Migration) => {
  try {
    for (const statement of migration.sql) await sql.raw(statement).execute(transaction)
  } catch (error) {
    if (error instanceof ArchitectError) throw error
    const detail = error instanceof Error ? error.message : String(error)
    throw storeError('store.migration-failed', { domain, name: migration.name, detail }, { cause: error })
  }
  await sql`insert into store_migration (domain, name, hash)
    values (${domain}, ${migration.name}, ${hashOf(migration)})`.execute(transaction)
}

const hashOf = (migration: Migration) => contentHash(canonicalJson(migration.sql))

const checkHistory = (
  domain: string,
  migrations: readonly Migration[],
  applied: readonly { readonly name: string; readonly hash: string }[],
) => {
  for (const [index, row] of applied.entries()) {
    const migration = migrations[index]
    if (!migration) throw storeError('store.database-newer', { domain, name: row.name })
    if (migration.name !== row.name || hashOf(migration) !== row.hash)
      throw storeError('store.migration-changed', { domain, name: row.name })
  }
}

const checkNames = (domain: string, migrations: readonly Migration[]) => {
  for (const [index, { name }] of migrations.entries())
    if (!name.startsWith(`m${String(index + 1).padStart(3, '0')}_`))
      throw new RangeError(`migration ${index + 1} of ${domain} is called ${name}`)
}
