// Whether a passage that was found is one that answers the question. Compared by letters and digits alone, because
// a passage is the visible text of a page and a quote may cross its markup.

import type { SearchHit } from '../system-client.js'
import { bareText } from './fold-text.js'
import type { RetrievalRow } from './read-suite.js'

/** A passage that was cut inside the quote counts when it holds at least this share of it. */
const minOverlapShare = 0.5

/** The rank of the first hit that answers, counting from 1; undefined when none does. */
export const rankOfAnswer = (
  hits: readonly SearchHit[],
  expected: RetrievalRow['expected'],
): number | undefined => {
  const wanted = expected.map(({ path, quote }) => ({ path, quote: bareText(quote) }))
  const place = hits.findIndex((hit) => {
    const passage = bareText(hit.text)
    return wanted.some(({ path, quote }) => hit.path === path && overlaps(passage, quote))
  })
  return place === -1 ? undefined : place + 1
}

const overlaps = (passage: string, quote: string): boolean => {
  if (quote === '' || passage === '') return false
  if (passage.includes(quote)) return true
  if (quote.includes(passage)) return passage.length >= quote.length * minOverlapShare
  for (let length = quote.length - 1; length >= quote.length * minOverlapShare; length--) {
    if (passage.startsWith(quote.slice(-length)) || passage.endsWith(quote.slice(0, length))) return true
  }
  return false
}
