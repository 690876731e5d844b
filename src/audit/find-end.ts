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
  const [last, before] = listSegments(directory).toReversed()
  if (!last) return { head: origin, segment: undefined, tornBytes: 0, problem: checkpoint ? 'cut-off' : null }
  const { lines, bytes, tornBytes } = readSegment(last.path)
  const place = { segment: { first: last.first, bytes }, tornBytes }
  // A segment may have been begun and got no line.
  const entries = (lines.length === 0 && before ? readSegment(before.path).lines : lines).map(decodeLine)
  const end = entries.findLast((entry) => entry !== undefined)
  if (!end) {
    const isNew = lines.length === 0 && last.first === 1 && !checkpoint
    if (isNew) return { head: origin, ...place, problem: null }
    return { head: checkpoint ?? origin, ...place, segment: undefined, problem: 'unreadable' }
  }
  const head = { n: end.record.n, hash: end.hash }
  const covered = checkpoint && entries.find((entry) => entry?.record.n === checkpoint.n)
  const isRewritten = covered !== undefined && covered.hash !== checkpoint?.hash
  const isCutOff = checkpoint !== undefined && checkpoint.n > head.n
  return { head, ...place, problem: isCutOff ? 'cut-off' : isRewritten ? 'rewritten' : null }
}
