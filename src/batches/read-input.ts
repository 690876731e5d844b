// An input file to the requests of its batch, or to what is wrong with it, line by line. It is begun anew after a
// crash, so it may run any number of times.

import type { Store } from '../store/index.js'
import { deleteLines, insertLines, type NumberedLine } from './line-table.js'
import { batchMessage } from './messages.js'
import { parseLine } from './parse-line.js'
import type { BatchProblem } from './records.js'
import { splitLines } from './split-lines.js'

export interface InputLimits {
  readonly maxLines: number
  readonly maxLineBytes: number
}

export interface Input extends InputLimits {
  readonly batchId: string
  readonly endpoint: string
  readonly content: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** How many are told: the first ones say enough. */
const maxProblems = 100
const groupLines = 200
const groupBytes = 1024 * 1024

/** @returns what is wrong; nothing when all requests are in the table */
export const readInput = async (db: Store['db'], input: Input): Promise<readonly BatchProblem[]> => {
  const { batchId, endpoint, content, signal, maxLines, maxLineBytes } = input
  const problems: BatchProblem[] = []
  const lineOf = new Map<string, number>()
  let group: NumberedLine[] = []
  let held = 0
  let count = 0
  const flush = async () => {
    if (group.length > 0 && problems.length === 0) await insertLines(db, batchId, group)
    group = []
    held = 0
  }
  const complain = (found: BatchProblem) => problems.push(found)

  await deleteLines(db, batchId)
  for await (const { number, bytes } of splitLines(content, maxLineBytes)) {
    signal.throwIfAborted()
    if (problems.length >= maxProblems) break
    if (++count > maxLines) {
      complain({ ...whole, message: batchMessage('batches.too-many-lines', { limit: maxLines }) })
      break
    }
    const place = { line: number, field: null }
    if (!bytes) {
      complain({ ...place, message: batchMessage('batches.line-too-long', { limitBytes: maxLineBytes }) })
      continue
    }
    const parsed = parseLine(bytes, endpoint)
    if ('problem' in parsed) {
      complain({ ...place, ...parsed.problem })
      continue
    }
    const { customId, body } = parsed.line
    const before = lineOf.get(customId)
    if (before !== undefined) {
      const message = batchMessage('batches.custom-id-duplicate', { customId, line: before })
      complain({ line: number, field: 'custom_id', message })
      continue
    }
    lineOf.set(customId, number)
    group.push({ number, customId, body })
    held += body.length
    if (group.length >= groupLines || held >= groupBytes) await flush()
  }
  await flush()
  if (count === 0) complain({ ...whole, message: batchMessage('batches.input-empty', {}) })
  return problems
}

const whole = { line: null, field: null } as const
