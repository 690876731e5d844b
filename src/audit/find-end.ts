// Where an audit log ends that another process has left, and whether it is the one that the last checkpoint covers.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listSegments, readSegment } from './audit-files.js'
import { decodeLine, origin, type Position } from './audit-line.js'
import type { LogRecord } from './audit-record.js'
import { type Checkpoint, parseCheckpoint } from './checkpoint.js'

export interface LogEnd {
  readonly head: Position
  /** Where to go on; undefined for a log that has no segment, or whose last one cannot be read. */
  readonly segment: { readonly first: number; readonly bytes: number } | undefined
  readonly tornBytes: number
  readonly problem: Extract<LogRecord, { readonly type: 'opened' }>['problem']
}

export const checkpointPath = (directory: string): string => join(directory, 'checkpoint')

/** undefined when there is none that can be read. */
export const readCheckpoint = (path: string): Checkpoint | undefined => {
  try {
    return parseCheckpoint(readFileSync(path, 'utf8'))
  } catch {
    // Whoever verifies says that it is gone; whoever writes makes another one.
    return undefined
  }
}

export const findEnd = (directory: string): LogEnd => {
  const checkpoint = readCheckpoint(checkpointPath(directory))
  const last = listSegments(directory).at(-1)
  if (!last) return { head: origin, segment: undefined, tornBytes: 0, problem: checkpoint ? 'cut-off' : null }
  const { lines, bytes, tornBytes } = readSegment(last.path)
  const entries = lines.map(decodeLine)
  const end = entries.findLast((entry) => entry !== undefined)
  if (!end) {
    const head = lines.length === 0 ? beforeSegment(last.first, checkpoint) : undefined
    if (head) return { head, segment: { first: last.first, bytes }, tornBytes, problem: null }
    return { head: checkpoint ?? origin, segment: undefined, tornBytes, problem: 'unreadable' }
  }
  const head = { n: end.record.n, hash: end.hash }
  const covered = checkpoint && entries.find((entry) => entry?.record.n === checkpoint.n)
  const isRewritten = covered !== undefined && covered.hash !== checkpoint?.hash
  const isCutOff = checkpoint !== undefined && checkpoint.n > head.n
  const problem = isCutOff ? 'cut-off' : isRewritten ? 'rewritten' : null
  return { head, segment: { first: last.first, bytes }, tornBytes, problem }
}

/** A segment that was begun and got no line: the checkpoint is written before a new one is begun. */
const beforeSegment = (first: number, checkpoint: Checkpoint | undefined): Position | undefined => {
  const before = checkpoint ?? origin
  return before.n === first - 1 ? { n: before.n, hash: before.hash } : undefined
}
