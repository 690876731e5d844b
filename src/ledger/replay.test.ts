import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finished, startOf } from './__fixtures__/attempts.js'
import { createMemoryDisk } from './__fixtures__/memory-disk.js'
import { encodeLine, type JournalLine } from './journal-line.js'
import { rowKey, settledRow, startedRow } from './ledger-row.js'
import { type Replay, replayJournal, settledRowsOf } from './replay.js'

/** Attempts whose lines interleave as they do when requests overlap. */
const anyLines: fc.Arbitrary<readonly JournalLine[]> = fc
  .array(fc.record({ settles: fc.boolean(), begin: fc.nat(1000), length: fc.nat(1000) }), { maxLength: 30 })
  .map((attempts) =>
    attempts
      .flatMap(({ settles, begin, length }, index) => {
        const row = startedRow(startOf(`req_${index}`, { attempt: index % 3 }), 1_000 + index)
        const outcome = {
          attempt: finished(index, 2 * index),
          timing: { firstContentMs: 1, totalMs: 2 },
          cost: null,
        }
        return [
          { at: begin, line: { type: 'begin', row } as JournalLine },
          ...(settles
            ? [{ at: begin + length, line: { type: 'settle', row: settledRow(row, outcome) } as JournalLine }]
            : []),
        ]
      })
      // A stable sort: an attempt's begin stays before its settlement.
      .sort((a, b) => a.at - b.at)
      .map(({ line }) => line),
  )

/** Writes lines into segments that are cut where `cuts` says. */
const diskOf = (lines: readonly string[], linesPerSegment: number) => {
  const disk = createMemoryDisk()
  for (let from = 0; from < lines.length; from += linesPerSegment)
    disk.segments.set(disk.segments.size + 1, Buffer.from(lines.slice(from, from + linesPerSegment).join('')))
  return disk
}

/** What a replay makes of the journal: rows by key, settled ones as they were written. */
const outcomeOf = async (disk: ReturnType<typeof createMemoryDisk>, replay: Replay) => {
  const rows = new Map<string, unknown>()
  for (const { segment, unsettled } of replay.segments) {
    for (const row of await settledRowsOf(disk, segment)) rows.set(rowKey(row), row)
    for (const row of unsettled) {
      expect(rows.has(rowKey(row))).toBe(false)
      rows.set(rowKey(row), 'unsettled')
    }
  }
  return rows
}

/** The same, computed from the lines themselves. */
const expectedOf = (lines: readonly JournalLine[]) => {
  const rows = new Map<string, unknown>()
  for (const line of lines) {
    if (line.type === 'settle') rows.set(rowKey(line.row), line.row)
    else if (!rows.has(rowKey(line.row))) rows.set(rowKey(line.row), 'unsettled')
  }
  return rows
}

describe('replay', () => {
  it('of any prefix of the bytes gives the attempts of its whole lines, each settled or known as unsettled', async () => {
    await fc.assert(
      fc.asyncProperty(anyLines, fc.nat(), async (lines, cut) => {
        const bytes = Buffer.from(lines.map(encodeLine).join(''))
        const length = bytes.length === 0 ? 0 : cut % (bytes.length + 1)
        const disk = createMemoryDisk()
        disk.segments.set(1, bytes.subarray(0, length))
        const whole = bytes.subarray(0, length).toString('utf8').split('\n').length - 1
        const replay = await replayJournal(disk)
        expect(await outcomeOf(disk, replay)).toEqual(expectedOf(lines.slice(0, whole)))
        expect(replay.damagedLines).toBe(0)
        expect(replay.tornLines).toBe(length > 0 && bytes[length - 1] !== 0x0a ? 1 : 0)
      }),
    )
  })

  it('does not change when lines are repeated anywhere after they were first written', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLines,
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
        async (lines, linesPerSegment, repeats) => {
          const texts = lines.map(encodeLine)
          for (const [which, where] of repeats) {
            if (texts.length === 0) break
            const index = which % texts.length
            const repeated = texts[index] ?? ''
            texts.splice(index + 1 + (where % (texts.length - index)), 0, repeated)
          }
          const disk = diskOf(texts, linesPerSegment)
          expect(await outcomeOf(disk, await replayJournal(disk))).toEqual(expectedOf(lines))
        },
      ),
    )
  })

  it('skips and counts a damaged line, and still reads the others', async () => {
    const rows = [0, 1, 2].map((index) => startedRow(startOf(`req_${index}`), index))
    const texts = rows.map((row) => encodeLine({ type: 'begin', row }))
    texts[1] = texts[1]?.replace('support', 'suqport') ?? ''
    const disk = diskOf(texts, 10)
    const replay = await replayJournal(disk)
    expect(replay.damagedLines).toBe(1)
    expect([...(await outcomeOf(disk, replay)).keys()]).toEqual(['0 req_0', '0 req_2'])
  })

  it('refuses a journal of a later version and names the line', async () => {
    const row = startedRow(startOf('req_1'), 1)
    const body = '{"v":2,"t":"begin"'
    const later = `${body},"c":"${crc32(body).toString(16).padStart(8, '0')}"}\n`
    const disk = diskOf([encodeLine({ type: 'begin', row }), later], 10)
    await expect(replayJournal(disk)).rejects.toMatchObject({
      code: 'ledger.journal-newer',
      params: { file: '/memory/attempts-0000000001.jsonl', line: 2 },
    })
  })
})
