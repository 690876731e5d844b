import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { citationsOfMarks } from './citation-marks.js'

const passage = (id: string) => ({ id, path: `${id}.md`, title: id, start: 0, end: 9, score: 1 })
const passages = [passage('a'), passage('b'), passage('c')]
const cited = (answer: string) =>
  citationsOfMarks(answer, passages).map(({ passage: { id }, start, end }) => [id, answer.slice(start, end)])

describe('citationsOfMarks', () => {
  it.each([
    [
      'A card costs NT$100 [1]. It comes by post [3].',
      [
        ['a', 'A card costs NT$100'],
        ['c', 'It comes by post'],
      ],
    ],
    ['A card costs NT$100.[2]', [['b', 'A card costs NT$100.']]],
    [
      'It is free. [2] It is fast. [1]',
      [
        ['b', 'It is free.'],
        ['a', 'It is fast.'],
      ],
    ],
    [
      '新卡工本費為100元[1][2]。掛失免費[3]。',
      [
        ['a', '新卡工本費為100元'],
        ['b', '新卡工本費為100元'],
        ['c', '掛失免費'],
      ],
    ],
    [
      'Fees are free [1], cards are not [2].',
      [
        ['a', 'Fees are free'],
        ['b', 'cards are not'],
      ],
    ],
    ['Nothing here [4] or [0] or [x].', []],
    ['[1]', []],
    ['', []],
  ])('reads %j', (answer, expected) => {
    expect(cited(answer)).toEqual(expected)
  })

  it('always points inside the answer', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('word ', '. ', '[1]', '[2]', '。', '\n\n', ' ')), (parts) => {
        const answer = parts.join('')
        for (const { start, end } of citationsOfMarks(answer, passages)) {
          expect(start).toBeLessThan(end)
          expect(end).toBeLessThanOrEqual(answer.length)
        }
      }),
    )
  })
})
