// Takes out of vectors what only says the language. A multilingual embedder puts texts of one language near each
// other whatever they say (language bias: U. Roy et al., LAReQA, EMNLP 2020), so that in an index of two languages
// the answer in the other one stands behind every passage in the question's. Remedy: the mean of a language's vectors
// is subtracted from each of them (J. Libovický, R. Rosa, A. Fraser, On the Language Neutrality of Pre-trained
// Multilingual Representations, Findings of EMNLP 2020). Knows no store.

type Vector = ArrayLike<number>

export interface LanguageVector {
  readonly language: string
  readonly vector: Vector
}

/** The mean vector of each language; empty where there is nothing to make comparable. */
export type LanguageMeans = ReadonlyMap<string, Vector>

/** A mean of fewer is little more than the passages themselves. */
const minPassages = 3

export const createMeans = () => {
  const sums = new Map<string, { count: number; readonly sum: Float64Array }>()
  return {
    add: ({ language, vector }: LanguageVector) => {
      const entry = sums.get(language) ?? { count: 0, sum: new Float64Array(vector.length) }
      sums.set(language, entry)
      entry.count += 1
      for (let i = 0; i < vector.length; i++) entry.sum[i] = (entry.sum[i] ?? 0) + (vector[i] ?? 0)
    },
    /** Of two languages or more that have enough passages. */
    means: (): LanguageMeans => {
      const enough = [...sums].filter(([, { count }]) => count >= minPassages)
      if (enough.length < 2) return new Map()
      return new Map(enough.map(([language, { count, sum }]) => [language, sum.map((x) => x / count)]))
    },
  }
}

/** A vector without the mean of its language. */
export const centred = ({ language, vector }: LanguageVector, means: LanguageMeans): readonly number[] => {
  const mean = means.get(language)
  return Array.from(vector, (x, i) => x - (mean?.[i] ?? 0))
}

/** 0 where either has no direction. */
export const cosine = (a: readonly number[], b: readonly number[]): number => {
  const lengths = Math.hypot(...a) * Math.hypot(...b)
  return lengths === 0 ? 0 : a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / lengths
}
