// What could not be read, kept as a count and the first places. Nothing is dropped without being counted here.

export type BrokenReason = 'not-json' | 'fields' | 'figures' | 'tokens' | 'too-long' | 'cut-off'

export interface Broken {
  /** First line of it, from 1. */
  readonly line: number
  /** Lines it takes up. */
  readonly lines: number
  readonly reason: BrokenReason
}

export interface BrokenSummary {
  /** Lines, or objects where an object has several lines. */
  readonly count: number
  readonly reasons: Readonly<Partial<Record<BrokenReason, number>>>
  /** The first ones. */
  readonly first: readonly Broken[]
}

const kept = 20

export const createBrokenList = () => {
  let count = 0
  const reasons: Partial<Record<BrokenReason, number>> = {}
  const first: Broken[] = []
  return {
    add: (what: Broken): void => {
      count += what.lines
      reasons[what.reason] = (reasons[what.reason] ?? 0) + what.lines
      if (first.length < kept) first.push(what)
    },
    summary: (): BrokenSummary => ({ count, reasons: { ...reasons }, first: [...first] }),
  }
}
