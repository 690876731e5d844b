// The type of a database handle whose tables the store does not know.

import type { Kysely } from 'kysely'

/** Tables by name. Each domain narrows it to its own: `store.db as Kysely<LedgerTables>`. */
// biome-ignore lint/suspicious/noExplicitAny: the store knows no domain's tables
export type Database = any

/** What statements run on: the store itself or one of its transactions. */
export type DatabaseHandle = Kysely<Database>
