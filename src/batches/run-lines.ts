// Has the requests of a batch answered, a bounded number at a time, and keeps each result before the next request is
// begun. Knows no HTTP and no dialect.

import { ArchitectError, type Clock } from '../core/index.js'
import type { Store } from '../store/index.js'
import type { LineSeats } from './line-seats.js'
import { endLine, releaseLine, type StartedLine, selectStatus, startLine } from './line-table.js'
import type { Batch, LineResult } from './records.js'

export interface LineRequest extends Pick<Batch, 'tenant' | 'keyId' | 'dialect' | 'endpoint'> {
  /** JSON. */
  readonly body: string
  readonly signal: AbortSignal
}

export interface LineAnswer {
  /** As an HTTP client would have got it. */
  readonly answer: NonNullable<LineResult['answer']>
  /** Null where the same request would be answered the same. */
  readonly again: {
    /** Null where it was not said. */
    readonly afterMs: number | null
    /** A limit of the key, which is waited for as long as the batch may take. */
    readonly isLimit: boolean
  } | null
}

/** Answers one request as if its key had sent it now; rejects only when it was aborted. */
export type AnswerLine = (request: LineRequest) => Promise<LineAnswer>

export interface RunOptions {
  readonly db: Store['db']
  readonly answer: AnswerLine
  readonly seats: LineSeats
  readonly clock: Clock
  /** How long requests under way may go on once the process is told to end. */
  readonly graceMs: number
}

/** How often a request is tried that fails in a way that may pass. */
const maxTries = 5
/** A request whose process has died so often without a result has killed it, as far as anybody can tell. */
const maxStarts = 5
/** How long a pause may be before it is looked whether the batch was cancelled. */
const lookEveryMs = 2_000
const maxPauseMs = 60_000

/**
 * Resolves when no request is left to begin: all have results, the batch is not `in_progress` any more, its time is over,
 * or `signal` was aborted. Nothing is under way then.
 */
export const runLines = async (options: RunOptions, batch: Batch, signal: AbortSignal): Promise<void> => {
  const { db, clock, seats } = options
  const hard = new AbortController()
  const done = new AbortController()
  const onAbort = () => void endAfterGrace(options, { signal, hard, done: done.signal })
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()

  let broken = false
  const isOver = () => broken || signal.aborted || clock.wallMs() >= batch.expiresAt.getTime()
  const next = createTaker(db, batch.id)
  const work = async () => {
    while (!isOver()) {
      const line = await next()
      if (!line) return
      const result = await answerLine(options, { batch, line, hard: hard.signal, isOver })
      if (result) await persist(clock, () => endLine(db, batch.id, result))
      else await releaseLine(db, batch.id, line.number)
    }
  }
  const guarded = () =>
    work().catch((error: unknown) => {
      broken = true
      throw error
    })
  try {
    const ended = await Promise.allSettled(Array.from({ length: seats.count }, guarded))
    const failed = ended.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  } finally {
    done.abort()
    signal.removeEventListener('abort', onAbort)
  }
}

/** One at a time, each behind the one before: so no request is taken twice, and none that was put back at once. */
const createTaker = (db: Store['db'], batchId: string) => {
  let after = 0
  let taking: Promise<StartedLine | undefined> = Promise.resolve(undefined)
  return () => {
    taking = taking.then(async () => {
      const line = await startLine(db, batchId, after)
      after = line?.number ?? after
      return line
    })
    return taking
  }
}

interface LineRun {
  readonly batch: Batch
  readonly line: StartedLine
  /** Ends what is under way. */
  readonly hard: AbortSignal
  readonly isOver: () => boolean
}

/** @returns undefined where there is no result, and the request is to be begun again or ended with its batch */
const answerLine = async (
  options: RunOptions,
  { batch, line, hard, isOver }: LineRun,
): Promise<Omit<LineResult, 'customId'> | undefined> => {
  const { number, body, starts } = line
  if (starts > maxStarts) return { number, outcome: 'failed', answer: null }
  const { tenant, keyId, dialect, endpoint } = batch
  for (let tries = 1; ; ) {
    const request = { tenant, keyId, dialect, endpoint, body, signal: hard }
    const answered = await options.seats.use(() => answerUnlessEnded(options, request))
    if (!answered) return undefined
    const { answer, again } = answered
    if (!again || (!again.isLimit && tries >= maxTries))
      return { number, outcome: answer.status < 400 ? 'succeeded' : 'failed', answer }
    const pauseMs = again.afterMs ?? Math.min(maxPauseMs, 1_000 * 2 ** (tries - 1))
    if (!(await pause(options, { batch, pauseMs, isOver }))) return undefined
    if (!again.isLimit) tries++
  }
}

/** What does not hear that it was ended is waited for no longer than this. */
const endingMs = 2_000

/** @returns undefined when the request was ended before there was an answer */
const answerUnlessEnded = (
  { answer, clock }: RunOptions,
  request: LineRequest,
): Promise<LineAnswer | undefined> =>
  new Promise((resolve, reject) => {
    const { signal } = request
    const settle = (work: () => void) => {
      signal.removeEventListener('abort', onAbort)
      work()
    }
    const onAbort = () => void clock.sleep(endingMs).then(() => settle(() => resolve(undefined)))
    if (signal.aborted) return resolve(undefined)
    signal.addEventListener('abort', onAbort, { once: true })
    answer(request).then(
      (answered) => settle(() => resolve(answered)),
      (error) => settle(() => (signal.aborted ? resolve(undefined) : reject(error))),
    )
  })

/** @returns false when there is no use in going on */
const pause = async (
  { db, clock }: RunOptions,
  {
    batch,
    pauseMs,
    isOver,
  }: { readonly batch: Batch; readonly pauseMs: number; readonly isOver: () => boolean },
): Promise<boolean> => {
  const untilMs = clock.monotonicMs() + pauseMs
  for (;;) {
    const leftMs = untilMs - clock.monotonicMs()
    if (leftMs <= 0) return !isOver()
    await clock.sleep(Math.min(leftMs, lookEveryMs))
    if (isOver() || (await selectStatus(db, batch.id)) !== 'in_progress') return false
  }
}

/** What is under way may end by itself, but not where another process goes on with the job. */
const endAfterGrace = async (
  { clock, graceMs }: RunOptions,
  { signal, hard, done }: { signal: AbortSignal; hard: AbortController; done: AbortSignal },
): Promise<void> => {
  const { reason } = signal
  const isLost = reason instanceof ArchitectError && reason.code === 'jobs.lease-lost'
  // It rejects when nothing is under way any more.
  if (!isLost) await clock.sleep(graceMs, done).catch(() => {})
  if (!done.aborted) hard.abort(reason)
}

const patienceMs = 60_000

/** A result that was paid for is not lost to a short absence of the database. */
const persist = async (clock: Clock, statement: () => Promise<void>): Promise<void> => {
  const giveUpMs = clock.monotonicMs() + patienceMs
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await statement()
    } catch (error) {
      const mayPass = error instanceof ArchitectError && error.retryable
      if (!mayPass || clock.monotonicMs() + pauseMs > giveUpMs) throw error
      await clock.sleep(pauseMs)
    }
  }
}
