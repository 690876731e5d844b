// Floor 1: PostgreSQL, embedded or remote. Connections, transactions, migrations; no domain's SQL.

export {
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
  embeddedConnection,
  startEmbeddedDatabase,
} from './embedded-database.js'
export type { KeptTables } from './empty-database.js'
export { storeMessages } from './messages.js'
export type { DomainTables, Migration } from './migration.js'
export { connectStore, type Store, type StoreOptions } from './store.js'
