// The tables of the rooms whose store is opened for them, and all those that a new embedded database is copied with.

import { accessMigrations } from '../access/index.js'
import { batchMigrations } from '../batches/index.js'
import { conversationMigrations } from '../conversations/index.js'
import { canonicalJson, contentHash } from '../core/index.js'
import { fileMigrations } from '../files/index.js'
import { jobMigrations } from '../jobs/index.js'
import { ledgerMigrations } from '../ledger/index.js'
import type { DomainTables } from '../store/index.js'

export const systemTables: readonly DomainTables[] = [
  { domain: 'jobs', migrations: jobMigrations },
  { domain: 'conversations', migrations: conversationMigrations },
  { domain: 'files', migrations: fileMigrations },
  { domain: 'batches', migrations: batchMigrations },
]

/** With those of rooms that make their tables by themselves. */
export const keptTables: readonly DomainTables[] = [
  ...systemTables,
  { domain: 'access', migrations: accessMigrations },
  { domain: 'ledger', migrations: ledgerMigrations },
]

/** Names the tables as they are in this version. */
export const keptTablesKey: string = contentHash(canonicalJson(keptTables))
  .replace('sha256:', '')
  .slice(0, 16)
