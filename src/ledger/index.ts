// Floor 3: what every call of an engine used and cost, and the limits on it. Knows nothing of chat.

export {
  type Counters,
  type CounterWindow,
  createCounters,
  type Refusal,
  type Reservation,
  type ReserveRequest,
} from './counters.js'
export { type ExportFormat, ledgerRowJson } from './export-rows.js'
export type { SyncPolicy } from './journal.js'
export type { JournalFile, JournalFiles } from './journal-files.js'
export type { LedgerRow } from './ledger-row.js'
export { ledgerMessages } from './messages.js'
export { ledgerMigrations } from './migrations.js'
export { usdText } from './nano-usd.js'
export { type Ledger, type LedgerHealth, type LedgerOptions, openLedger } from './open-ledger.js'
export type { Price } from './price-attempt.js'
export {
  allTenants,
  type RowsFilter,
  type RowsPage,
  type RowsQuery,
  type SummaryGroup,
  type SummaryQuery,
  type SummaryRow,
  summaryGroups,
} from './read-rows.js'
export { type KeyLimits, tokenCounter } from './reserve-limits.js'
