// The audit log: an entry is written in the chain and with the operating system when `append` returns, and signed
// checkpoints follow within a second. While the disk is slow or takes nothing, entries wait in memory, in bounds, and
// what goes over them is counted in the log itself. Knows no request.

import { fdatasync, fdatasyncSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Clock, Log } from '../core/index.js'
import { type AuditFile, listSegments, openSegment, readSegment, type WriteSome } from './audit-files.js'
import { loadKeys } from './audit-keys.js'
import { decodeLine, encodeLine, type Position } from './audit-line.js'
import type { AuditEntry, AuditRecord } from './audit-record.js'
import { signCheckpoint } from './checkpoint.js'
import { checkpointPath, findEnd } from './find-end.js'
import { createKeyedDigest } from './keyed-digest.js'

export interface AuditHealth {
  readonly writable: boolean
  /** Why not; null when it is. */
  readonly reason: string | null
  /** Written since the log was opened, its own included. */
  readonly writtenEntries: number
  readonly waitingEntries: number
  readonly droppedEntries: number
}

export interface AuditLog {
  /** Never throws and never waits for a disk that takes nothing. */
  append(entry: AuditEntry): void
  health(): AuditHealth
  /** Removes segments whose last entry is older, and says so in the log. */
  prune(retentionDays: number): void
  close(): void
}

export interface AuditLogOptions {
  /** Made when there is none. One process may use it at a time; the caller holds its lock. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** Size from which a new segment is begun. Default 16 MiB, about 35,000 entries. */
  readonly segmentBytes?: number
  /** Entries that wait in memory while the disk takes none. Default 20,000. */
  readonly maxWaiting?: number
  /** Writes to a file; default: the disk. */
  readonly writeSome?: WriteSome
}

/** A power cut costs no more than this; whoever cuts entries off the end is found out from here on. */
const checkpointEveryMs = 1_000
/** A write that takes longer has waited for the disk, not only for the page cache. */
const slowWriteMs = 20
const retryMs = 500

const syncToDisk = promisify(fdatasync)

interface Stamped {
  readonly record: AuditRecord
  readonly atMs: number
}

/** @throws audit.key-unreadable, and what the disk says */
export const openAuditLog = (options: AuditLogOptions): AuditLog => {
  const { directory, clock, log } = options
  const { segmentBytes = 16 * 1024 * 1024, maxWaiting = 20_000 } = options
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const keys = loadKeys(directory)
  const digest = createKeyedDigest(keys.digest)
  const end = findEnd(directory)
  if (end.problem)
    log.error({ directory, problem: end.problem }, 'the audit log is not as it was left: run `audit verify`')
  const stop = new AbortController()
  let { head } = end
  const openFrom = (start: { readonly first: number; readonly bytes?: number }) =>
    openSegment(directory, start, options.writeSome)
  let file: AuditFile = openFrom(end.segment ?? { first: head.n + 1 })
  let waiting: Stamped[] = []
  let droppedEntries = 0
  /** Of them, those that the log does not tell of yet. */
  let untoldEntries = 0
  let writtenEntries = 0
  let failure: string | null = null
  let isRetrying = false
  let isCheckpointDue = false
  let isClosed = false
  /** Segments that are full, and on their way to the disk. */
  const full: AuditFile[] = []

  const write = (records: readonly Stamped[]) => {
    if (file.bytes() >= segmentBytes) beginSegment()
    let at: Position = head
    const lines = records.map(({ record, atMs }) => {
      const line = encodeLine(record, atMs, at)
      at = { n: line.n, hash: line.hash }
      return line.text
    })
    file.append(Buffer.from(lines.join('')))
    head = at
    writtenEntries += records.length
    checkpointLater()
  }
  const beginSegment = () => {
    const next = openFrom({ first: head.n + 1 })
    full.push(file)
    file = next
  }
  /** Never covers what a power cut could still take. The event loop does not wait for the disk. */
  const checkpoint = async () => {
    const covered = head
    const ended = full.splice(0)
    await Promise.all([...ended, file].map(({ fd }) => syncToDisk(fd)))
    for (const one of ended) one.close()
    if (!isClosed) keepCheckpoint(covered)
  }
  const keepCheckpoint = (covered: Position) => {
    const path = checkpointPath(directory)
    const signed = signCheckpoint(covered, clock.wallMs(), keys.signing)
    writeFileSync(`${path}.next`, `${JSON.stringify(signed)}\n`, { mode: 0o600 })
    renameSync(`${path}.next`, path)
  }
  const checkpointLater = () => {
    if (isCheckpointDue) return
    isCheckpointDue = true
    clock.sleep(checkpointEveryMs, stop.signal).then(
      () => {
        isCheckpointDue = false
        return checkpoint().catch((error: unknown) => {
          if (!isClosed) failed(error)
        })
      },
      // It rejects only when the log is closed, which writes one.
      () => {},
    )
  }

  /** @returns false when the disk did not take it */
  const attempt = (work: () => void): boolean => {
    try {
      work()
      return true
    } catch (error) {
      failed(error)
      return false
    }
  }
  const failed = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    if (failure === null) log.error({ directory, reason }, 'the audit log cannot be written: entries wait')
    failure = reason
    retryLater()
  }
  const hold = (entry: Stamped) => {
    if (waiting.length < maxWaiting) waiting.push(entry)
    else {
      droppedEntries++
      untoldEntries++
    }
    retryLater()
  }
  const retryLater = () => {
    if (isRetrying) return
    isRetrying = true
    clock.sleep(retryMs, stop.signal).then(
      () => {
        isRetrying = false
        writeWaiting()
      },
      // It rejects only when the log is closed, which tries once more.
      () => {},
    )
  }
  const writeWaiting = () => {
    const dropped: AuditRecord = { type: 'dropped', entries: untoldEntries }
    const lost = untoldEntries > 0 ? [{ record: dropped, atMs: clock.wallMs() }] : []
    const batch = [...waiting, ...lost]
    // Without entries that wait, only what failed before is tried again.
    if (batch.length === 0 && failure === null) return
    if (!attempt(() => (batch.length > 0 ? write(batch) : checkpointLater()))) return
    if (failure !== null) log.info({ directory }, 'the audit log can be written again')
    failure = null
    waiting = []
    untoldEntries = 0
  }
  const add = (record: AuditRecord) => {
    const entry = { record, atMs: clock.wallMs() }
    if (waiting.length > 0 || isRetrying) return hold(entry)
    const startedMs = clock.monotonicMs()
    if (!attempt(() => write([entry]))) return hold(entry)
    // While the disk is slow, what comes is gathered, so that the event loop waits for it now and then only.
    if (clock.monotonicMs() - startedMs > slowWriteMs) retryLater()
  }

  add({ type: 'opened', problem: end.problem, tornBytes: end.tornBytes })
  return {
    append: (entry) => {
      if (entry.type !== 'request') return add(entry)
      const { type, requestId, tenant, keyId, route, architectureHash, answeredBy, end, errorCode } = entry
      const requestDigest = digest(entry.content)
      add({
        type,
        requestId,
        tenant,
        keyId,
        route,
        architectureHash,
        requestDigest,
        answeredBy,
        end,
        errorCode,
      })
    },
    health: () => ({
      writable: failure === null,
      reason: failure,
      writtenEntries,
      waitingEntries: waiting.length,
      droppedEntries,
    }),
    prune: (retentionDays) => {
      const old = endedBefore(directory, clock.wallMs() - retentionDays * 86_400_000)
      const last = old.at(-1)
      if (!last) return
      // What is gone must be told of before it goes.
      add({ type: 'pruned', through: last.end.n, hash: last.end.hash })
      if (failure === null) for (const { path } of old) rmSync(path, { force: true })
    },
    close: () => {
      stop.abort()
      writeWaiting()
      isClosed = true
      attempt(() => {
        for (const { fd } of [...full, file]) fdatasyncSync(fd)
        keepCheckpoint(head)
      })
      for (const one of [...full.splice(0), file]) one.close()
    },
  }
}

/** Sealed segments whose entries are all older, from the first on. */
const endedBefore = (directory: string, beforeMs: number) => {
  const old: { readonly path: string; readonly end: Position }[] = []
  for (const { path } of listSegments(directory).slice(0, -1)) {
    const end = decodeLine(readSegment(path).lines.at(-1) ?? '')
    if (!end || Date.parse(end.record.at) >= beforeMs) break
    old.push({ path, end: { n: end.record.n, hash: end.hash } })
  }
  return old
}
