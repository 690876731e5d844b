// Makes the database that is kept to be copied. What a copy takes goes by the number of its files and their size, so it has
// no database beside its own, and a log in small segments.

import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import type { Database } from './database.js'
import { applyMigrations, type DomainTables } from './migration.js'

/** @param files a directory that is empty, or holds a database already @param tables to be made in it */
export const makeEmptyDatabase = async (files: string, tables: readonly DomainTables[]): Promise<void> => {
  const engine = await PGlite.create(files, { initDbStartParams: ['--wal-segsize=1'] })
  try {
    await dropTemplates(engine)
    await makeTables(engine, tables)
  } finally {
    await engine.close()
  }
}

/** Those that PostgreSQL makes new databases from, which an embedded one never does: two thirds of its files. */
const dropTemplates = async (engine: PGlite) => {
  const others = 'select datname from pg_database where datname <> current_database()'
  const { rows } = await engine.query<{ readonly datname: string }>(others)
  await engine.query('update pg_database set datistemplate = false where datname <> current_database()')
  for (const { datname } of rows) await engine.query(`drop database ${datname}`)
}

const makeTables = async (engine: PGlite, tables: readonly DomainTables[]) => {
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite: engine }) })
  for (const { domain, migrations } of tables)
    await db.transaction().execute((transaction) => applyMigrations(transaction, domain, migrations))
}
