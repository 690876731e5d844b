// The row of one attempt, made so that no row can be refused by the table: texts are bounded and free of what
// PostgreSQL cannot hold, counts are whole numbers. Knows neither journal nor database.

import { createHash } from 'node:crypto'
import {
  type Attempt,
  type AttemptEnd,
  type AttemptStart,
  noUsage,
  type Usage,
  type UsageSource,
} from '../core/index.js'

/** What is known when an attempt begins. */
export interface StartedRow {
  readonly requestId: string
  readonly attempt: number
  readonly tenant: string
  readonly keyId: string
  readonly route: string
  readonly deployment: string
  readonly architectureHash: string
  /** Wall-clock ms since 1970. */
  readonly startedAtMs: number
}

/** One attempt, over and priced. */
export interface LedgerRow extends StartedRow {
  /** Ms from the start to the first content; null when there was none. */
  readonly firstContentMs: number | null
  /** Ms from the start to the end; null when the end is unknown. */
  readonly totalMs: number | null
  readonly usage: Usage
  readonly usageSource: UsageSource
  /** `unknown`: the process ended before the attempt was settled. */
  readonly end: AttemptEnd | 'unknown'
  readonly errorCode: string | null
  readonly priceVersion: string | null
  /** Whole nano-dollars; null when no price or no usage is known, never 0 for that. */
  readonly costNanoUsd: bigint | null
}

export type Timing = { readonly firstContentMs: number | null; readonly totalMs: number }
export type Cost = { readonly nanoUsd: bigint; readonly version: string }

/** The key of a row. */
export const rowKey = (row: Pick<StartedRow, 'requestId' | 'attempt'>): string =>
  `${row.attempt} ${row.requestId}`

export const startedRow = (start: AttemptStart, wallMs: number): StartedRow => ({
  requestId: text(start.requestId),
  attempt: Math.min(count(start.attempt), 2 ** 31 - 1),
  tenant: text(start.tenant),
  keyId: text(start.keyId),
  route: text(start.route),
  deployment: text(start.deployment),
  architectureHash: text(start.architectureHash),
  startedAtMs: Math.min(count(wallMs), maxDateMs),
})

export const settledRow = (
  started: StartedRow,
  outcome: {
    readonly attempt: Omit<Attempt, 'deployment'>
    readonly timing: Timing
    readonly cost: Cost | null
  },
): LedgerRow => {
  const { attempt, timing, cost } = outcome
  return {
    ...started,
    firstContentMs: timing.firstContentMs === null ? null : milliseconds(timing.firstContentMs),
    totalMs: milliseconds(timing.totalMs),
    usage: wholeUsage(attempt.usage),
    usageSource: attempt.usageSource,
    end: attempt.end,
    errorCode: attempt.error ? text(attempt.error.code) : null,
    priceVersion: cost ? text(cost.version) : null,
    costNanoUsd: cost ? cost.nanoUsd : null,
  }
}

/** The row of an attempt whose process ended before it was settled. */
export const unsettledRow = (started: StartedRow): LedgerRow => ({
  ...started,
  firstContentMs: null,
  totalMs: null,
  usage: noUsage,
  usageSource: 'none',
  end: 'unknown',
  errorCode: 'ledger.unsettled',
  priceVersion: null,
  costNanoUsd: null,
})

/** Wall-clock ms at which the attempt was over, as far as known. */
export const endedAtMs = (row: LedgerRow): number => row.startedAtMs + (row.totalMs ?? 0)

/** The end of the year 9999: the latest time that ISO 8601 writes with a year of four digits. */
const maxDateMs = Date.UTC(9999, 11, 31)
/** In UTF-16 units; keeps every index entry below PostgreSQL's limit of 2,704 bytes. */
const maxTextLength = 200

/** Texts that had to be changed get a hash of the original, so that two of them never become one. */
const text = (value: string): string => {
  const clean =
    value.includes('\0') || !value.isWellFormed() ? value.replaceAll('\0', '').toWellFormed() : value
  if (clean === value && clean.length <= maxTextLength) return clean
  const hash = createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
  return `${clean.slice(0, maxTextLength - 33).toWellFormed()}~${hash}`
}

const count = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value)))

const milliseconds = (value: number): number =>
  Number.isFinite(value) ? Math.max(0, Math.round(value * 1000) / 1000) : 0

const wholeUsage = ({ input, output }: Usage): Usage => ({
  input: {
    total: count(input.total),
    cacheRead: count(input.cacheRead),
    cacheWrite: count(input.cacheWrite),
  },
  output: { total: count(output.total), reasoning: count(output.reasoning) },
})
