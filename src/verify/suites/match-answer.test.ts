import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesAnswer } from './match-answer.js'

describe('exact', () => {
  it('looks past width, case, white space and the final full stop', () => {
    const row = { match: 'exact' as const, accepted: ['Harbor Go'] }
    expect(matchesAnswer(' Ｈarbor  go。', row)).toBe(true)
    expect(matchesAnswer('The app is Harbor Go', row)).toBe(false)
  })
})

describe('contains', () => {
  it('finds an accepted text anywhere', () => {
    const row = { match: 'contains' as const, accepted: ['02:00 至 05:00', '02:00–05:00'] }
    expect(matchesAnswer('維護時間為 02:00  至 05:00。', row)).toBe(true)
    expect(matchesAnswer('維護時間為 03:00 至 05:00。', row)).toBe(false)
  })

  it('accepts every answer that quotes an accepted text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }).filter((t) => t.trim() !== ''),
        (around, text) => {
          const row = { match: 'contains' as const, accepted: [text] }
          expect(matchesAnswer(`${around} ${text} ${around}`, row)).toBe(true)
        },
      ),
    )
  })
})

describe('numeric', () => {
  const row = { match: 'numeric' as const, accepted: ['20000'] }

  it('compares numbers, not their writing', () => {
    for (const text of ['NT$20,000', '２００００ 元', '2 萬元', '二萬元', '年費 20000.0 元'])
      expect(matchesAnswer(text, row)).toBe(true)
  })

  it('does not accept a number that only looks like it', () => {
    for (const text of ['200000', '20 000 000', '2,000', '120000 元', 'no number'])
      expect(matchesAnswer(text, row)).toBe(false)
  })

  it('does not take a citation mark for the answer', () => {
    expect(matchesAnswer('It is free. [4]', { match: 'numeric', accepted: ['4'] })).toBe(false)
  })
})

describe('json', () => {
  const accepted = [{ orderId: 'A1', amount: 350, tags: ['x', '}'] }]

  it('finds the value in a fenced block, whatever the order of its keys', () => {
    const answer = 'Example [1]:\n```json\n{ "tags": ["x", "}"], "amount": 350, "orderId": "A1" }\n```'
    expect(matchesAnswer(answer, { match: 'json', accepted })).toBe(true)
  })

  it('refuses a value with one field more, less or changed', () => {
    for (const value of [{ orderId: 'A1' }, { ...accepted[0], more: 1 }, { ...accepted[0], amount: '350' }])
      expect(matchesAnswer(JSON.stringify(value), { match: 'json', accepted })).toBe(false)
  })

  it('is not confused by brackets that hold no JSON', () => {
    expect(matchesAnswer('{not json} [or this', { match: 'json', accepted })).toBe(false)
  })
})
