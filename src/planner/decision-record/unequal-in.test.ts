import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { equationLines, unequalIn } from './__fixtures__/unequal-in.js'

const file = join(import.meta.dirname, '../../../examples/designs/designs/chat-one-gpu/DESIGN.md')
const record = readFileSync(file, 'utf8')
const recordOf = (line: string) => `## The arithmetic\n\n- ${line}\n\n## Next\n`

describe('the arithmetic of a decision record', () => {
  it('is found line by line', () => {
    expect(equationLines(record).length).toBeGreaterThan(14)
    expect(unequalIn(record)).toEqual([])
  })

  it('no longer comes out when the first digit of any result is another', () => {
    for (const line of equationLines(record)) {
      const changed = line.replace(
        /( = \$?)(\d)/,
        (_, sign: string, digit: string) => `${sign}${digit === '9' ? 1 : Number(digit) + 1}`,
      )
      expect(unequalIn(record.replace(line, changed)), changed).toEqual([changed])
    }
  })

  it('is computed with its units: 32.5 GB at 1,000 GB/s are 32.5 ms, not 325', () => {
    expect(unequalIn(recordOf('Read: 32.5 GB / 1,000 GB/s = 32.5 ms'))).toEqual([])
    expect(unequalIn(recordOf('Read: 32.5 GB / 1,000 GB/s = 325 ms'))).toHaveLength(1)
  })

  it('binds factors before terms, and brackets before both', () => {
    expect(unequalIn(recordOf('All: (1 serving + 1 spare) x 2 regions x 3 = 12'))).toEqual([])
    expect(unequalIn(recordOf('All: 1 + 1 x 2 x 3 = 12'))).toHaveLength(1)
  })
})
