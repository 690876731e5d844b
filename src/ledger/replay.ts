// Reads what earlier processes left in the journal. Settlements are counted here and read again, segment by
// segment, when the database takes them; attempts that never settled become rows now. Knows no database.

import { join } from 'node:path'
import { type JournalFiles, segmentName } from './journal-files.js'
import { decodeLine, type JournalLine } from './journal-line.js'
import { endedAtMs, type LedgerRow, rowKey, type StartedRow, unsettledRow } from './ledger-row.js'
import { ledgerError } from './messages.js'

export interface ReplayedSegment {
  readonly segment: number
  readonly bytes: number
  /** Lines that settle an attempt. */
  readonly settlements: number
  /** Wall-clock ms at which the first of them was over. */
  readonly sinceMs: number
  /** Rows of attempts that began here and were never settled. */
  readonly unsettled: readonly LedgerRow[]
}

export interface Replay {
  readonly segments: readonly ReplayedSegment[]
  /** Lines that were torn by the end of a process; each belonged to something never acknowledged. */
  readonly tornLines: number
  /** Whole lines whose checksum does not hold: the disk changed them. */
  readonly damagedLines: number
}

/** The lines of one segment, and how many could not be read. */
export interface SegmentLines {
  readonly lines: readonly JournalLine[]
  readonly tornLines: number
  readonly damagedLines: number
}

/** Reads the bytes of a segment. @throws `ledger.journal-newer` */
export const readSegment = (bytes: Uint8Array, file: string): SegmentLines => {
  const texts = Buffer.from(bytes).toString('utf8').split('\n')
  const lines: JournalLine[] = []
  let damagedLines = 0
  // A whole segment ends with a line feed, so the last piece is empty, or torn.
  const tornLines = texts.pop() === '' ? 0 : 1
  for (const [index, text] of texts.entries()) {
    if (text === '') continue
    const line = decodeLine(text)
    if (line === undefined) damagedLines++
    else if (line.type === 'newer') throw ledgerError('ledger.journal-newer', { file, line: index + 1 })
    else lines.push(line)
  }
  return { lines, tornLines, damagedLines }
}

/** The settled rows of one segment. */
export const settledRowsOf = async (files: JournalFiles, segment: number): Promise<readonly LedgerRow[]> => {
  const file = join(files.directory, segmentName(segment))
  const { lines } = readSegment(await files.read(segment), file)
  return lines.flatMap((line) => (line.type === 'settle' ? [line.row] : []))
}

/** Reads every segment in order. @throws `ledger.journal-newer` */
export const replayJournal = async (files: JournalFiles): Promise<Replay> => {
  const settled = new Set<string>()
  const begun = new Map<string, { readonly segment: number; readonly row: StartedRow }>()
  const found: Omit<ReplayedSegment, 'unsettled'>[] = []
  let tornLines = 0
  let damagedLines = 0
  for (const { segment, bytes } of await files.list()) {
    const read = readSegment(await files.read(segment), join(files.directory, segmentName(segment)))
    tornLines += read.tornLines
    damagedLines += read.damagedLines
    let settlements = 0
    let sinceMs = Number.POSITIVE_INFINITY
    for (const line of read.lines) {
      const key = rowKey(line.row)
      if (line.type === 'begin') {
        if (!settled.has(key)) begun.set(key, { segment, row: line.row })
        continue
      }
      settled.add(key)
      begun.delete(key)
      settlements++
      sinceMs = Math.min(sinceMs, endedAtMs(line.row))
    }
    found.push({ segment, bytes, settlements, sinceMs })
  }
  const unsettled = Map.groupBy(begun.values(), ({ segment }) => segment)
  return {
    segments: found.map((entry) => ({
      ...entry,
      unsettled: (unsettled.get(entry.segment) ?? []).map(({ row }) => unsettledRow(row)),
    })),
    tornLines,
    damagedLines,
  }
}
