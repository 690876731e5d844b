import { describe, expect, it } from 'vitest'
import { centred, cosine, createMeans, type LanguageVector } from './language-bias.js'

const meansOf = (vectors: readonly LanguageVector[]) => {
  const means = createMeans()
  for (const vector of vectors) means.add(vector)
  return means.means()
}
const times = (count: number, language: string, vector: readonly number[]) =>
  Array.from({ length: count }, () => ({ language, vector }))

describe('the means of languages', () => {
  it('are there when two languages have passages enough', () => {
    const chinese = times(3, 'zh-TW', [0, 1])
    expect(meansOf([...chinese, { language: 'en', vector: [3, 0] }, ...times(2, 'en', [0, 0])])).toEqual(
      new Map([
        ['zh-TW', Float64Array.of(0, 1)],
        ['en', Float64Array.of(1, 0)],
      ]),
    )
    expect(meansOf([...chinese, ...times(2, 'en', [1, 0])]).size).toBe(0)
    expect(meansOf(chinese).size).toBe(0)
  })

  it('leave of two texts that say the same in two languages the same vector', () => {
    const means = meansOf([
      ...[4, 0, 2].map((topic) => ({ language: 'en', vector: [topic, 9, 0] })),
      ...[4, 0, 2].map((topic) => ({ language: 'zh-TW', vector: [topic, 0, 9] })),
    ])
    const english = centred({ language: 'en', vector: [4, 9, 0] }, means)
    expect(english).toEqual([2, 0, 0])
    expect(centred({ language: 'zh-TW', vector: [4, 0, 9] }, means)).toEqual(english)
  })
})

describe('the cosine', () => {
  it('is of the angle alone, and 0 without one', () => {
    expect(cosine([3, 4], [6, 8])).toBeCloseTo(1)
    expect(cosine([3, 4], [-4, 3])).toBeCloseTo(0)
    expect(cosine([0, 0], [1, 2])).toBe(0)
  })
})
