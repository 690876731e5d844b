// Whether two engines decode the same: token for token, but where the model itself is of two minds.

export interface Decoded {
  readonly ids: readonly number[]
  /** By how much the likeliest token leads the second at each position, in logits, as the reference sees it. */
  readonly gaps: readonly number[]
}

export interface Difference {
  readonly index: number
  /** The first token that differs. */
  readonly position: number
  /** How far apart the two likeliest tokens are there; NaN where the reference has ended. */
  readonly gap: number
}

/** The decodings that are not the same, each with the place where it turns. */
export const differences = (
  reference: readonly Decoded[],
  others: readonly (readonly number[])[],
): readonly Difference[] =>
  reference.flatMap(({ ids, gaps }, index) => {
    const other = others[index] ?? []
    const length = Math.max(ids.length, other.length)
    for (let position = 0; position < length; position++)
      if (ids[position] !== other[position]) return { index, position, gap: gaps[position] ?? Number.NaN }
    return []
  })
