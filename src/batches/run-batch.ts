// Works on one batch until it has ended, from wherever an earlier process left it: its status says where that is.

import { ArchitectError, type Clock, type Log } from '../core/index.js'
import type { JobHandler, RunningJob } from '../jobs/index.js'
import type { Store } from '../store/index.js'
import { changeStatus, type StoredBatch, selectBatch } from './batch-table.js'
import { endOpenLines, forgetLines, hasOpenLines, selectResults } from './line-table.js'
import { batchMessage } from './messages.js'
import { type InputLimits, readInput } from './read-input.js'
import { type BatchEnding, type BatchProblem, errorFileOf, isEnded, outputFileOf } from './records.js'
import { resultLines } from './result-lines.js'
import { type RunOptions, runLines } from './run-lines.js'

/** Where input is read and results are left; the room of files has one. */
export interface FilePort {
  find(tenant: string, id: string): Promise<{ readonly id: string; readonly bytes: number } | undefined>
  read(tenant: string, file: { readonly id: string; readonly bytes: number }): AsyncIterable<Uint8Array>
  leave(
    tenant: string,
    id: string,
    file: { readonly filename: string; readonly purpose: string; readonly expiresAfterMs: number | null },
    content: AsyncIterable<Uint8Array>,
  ): Promise<void>
}

export interface BatchRunOptions extends RunOptions {
  readonly store: Pick<Store, 'db'>
  readonly files: FilePort
  readonly limits: InputLimits
  readonly clock: Clock
  readonly log: Log
}

/** OpenAI's own: what belongs to batches is kept for so long unless somebody says otherwise. */
const defaultExpiryMs = 30 * 86_400_000

/** The handler of the jobs whose payload is `{ id }` of a batch. */
export const createBatchRunner =
  (options: BatchRunOptions): JobHandler =>
  async ({ payload, signal }) => {
    const { id } = payload as { readonly id: string }
    try {
      await work(options, id, signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof ArchitectError) || error.retryable) throw error
      options.log.error({ batch: id, err: error }, 'a batch could not be worked on')
      await giveUp(options, id, error)
    }
    return null
  }

const work = async (options: BatchRunOptions, id: string, signal: RunningJob['signal']): Promise<void> => {
  for (;;) {
    signal.throwIfAborted()
    const batch = await selectBatch(options.db, id)
    if (!batch || isEnded(batch)) return
    if (batch.status === 'validating') await validate(options, batch, signal)
    else if (batch.status === 'in_progress') await runAll(options, batch, signal)
    else await finish(options, batch, batch.ending ?? 'cancelled')
  }
}

const validate = async (options: BatchRunOptions, batch: StoredBatch, signal: AbortSignal): Promise<void> => {
  const { db, clock } = options
  const problems = await problemsOf(options, batch, signal)
  const [to, ending] = problems.length === 0 ? (['in_progress'] as const) : (['failed', 'failed'] as const)
  const change = { from: ['validating'] as const, to, nowMs: clock.wallMs(), problems }
  if ((await changeStatus(db, batch.id, { ...change, ...(ending && { ending }) })) && ending)
    await forgetLines(db, batch.id)
}

const problemsOf = async (
  { db, files, limits }: BatchRunOptions,
  { id, tenant, endpoint, inputFileId }: StoredBatch,
  signal: AbortSignal,
): Promise<readonly BatchProblem[]> => {
  const file = inputFileId === null ? undefined : await files.find(tenant, inputFileId)
  if (file)
    return readInput(db, { batchId: id, endpoint, content: files.read(tenant, file), signal, ...limits })
  const message = batchMessage('batches.input-missing', { id: inputFileId ?? '' })
  return [{ line: null, field: 'input_file_id', message }]
}

const runAll = async (options: BatchRunOptions, batch: StoredBatch, signal: AbortSignal): Promise<void> => {
  const { db, clock } = options
  await runLines(options, batch, signal)
  signal.throwIfAborted()
  // Those put back meanwhile are begun in the next round.
  const isLeft = await hasOpenLines(db, batch.id)
  const nowMs = clock.wallMs()
  if (isLeft && nowMs < batch.expiresAt.getTime()) return
  await changeStatus(db, batch.id, {
    from: ['in_progress'],
    to: 'finalizing',
    nowMs,
    ending: isLeft ? 'expired' : 'completed',
  })
}

/** Repeatable: a file that is there is not written again, and what has ended is not ended again. */
const finish = async (options: BatchRunOptions, batch: StoredBatch, ending: BatchEnding): Promise<void> => {
  const { db, clock } = options
  const { id, dialect } = batch
  if (ending !== 'completed') await endOpenLines(db, id, ending)
  const { counts } = (await selectBatch(db, id)) ?? batch
  const hasOutput = dialect === 'openai' && counts.succeeded > 0
  const hasErrors = dialect === 'openai' && counts.failed + counts.cancelled + counts.expired > 0
  if (hasOutput) await leaveFile(options, batch, outputFileOf(batch), ['succeeded'])
  if (hasErrors) await leaveFile(options, batch, errorFileOf(batch), ['failed', 'cancelled', 'expired'])
  const from = ['finalizing', 'cancelling'] as const
  await changeStatus(db, id, { from, to: ending, nowMs: clock.wallMs(), ending, hasOutput, hasErrors })
  if (dialect === 'openai') await forgetLines(db, id)
}

const leaveFile = (
  { db, files }: BatchRunOptions,
  batch: StoredBatch,
  id: string,
  outcomes: Parameters<typeof selectResults>[2],
): Promise<void> => {
  const expiresAfterMs = batch.outputExpiresAfterMs ?? defaultExpiryMs
  const filename = `${id.replace(/^file_/, 'batch_').replace('-', '_')}.jsonl`
  const content = resultLines(batch, selectResults(db, batch.id, outcomes))
  return files.leave(batch.tenant, id, { filename, purpose: 'batch_output', expiresAfterMs }, content)
}

const giveUp = async ({ db, clock }: BatchRunOptions, id: string, error: ArchitectError): Promise<void> => {
  const message = batchMessage('batches.broken', { code: error.code })
  await endOpenLines(db, id, 'failed')
  await changeStatus(db, id, {
    from: ['validating', 'in_progress', 'finalizing', 'cancelling'],
    to: 'failed',
    nowMs: clock.wallMs(),
    ending: 'failed',
    problems: [{ line: null, field: null, message }],
  })
}
