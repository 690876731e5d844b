import { describe, expect, it } from 'vitest'
import { checkCitations } from './check-citations.js'
import { ragError } from './messages.js'

const stored = 'A seal costs **NT$100** each\ntime. 每次 100 元。'
const passage = (start: number, end: number, id = 'stored') => ({
  id,
  path: 'fees.md',
  title: 'Fees',
  start,
  end,
  score: 1,
})
const read = async ({ id, path, start, end }: ReturnType<typeof passage>) => {
  if (id !== 'stored') throw ragError('rag.reference-gone', { id, path })
  return stored.slice(start, end)
}

const check = (
  answer: string,
  ...citations: { passage: ReturnType<typeof passage>; start: number; end: number }[]
) => checkCitations({ answer, citations, read })

describe('checkCitations', () => {
  it('accepts words that stand in the passage, markup, white space and width aside', async () => {
    const answer = 'A seal costs NT$100 each time. 每次 １００ 元。'
    const { valid, invalid } = await check(
      answer,
      { passage: passage(0, stored.length), start: 0, end: 30 },
      { passage: passage(0, stored.length), start: 31, end: answer.length },
    )
    expect(invalid).toEqual([])
    expect(valid).toHaveLength(2)
  })

  it.each([
    ['other words', 'A seal costs NT$200.', passage(0, stored.length), 'unsupported'],
    ['words beside the cited span', 'A seal costs', passage(20, stored.length), 'unsupported'],
    ['a passage that is gone', 'A seal costs', passage(0, 10, 'gone'), 'unresolved'],
  ])('drops and counts %s', async (_name, answer, reference, reason) => {
    const { valid, invalid } = await check(answer, { passage: reference, start: 0, end: answer.length })
    expect(valid).toEqual([])
    expect(invalid.map((each) => each.reason)).toEqual([reason])
  })

  it('drops a citation of no part of the answer', async () => {
    const outside = await check(
      'short',
      { passage: passage(0, 5), start: 3, end: 9 },
      { passage: passage(0, 5), start: 2, end: 2 },
    )
    expect(outside.invalid.map(({ reason }) => reason)).toEqual(['outside-answer', 'outside-answer'])
  })

  it('does not take a failure of the store for a bad citation', async () => {
    const away = async () => {
      throw ragError('rag.embeddings-unavailable', { address: 'x', detail: 'y' }, { retryable: true })
    }
    await expect(
      checkCitations({
        answer: 'A seal',
        citations: [{ passage: passage(0, 6), start: 0, end: 6 }],
        read: away,
      }),
    ).rejects.toMatchObject({ retryable: true })
  })
})
