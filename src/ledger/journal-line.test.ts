import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyAttempt, anyCost, anyStart, anyTiming } from './__fixtures__/attempts.js'
import { decodeLine, encodeLine, type JournalLine } from './journal-line.js'
import { settledRow, startedRow, unsettledRow } from './ledger-row.js'

const anyLine: fc.Arbitrary<JournalLine> = fc
  .record({ start: anyStart, attempt: anyAttempt, timing: anyTiming, cost: anyCost, kind: fc.nat(2) })
  .map(({ start, attempt, timing, cost, kind }) => {
    const row = startedRow(start, 1_700_000_000_000)
    if (kind === 0) return { type: 'begin', row }
    return {
      type: 'settle',
      row: kind === 1 ? unsettledRow(row) : settledRow(row, { attempt, timing, cost }),
    }
  })

describe('a journal line', () => {
  it('is read as it was written, and is one line', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const text = encodeLine(line)
        expect(text.indexOf('\n')).toBe(text.length - 1)
        expect(decodeLine(text.slice(0, -1))).toEqual(line)
      }),
    )
  })

  it('is refused when any byte of it was changed or cut off', () => {
    fc.assert(
      fc.property(anyLine, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (line, at, change, cut) => {
        const bytes = Buffer.from(encodeLine(line).slice(0, -1))
        const changed = Buffer.from(bytes)
        const index = at % bytes.length
        changed[index] = (changed[index] ?? 0) ^ change
        expect(decodeLine(changed.toString('utf8'))).toBeUndefined()
        expect(decodeLine(bytes.subarray(0, cut % bytes.length).toString('utf8'))).toBeUndefined()
      }),
    )
  })

  it('of a later version is told from a damaged one', () => {
    const body = '{"v":2,"t":"settle","id":"r"'
    expect(decodeLine(`${body},"c":"${crc32(body).toString(16).padStart(8, '0')}"}`)).toEqual({
      type: 'newer',
    })
  })
})
