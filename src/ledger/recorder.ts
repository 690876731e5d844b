// The attempt recorder: a row begins in the journal before the upstream call and is settled there after it.
// Knows nothing of chat.

import type { Attempt, AttemptRecorder, AttemptStart, Clock, Log, OpenAttempt, Usage } from '../core/index.js'
import type { Counters } from './counters.js'
import type { Drain, PendingRow } from './drain.js'
import type { Journal } from './journal.js'
import { encodeLine } from './journal-line.js'
import { type Cost, type LedgerRow, settledRow, startedRow, type Timing } from './ledger-row.js'
import { ledgerError } from './messages.js'
import { type KeyLimits, type LimitReservations, reserveLimits } from './reserve-limits.js'

export interface RecorderOptions {
  readonly journal: Journal
  readonly drain: Drain
  /** A line of the segment is needed no more. */
  readonly release: (segment: number) => void
  readonly counters: Counters
  readonly price: (deployment: string, usage: Usage) => Cost | null
  readonly clock: Clock
  readonly log: Log
  /** How long a settlement waits for the journal or the database when neither takes it. */
  readonly settleTimeoutMs: number
}

export interface Recording {
  /** A recorder for the attempts of one key. */
  recorder(limits: KeyLimits): AttemptRecorder
  /** Attempts that have begun and are not settled. */
  openAttempts(): number
}

export const createRecording = (options: RecorderOptions): Recording => {
  const { journal, counters, price, clock, log } = options
  let openAttempts = 0

  const begin = async (limits: KeyLimits, start: AttemptStart): Promise<OpenAttempt> => {
    const estimate = price(start.deployment, start.reservation)?.nanoUsd ?? 0n
    const reservations = await reserveLimits(counters, limits, { start, estimate })
    const started = startedRow(start, clock.wallMs())
    let segment: number
    try {
      segment = await journal.append(encodeLine({ type: 'begin', row: started }))
    } catch (error) {
      await reservations.release()
      throw error
    }
    openAttempts++
    let settling: Promise<void> | undefined
    const settle = async (attempt: Omit<Attempt, 'deployment'>, timing: Timing) => {
      openAttempts--
      const cost = price(start.deployment, attempt.usage)
      const row = settledRow(started, { attempt, timing, cost })
      const reserved = settleReservations(reservations, row).catch((error: unknown) => {
        log.error({ error }, 'a reservation was not settled: its limit stays too tight until it ends')
      })
      await keepRow(options, row, segment)
      await reserved
    }
    return {
      settle: (attempt, timing) => {
        settling ??= settle(attempt, timing)
        return settling
      },
    }
  }

  return {
    recorder: (limits) => ({ begin: (start) => begin(limits, start) }),
    openAttempts: () => openAttempts,
  }
}

const settleReservations = (reservations: LimitReservations, row: LedgerRow) =>
  reservations.settle({ usage: row.usage, nanoUsd: row.costNanoUsd ?? 0n })

/**
 * Resolves when the journal has the row, or, while it cannot be written, when the database has it.
 * @throws `ledger.settle-failed` when neither took it in time; the row is kept and written later all the same
 */
const keepRow = (options: RecorderOptions, row: LedgerRow, began: number): Promise<void> => {
  const { journal, drain, release, clock, settleTimeoutMs } = options
  return new Promise<void>((resolve, reject) => {
    let timeout: AbortController | undefined
    let held: PendingRow | undefined
    const durable = () => {
      timeout?.abort()
      release(began)
      resolve()
    }
    const giveUp = (reason: string) => {
      const { requestId, attempt } = row
      reject(ledgerError('ledger.settle-failed', { requestId, attempt, reason }, { retryable: true }))
    }
    journal.keep(encodeLine({ type: 'settle', row }), {
      written: (segment) => {
        if (!held) drain.add({ row, segment, isStored: false })
        // The database has it already, so the line just written is not needed.
        else if (held.isStored) return release(segment)
        else held.segment = segment
        durable()
      },
      held: (reason) => {
        const stored = () => {
          // When the journal took it in the meantime, all of this was done then.
          if (held?.segment === undefined) durable()
        }
        held = { row, segment: undefined, isStored: false, stored }
        drain.add(held)
        timeout = new AbortController()
        clock.sleep(settleTimeoutMs, timeout.signal).then(
          () => giveUp(reason),
          // It rejects only when the row was durable first.
          () => {},
        )
      },
    })
  })
}
