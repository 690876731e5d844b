// The tables of the rooms whose store is opened for them. A new embedded database is copied from one that has them.

import { batchMigrations } from '../batches/index.js'
import { conversationMigrations } from '../conversations/index.js'
import { canonicalJson, contentHash } from '../core/index.js'
import { fileMigrations } from '../files/index.js'
import { jobMigrations } from '../jobs/index.js'
import type { DomainTables } from '../store/index.js'

export const systemTables: readonly DomainTables[] = [
  { domain: 'jobs', migrations: jobMigrations },
  { domain: 'conversations', migrations: conversationMigrations },
  { domain: 'files', migrations: fileMigrations },
  { domain: 'batches', migrations: batchMigrations },
]

/** Names the tables as they are in this version. */
export const systemTablesKey: string = contentHash(canonicalJson(systemTables))
  .replace('sha256:', '')
  .slice(0, 16)
