import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRows, suitePath } from './find-suite.js'

const places = { suitesDirectory: '/project', benchmarksDirectory: '/product/data' }

describe('suitePath', () => {
  it.each([
    ['evals/answers.jsonl', '/project/evals/answers.jsonl'],
    ['builtin:banking77/test', '/product/data/banking77/test.jsonl'],
    ['builtin:../secrets', '/project/builtin:../secrets'],
    ['../shared.jsonl', '/shared.jsonl'],
  ])('%s lies at %s', (suite, path) => {
    expect(suitePath(suite, places)).toBe(path)
  })
})

describe('sampleRows', () => {
  const rows = Array.from({ length: 200 }, (_, i) => i)

  it('draws so many, each once, in order, the same each time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 250 }), (size) => {
        const drawn = sampleRows(rows, size)
        expect(drawn).toHaveLength(Math.min(size, rows.length))
        expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(drawn)
        expect(sampleRows(rows, size)).toEqual(drawn)
      }),
    )
  })
  it('takes rows from everywhere', () => {
    const mean = sampleRows(rows, 100).reduce((sum, row) => sum + row, 0) / 100
    expect(Math.abs(mean - 99.5)).toBeLessThan(20)
  })
  it('takes all where no size is given', () => {
    expect(sampleRows(rows, undefined)).toBe(rows)
  })
})
