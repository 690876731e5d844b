// A schema of its own on the PostgreSQL of DATABASE_URL, for one test; dropped afterwards.

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { PoolConfig } from 'pg'
import { silentLog } from '../../src/core/index.js'
import { connectStore, type Store, type StoreOptions } from '../../src/store/index.js'

export interface TestSchema {
  readonly name: string
  /** A further store on the same schema, as another process would open it. */
  connect(options?: Partial<StoreOptions>): Promise<Store>
  close(): Promise<void>
}

/** @throws when DATABASE_URL is missing: these tests must not pass by not running */
export const databaseUrl = (): string => {
  const url = process.env.DATABASE_URL
  if (url) return url
  throw new Error(
    'DATABASE_URL is not set. Start PostgreSQL and name a database these tests may use, for example: ' +
      'DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres npm run test:services',
  )
}

export const openTestSchema = async (): Promise<TestSchema> => {
  const connectionString = databaseUrl()
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  const admin = await connectStore({ connection: { connectionString, max: 1 }, log: silentLog })
  await sql`create schema ${sql.id(schema)}`.execute(admin.db)
  const options = `-c search_path=${schema}`
  const connection: PoolConfig = { connectionString, options, application_name: schema }
  const stores: Store[] = []
  return {
    name: schema,
    connect: async (options = {}) => {
      const store = await connectStore({ connection, log: silentLog, ...options })
      stores.push(store)
      return store
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()))
      await sql`drop schema ${sql.id(schema)} cascade`.execute(admin.db)
      await admin.close()
    },
  }
}
