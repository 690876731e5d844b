// Carries settled rows into the database in batches, for as long as it takes. Rows beyond a bound are let go of in
// memory and read again from their segment of the journal. Knows neither SQL nor line format.

import type { Clock, Log } from '../core/index.js'
import { reasonOf } from './failure-reason.js'
import { endedAtMs, type LedgerRow, rowKey } from './ledger-row.js'
import { ledgerError } from './messages.js'

/** A row on its way. */
export interface PendingRow {
  readonly row: LedgerRow
  /** The segment that holds its settlement; undefined while the journal has not taken it. */
  segment: number | undefined
  isStored: boolean
  /** Called once the database has the row. */
  readonly stored?: () => void
}

export interface DrainOptions {
  /** Writes rows, no two with the same key; may be repeated with rows that are there already. */
  readonly insert: (rows: readonly LedgerRow[]) => Promise<void>
  /** Settled rows of a segment, which is sealed first. */
  readonly readSegment: (segment: number) => Promise<readonly LedgerRow[]>
  /** These many rows of a segment are in the database. */
  readonly release: (segment: number, rows: number) => void
  readonly clock: Clock
  readonly log: Log
  readonly batchRows: number
  /** Rows held in memory; beyond it they wait in the journal only. */
  readonly maxRowsInMemory: number
}

export interface Drain {
  add(row: PendingRow): void
  /** Rows that wait in a segment, unread. @param sinceMs wall-clock ms at which the first was over */
  addSegment(segment: number, rows: number, sinceMs: number): void
  /** Resolves when the database has every row added so far. @throws `ledger.store-away` */
  flush(): Promise<void>
  health(): { readonly pendingRows: number; readonly lagMs: number; readonly storeFailure: string | null }
  /** Ends the work in the background, after the batch that runs. */
  close(): Promise<void>
}

/**
 * How long rows gather before they are written. A statement costs the embedded database as much as some 25 rows, and where
 * it shares a core with the gateway, requests wait meanwhile.
 */
const gatherMs = 250
const longestPauseMs = 5_000

export const createDrain = (options: DrainOptions): Drain => {
  const { insert, readSegment, release, clock, log, batchRows, maxRowsInMemory } = options
  const stop = new AbortController()
  /** In order of `sequence`, as are the segments below. */
  const waiting: { readonly pending: PendingRow; readonly sequence: number }[] = []
  const unread = new Map<number, UnreadSegment>()
  let sequence = 0
  let storeFailure: string | null = null
  let working: Promise<void> | undefined
  let turn: Promise<void> = Promise.resolve()

  const pendingRows = () => [...unread.values()].reduce((sum, { rows }) => sum + rows, waiting.length)

  const storeBatch = async () => {
    const batch = waiting.slice(0, batchRows).map(({ pending }) => pending)
    await insert(onePerKey(batch.map(({ row }) => row)))
    waiting.splice(0, batch.length)
    for (const pending of batch) {
      pending.isStored = true
      if (pending.segment !== undefined) release(pending.segment, 1)
      pending.stored?.()
    }
  }
  const storeSegment = async (segment: number, unreadRows: UnreadSegment) => {
    const rows = await readSegment(segment)
    for (let from = 0; from < rows.length; from += batchRows)
      await insert(onePerKey(rows.slice(from, from + batchRows)))
    unread.delete(segment)
    release(segment, unreadRows.rows)
  }
  const storeUpTo = async (target: number) => {
    for (;;) {
      const first = waiting[0]?.sequence ?? Number.POSITIVE_INFINITY
      const [segment, rows] = [...unread][0] ?? [0, undefined]
      if (Math.min(first, rows?.sequence ?? Number.POSITIVE_INFINITY) > target) return
      if (rows && rows.sequence < first) await storeSegment(segment, rows)
      else await storeBatch()
    }
  }
  /** One at a time, so that a flush and the background never write the same rows at once. */
  const storeAll = (): Promise<void> => {
    const target = sequence
    const result = turn.then(() => storeUpTo(target))
    // Told of below; the next one is tried all the same.
    turn = result.catch(() => {})
    return result.then(storeAnswered, storeFailed)
  }
  const storeAnswered = () => {
    if (storeFailure !== null) log.info({}, 'the ledger reaches the database again')
    storeFailure = null
  }
  const storeFailed = (error: unknown): never => {
    const reason = reasonOf(error)
    if (storeFailure === null)
      log.warn({ reason }, 'the ledger cannot reach the database: rows wait in the journal')
    storeFailure = reason
    throw ledgerError('ledger.store-away', { reason }, { cause: error, retryable: true })
  }

  const work = () => {
    working ??= keepStoring()
  }
  const keepStoring = async () => {
    let pauseMs = gatherMs
    while (waiting.length + unread.size > 0) {
      // It rejects only when stopped, which is looked at next.
      await clock.sleep(pauseMs, stop.signal).catch(() => {})
      if (stop.signal.aborted) break
      pauseMs = await storeAll().then(
        () => gatherMs,
        // Logged when it began; `health` tells of it as long as it lasts.
        () => Math.min(pauseMs * 2, longestPauseMs),
      )
    }
    working = undefined
  }

  const addSegment: Drain['addSegment'] = (segment, rows, sinceMs) => {
    sequence++
    const known = unread.get(segment)
    if (known) known.rows += rows
    else unread.set(segment, { rows, sinceMs, sequence })
    work()
  }

  return {
    add: (pending) => {
      // A row that the journal could not take stays in memory.
      if (pending.segment !== undefined && waiting.length >= maxRowsInMemory)
        return addSegment(pending.segment, 1, endedAtMs(pending.row))
      waiting.push({ pending, sequence: ++sequence })
      work()
    },
    addSegment,
    flush: storeAll,
    health: () => {
      const ends = waiting.slice(0, 1).map(({ pending }) => endedAtMs(pending.row))
      const sinceMs = Math.min(...ends, ...[...unread.values()].map((segment) => segment.sinceMs))
      return {
        pendingRows: pendingRows(),
        lagMs: Number.isFinite(sinceMs) ? Math.max(0, clock.wallMs() - sinceMs) : 0,
        storeFailure,
      }
    },
    close: async () => {
      stop.abort()
      await working
      await turn
    },
  }
}

/** Rows of a segment that are not in memory. */
interface UnreadSegment {
  rows: number
  readonly sinceMs: number
  readonly sequence: number
}

/** One row per key; a settled one beats one whose end is unknown, else the first. */
const onePerKey = (batch: readonly LedgerRow[]): readonly LedgerRow[] => {
  const rows = new Map<string, LedgerRow>()
  for (const row of batch) {
    const key = rowKey(row)
    const known = rows.get(key)
    if (!known || (known.end === 'unknown' && row.end !== 'unknown')) rows.set(key, row)
  }
  return [...rows.values()]
}
