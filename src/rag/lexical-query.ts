// A question as a full-text query over three fields. Weights were chosen on SciFact, DRCD and XQuAD together.

import { BooleanQuery, type FullTextQuery, MatchQuery, Occur } from '@lancedb/lancedb'
import type { SearchTerms } from './search-text.js'

/**
 * BM25 of each field times its weight, added up. `body` holds the headings too, so that their words count where
 * the text does not repeat them; a heading that matches by itself counts a quarter more. Characters and
 * pairs find what the analyzer's dictionary cut differently in question and passage.
 */
const weights = { body: 1, heading: 0.25, grams: 1 } as const

export const lexicalQuery = ({ words, grams }: SearchTerms): FullTextQuery => {
  const clauses: [Occur, FullTextQuery][] = [
    [Occur.Should, new MatchQuery(words, 'body', { boost: weights.body })],
    [Occur.Should, new MatchQuery(words, 'heading', { boost: weights.heading })],
  ]
  if (grams !== '') clauses.push([Occur.Should, new MatchQuery(grams, 'grams', { boost: weights.grams })])
  return new BooleanQuery(clauses)
}
