// A retrieval test: documents, questions, and which documents answer each. Knows no search.

import type { Judgements } from '../../stats/index.js'

export interface DatasetDocument {
  readonly id: string
  /** The whole document as Markdown. */
  readonly markdown: string
}

export interface DatasetQuery {
  readonly id: string
  readonly text: string
  readonly judgements: Judgements
}

export interface RetrievalDataset {
  readonly documents: readonly DatasetDocument[]
  /** Those with at least one relevant document. */
  readonly queries: readonly DatasetQuery[]
}
