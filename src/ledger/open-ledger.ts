// Puts the ledger together: replays the journal, brings the database up to date, restores budgets, then takes work.

import type { AttemptRecorder, Clock, Log } from '../core/index.js'
import type { Store } from '../store/index.js'
import { type Counters, monthStartMs } from './counters.js'
import { createDrain, type Drain } from './drain.js'
import { type ExportFormat, exportRows } from './export-rows.js'
import { reasonOf } from './failure-reason.js'
import { insertRows } from './insert-rows.js'
import { createJournal, type SyncPolicy } from './journal.js'
import { createDiskFiles, type JournalFiles } from './journal-files.js'
import { ledgerMigrations } from './migrations.js'
import { createPricing, type Price } from './price-attempt.js'
import {
  type RowsFilter,
  type RowsPage,
  type RowsQuery,
  type SummaryQuery,
  type SummaryRow,
  selectRows,
  selectSpending,
  selectSummary,
} from './read-rows.js'
import { createRecording } from './recorder.js'
import { type Replay, replayJournal, settledRowsOf } from './replay.js'
import { budgetCounter, type KeyLimits } from './reserve-limits.js'
import { createSegments, type Segments } from './segments.js'

export interface LedgerOptions {
  /** Of the journal. One process may use it at a time; the caller holds its lock. */
  readonly directory: string
  readonly store: Store
  readonly clock: Clock
  readonly price: Price
  readonly counters: Counters
  readonly log: Log
  /** Default `interval`. */
  readonly sync?: SyncPolicy
  /** Size of the journal, in bytes, from which new work is refused. Default 1 GiB, about a million attempts. */
  readonly maxJournalBytes?: number
  /** Default 4 MiB. */
  readonly segmentBytes?: number
  /** How long settling waits when neither journal nor database can be written. Default 5,000. */
  readonly settleTimeoutMs?: number
  /** Rows that wait for the database in memory; the rest waits in the journal. Default 20,000. */
  readonly maxRowsInMemory?: number
  /** The journal's files; default: the disk. */
  readonly files?: JournalFiles
}

export interface LedgerHealth {
  /** False while new work is refused; `reason` says why. */
  readonly writable: boolean
  readonly reason: string | null
  /** Why the database did not take rows at the last try; null when it did. */
  readonly storeFailure: string | null
  /** Settled rows that the database does not hold yet. */
  readonly pendingRows: number
  /** Age of the oldest of them in ms; 0 when there is none. */
  readonly lagMs: number
  readonly journalBytes: number
  readonly journalSegments: number
  readonly openAttempts: number
  /** Lines the disk had changed, found when the ledger was opened. */
  readonly damagedLines: number
}

export interface Ledger {
  /** A recorder for the attempts of one key, whose limits it enforces. */
  recorder(limits: KeyLimits): AttemptRecorder
  /** One page of rows, everything settled before included. @throws `ledger.store-away` | `ledger.cursor-invalid` */
  rows(query: RowsQuery): Promise<RowsPage>
  /** Sums by group, everything settled before included. @throws `ledger.store-away` */
  summary(query: SummaryQuery): Promise<readonly SummaryRow[]>
  /** All rows as lines of text. */
  export(filter: RowsFilter, format: ExportFormat): AsyncIterable<string>
  /** Resolves when the database has every settled row. @throws `ledger.store-away` */
  flush(): Promise<void>
  health(): LedgerHealth
  /** Takes no more work, flushes what it can, and closes the journal; what is left is replayed at the next start. */
  close(): Promise<void>
}

/**
 * Opens the ledger: replays the journal into the database and restores this month's spending into the counters.
 * It needs the database here, and later survives its absence.
 * @throws `ledger.store-away` | `ledger.journal-newer` and the store's own errors
 */
export const openLedger = async (options: LedgerOptions): Promise<Ledger> => {
  const { directory, store, clock, counters, log } = options
  const { files = createDiskFiles(directory), segmentBytes = 4 * 1024 * 1024 } = options
  await store.migrate('ledger', ledgerMigrations)
  const replay = await replayJournal(files)
  const segments = createSegments({ files, segmentBytes, log })
  const drain = createDrain({
    insert: (rows) => insertRows(store, rows),
    readSegment: async (segment) => {
      await segments.seal(segment)
      return settledRowsOf(files, segment)
    },
    release: segments.release,
    clock,
    log,
    batchRows: 500,
    maxRowsInMemory: options.maxRowsInMemory ?? 20_000,
  })
  takeOver(replay, { segments, drain, log })
  const journal = await createJournal({
    files,
    segments,
    clock,
    log,
    sync: options.sync ?? 'interval',
    maxBytes: options.maxJournalBytes ?? 1024 ** 3,
    reserveBytes: 1024 * 1024,
  })
  const close = async () => {
    journal.stopWork()
    await drain.flush().catch((error: unknown) => {
      log.warn({ reason: reasonOf(error) }, 'rows stay in the journal until the next start')
    })
    await drain.close()
    await journal.close()
  }
  try {
    await drain.flush()
    await restoreBudgets({ store, counters, clock })
  } catch (error) {
    await close()
    throw error
  }
  const { recorder, openAttempts } = createRecording({
    journal,
    drain,
    release: segments.release,
    counters,
    price: createPricing(options.price, log),
    clock,
    log,
    settleTimeoutMs: options.settleTimeoutMs ?? 5_000,
  })
  const rows = async (query: RowsQuery) => {
    await drain.flush()
    return selectRows(store, query)
  }
  return {
    recorder,
    rows,
    summary: async (query) => {
      await drain.flush()
      return selectSummary(store, query)
    },
    export: (filter, format) => exportRows(rows, filter, format),
    flush: drain.flush,
    health: () => ({
      ...journal.health(),
      ...drain.health(),
      journalBytes: segments.bytes(),
      journalSegments: segments.count(),
      openAttempts: openAttempts(),
      damagedLines: replay.damagedLines,
    }),
    close,
  }
}

/** Hands what earlier processes left to the segments and the drain. */
const takeOver = (
  replay: Replay,
  { segments, drain, log }: { readonly segments: Segments; readonly drain: Drain; readonly log: Log },
) => {
  let unsettledAttempts = 0
  for (const { segment, bytes, settlements, sinceMs, unsettled } of replay.segments) {
    segments.adopt(segment, bytes, settlements + unsettled.length)
    if (settlements > 0) drain.addSegment(segment, settlements, sinceMs)
    for (const row of unsettled) drain.add({ row, segment, isStored: false })
    unsettledAttempts += unsettled.length
  }
  const { tornLines, damagedLines } = replay
  if (damagedLines > 0)
    log.error({ damagedLines }, 'the disk damaged lines of the journal: their attempts may be missing')
  if (unsettledAttempts > 0 || tornLines > 0)
    log.warn({ unsettledAttempts, tornLines }, 'the last process ended while attempts were running')
}

const restoreBudgets = async ({
  store,
  counters,
  clock,
}: Pick<LedgerOptions, 'store' | 'counters' | 'clock'>) => {
  const spending = await selectSpending(store, monthStartMs(clock.wallMs()))
  for (const [keyId, nanoUsd] of spending)
    await counters.raise({ key: budgetCounter(keyId), amount: Number(nanoUsd), windowMs: 'calendar-month' })
}
