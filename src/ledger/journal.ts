// The journal: lines are durable when their promise resolves. Lines that arrive while a write runs go together
// with the next one. When writing fails, new work is refused until it works again, and what must not get lost
// waits. Knows no row.

import type { ArchitectError, Clock, Log } from '../core/index.js'
import { createDiskReserve } from './disk-reserve.js'
import { codeOf, reasonOf } from './failure-reason.js'
import type { JournalFiles } from './journal-files.js'
import { ledgerError } from './messages.js'
import type { Segments } from './segments.js'

/**
 * When a line counts as durable. `interval`: once the operating system has it, so a killed process loses nothing;
 * the disk follows within 100 ms, which is what a power cut can cost. `always`: once the disk has it.
 */
export type SyncPolicy = 'interval' | 'always'

export interface JournalOptions {
  readonly files: JournalFiles
  readonly segments: Segments
  readonly clock: Clock
  readonly log: Log
  readonly sync: SyncPolicy
  /** Size of all segments from which new work is refused. */
  readonly maxBytes: number
  /** Disk space that is given up when the disk is full, so that running calls can still be settled. */
  readonly reserveBytes: number
}

export interface Journal {
  /** @returns the segment of the line, once durable. @throws `ledger.journal-full` | `ledger.closed` */
  append(line: string): Promise<number>
  /** Appends a line that must not get lost: it is tried until it is written. @throws `ledger.closed` */
  keep(line: string, listener: KeepListener): void
  health(): { readonly writable: boolean; readonly reason: string | null }
  /** Refuses new work from now on; settlements are still taken. */
  stopWork(): void
  /** Waits for the writes that run. */
  close(): Promise<void>
}

export interface KeepListener {
  /** The line is durable in this segment. Called at most once. */
  written(segment: number): void
  /** The line cannot be written for now. Called at most once. */
  held(reason: string): void
}

interface Entry {
  readonly line: string
  readonly written: (segment: number) => void
  /** Undefined for a line that waits for better times. */
  readonly refuse: ((reason: string) => void) | undefined
  readonly held: (reason: string) => void
  isHeld: boolean
}

/** When everything that has come in by now has been looked at: settlements of all of it go into one write. */
const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

const syncEveryMs = 100
const firstProbeMs = 250
const longestProbeMs = 5_000

/** Creates the journal over segments. It starts refusing new work when the disk is full already. */
export const createJournal = async (options: JournalOptions): Promise<Journal> => {
  const { files, segments, clock, log } = options
  const reserve = createDiskReserve(files, options.reserveBytes)
  const stop = new AbortController()
  let queue: Entry[] = []
  let pumping: Promise<void> | undefined
  let writing: Promise<void> | undefined
  let syncing: Promise<void> | undefined
  let recovering: Promise<void> | undefined
  /** Why new work is refused. */
  let failure: string | undefined
  /** Whether not even kept lines can be written. */
  let isStuck = false
  let isStopped = false
  let isClosed = false

  const write = async (batch: readonly Entry[]) => {
    const bytes = Buffer.from(batch.map((entry) => entry.line).join(''))
    const segment = await segments.append(bytes, batch.length)
    if (options.sync === 'always') await syncNow(segment, batch.length)
    else syncing ??= syncLater()
    for (const entry of batch) entry.written(segment)
  }
  const syncNow = async (segment: number, lines: number) => {
    try {
      await segments.sync()
    } catch (error) {
      segments.release(segment, lines)
      throw error
    }
  }
  const syncLater = async () => {
    try {
      await clock.sleep(syncEveryMs, stop.signal)
      // Lines written from here on need a sync of their own.
      syncing = undefined
      await segments.sync()
    } catch (error) {
      if (!stop.signal.aborted) await fail(error)
    }
  }

  /** Writes what waits, and what comes meanwhile. */
  const flush = (): Promise<void> => {
    writing ??= Promise.resolve().then(writeQueue)
    return writing
  }
  const pump = (): Promise<void> => {
    pumping ??= endOfTurn().then(() => {
      pumping = undefined
      return flush()
    })
    return pumping
  }
  const writeQueue = async () => {
    while (queue.length > 0 && !isStuck) {
      const batch = queue
      queue = []
      try {
        await write(batch)
      } catch (error) {
        queue = [...batch, ...queue]
        await fail(error)
      }
    }
    // At once: what comes from here on would wait for a loop that is over.
    writing = undefined
  }

  const fail = async (error: unknown) => {
    const reason = reasonOf(error)
    if (failure === undefined)
      log.error({ directory: files.directory, reason }, 'the journal cannot be written: new work is refused')
    failure = reason
    for (const entry of queue) entry.refuse?.(reason)
    queue = queue.filter((entry) => !entry.refuse)
    // A reserve that cannot be given up makes no room: kept lines wait, as on any other failure.
    const hasRoom = codeOf(error) === 'ENOSPC' && (await reserve.free().catch(() => false))
    isStuck = !hasRoom
    if (isStuck) for (const entry of queue) hold(entry, reason)
    recovering ??= recover()
  }
  const hold = (entry: Entry, reason: string) => {
    if (!entry.isHeld) entry.held(reason)
    entry.isHeld = true
  }
  const recover = async () => {
    for (let pauseMs = firstProbeMs; failure !== undefined; pauseMs = Math.min(pauseMs * 2, longestProbeMs)) {
      // It rejects only when stopped, which is looked at next.
      await clock.sleep(pauseMs, stop.signal).catch(() => {})
      if (stop.signal.aborted) return
      await probe().catch((error: unknown) => {
        failure = reasonOf(error)
      })
    }
    recovering = undefined
  }
  const probe = async () => {
    // An empty line, which readers skip, proves the segment; the reserve proves that there is room again.
    await segments.append(Buffer.from('\n'), 0)
    isStuck = false
    await pump()
    if (isStuck) return
    await reserve.take()
    failure = undefined
    log.info({ directory: files.directory }, 'the journal can be written again')
  }

  const refusal = (): ArchitectError | undefined => {
    if (isStopped) return ledgerError('ledger.closed', {})
    if (failure !== undefined) return journalFull(files.directory, failure)
    const bytes = segments.bytes()
    if (bytes < options.maxBytes) return undefined
    return journalFull(
      files.directory,
      `${bytes} bytes wait for the database, the limit is ${options.maxBytes}`,
    )
  }

  await reserve.take().catch(fail)
  return {
    append: (line) =>
      new Promise((resolve, reject) => {
        const refused = refusal()
        if (refused) return reject(refused)
        const refuse = (reason: string) => reject(journalFull(files.directory, reason))
        queue.push({ line, written: resolve, refuse, held: () => {}, isHeld: false })
        void flush()
      }),
    keep: (line, { written, held }) => {
      if (isClosed) throw ledgerError('ledger.closed', {})
      const entry: Entry = { line, written, refuse: undefined, held, isHeld: false }
      queue.push(entry)
      if (isStuck && failure !== undefined) hold(entry, failure)
      else void pump()
    },
    health: () => {
      const refused = refusal()
      return { writable: refused === undefined, reason: refused?.message ?? null }
    },
    stopWork: () => {
      isStopped = true
    },
    close: async () => {
      isStopped = true
      isClosed = true
      await pumping
      await writing
      stop.abort()
      await Promise.all([syncing, recovering])
      await segments.close().catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'the journal was not closed cleanly; nothing written is lost')
      })
    },
  }
}

const journalFull = (directory: string, reason: string): ArchitectError =>
  ledgerError('ledger.journal-full', { directory, reason }, { retryable: true })
