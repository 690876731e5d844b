// Tokens of one call. Counted by engines, priced in `catalog`, and nowhere else.

/** Token counts, each a whole number >= 0. `total` includes the parts beside it. */
export interface Usage {
  readonly input: { readonly total: number; readonly cacheRead: number; readonly cacheWrite: number }
  readonly output: { readonly total: number; readonly reasoning: number }
}

export const noUsage: Usage = {
  input: { total: 0, cacheRead: 0, cacheWrite: 0 },
  output: { total: 0, reasoning: 0 },
}

export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: {
    total: a.input.total + b.input.total,
    cacheRead: a.input.cacheRead + b.input.cacheRead,
    cacheWrite: a.input.cacheWrite + b.input.cacheWrite,
  },
  output: {
    total: a.output.total + b.output.total,
    reasoning: a.output.reasoning + b.output.reasoning,
  },
})

/** Where a usage comes from: the engine said so, we estimated it, the stream broke off, or there is none. */
export type UsageSource = 'reported' | 'estimated' | 'partial' | 'none'
