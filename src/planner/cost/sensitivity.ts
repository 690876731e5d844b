// Which input moves the bill most. Knows no input: the caller says how to change each.

export interface Sensitivity {
  /** Path in requirements.yaml, or `price`. */
  readonly input: string
  /** What was changed, as a factor on the input or as a share added to it. */
  readonly less: number
  readonly more: number
  /** Null: with the input so changed the design no longer works. */
  readonly usdWithLess: number | null
  readonly usdWithMore: number | null
}

export interface Variation {
  readonly input: string
  readonly less: number
  readonly more: number
  /** Cost a month with the input changed; null when the design no longer works. */
  usdAt(change: number): number | null
}

/** Each input alone, down and up; the one that moves the cost most comes first. */
export const sensitivityOf = (
  usdPerMonth: number,
  variations: readonly Variation[],
): readonly Sensitivity[] => {
  const swing = ({ usdWithLess, usdWithMore }: Sensitivity) =>
    Math.max(...[usdWithLess, usdWithMore].map((usd) => Math.abs((usd ?? Number.MAX_VALUE) - usdPerMonth)))
  return variations
    .map(
      ({ input, less, more, usdAt }): Sensitivity => ({
        input,
        less,
        more,
        usdWithLess: usdAt(less),
        usdWithMore: usdAt(more),
      }),
    )
    .sort((a, b) => swing(b) - swing(a))
}
