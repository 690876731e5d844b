// What the header of a weights file says. Null where it says nothing.

export interface WeightFacts {
  readonly architecture: string | null
  /** Number of weights, from the shapes of the tensors. */
  readonly parameters: number | null
  /** Tokens. */
  readonly contextLength: number | null
  readonly embeddingLength: number | null
  /** Such as `Q4_1` or `BF16`. */
  readonly quantization: string | null
  readonly hasChatTemplate: boolean
}

export const noFacts: WeightFacts = {
  architecture: null,
  parameters: null,
  contextLength: null,
  embeddingLength: null,
  quantization: null,
  hasChatTemplate: false,
}

/** The name that counts most, where each stands for a number of weights. */
export const heaviest = (weights: ReadonlyMap<string, number>): string | null =>
  [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
