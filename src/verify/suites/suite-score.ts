// What a suite comes to: a figure with its interval, which items missed, and what has to be said about it.

import type { Message } from '../../core/index.js'
import { type Interval, wilson } from '../../stats/index.js'
import { note } from '../messages.js'

export interface SuiteScore {
  readonly interval: Interval
  readonly notes: readonly Message[]
}

export interface ScoredItem {
  readonly id: string
  readonly hit: boolean
  /** The system gave no answer at all. */
  readonly failed: boolean
}

/** The share of hits with its Wilson interval. @param missed which items the note names: those without a hit, or those with one */
export const rateScore = (items: readonly ScoredItem[], missed: 'no-hit' | 'hit' = 'no-hit'): SuiteScore => {
  const hits = items.filter(({ hit }) => hit)
  const named = missed === 'hit' ? hits : items.filter(({ hit }) => !hit)
  return { interval: wilson(hits.length, items.length), notes: notesOf(items, named) }
}

export const notesOf = (items: readonly ScoredItem[], missed: readonly ScoredItem[]): readonly Message[] => {
  const failed = items.filter((item) => item.failed).length
  const ids = missed.map(({ id }) => id)
  const n = items.length
  return [
    ...(ids.length > 0 ? [note('verify.note.missed', { count: ids.length, n, ids })] : []),
    ...(failed > 0 ? [note('verify.note.failed-requests', { failed, n, codes: ['no answer'] })] : []),
  ]
}
