// The dense arm: the passages whose vectors are nearest the question's, with both languages on an equal footing.
// Knows no words and no endpoint.

import { type Language, languageOfText, languages } from '../core/index.js'
import type { Access } from './access-filter.js'
import { inOrder } from './fuse.js'
import { centred, cosine } from './language-bias.js'
import type { PassageHit, PassageIndex } from './passage-index.js'

export interface DenseQuestion {
  readonly query: string
  readonly vector: readonly number[]
  readonly access: Access
  /** Candidates of each language. */
  readonly limit: number
}

/**
 * Best first. Passages in the question's language keep the order of their vectors as they are, which is the better
 * one among themselves; vectors without their language say where those of the other language stand among them.
 */
export const denseHits = async (
  passages: Pick<PassageIndex, 'dense' | 'languageMeans'>,
  { query, vector, access, limit }: DenseQuestion,
): Promise<readonly PassageHit[]> => {
  const means = await passages.languageMeans(access.tenant)
  if (means.size === 0) return passages.dense(vector, access, { limit })
  const own = languageOfText(query)
  const question = centred({ language: own, vector }, means)
  const scored = async (language: Language): Promise<readonly PassageHit[]> => {
    const nearest = language === own ? vector : question
    const hits = await passages.dense(nearest, access, { limit, language })
    const scores = hits.map((hit) => cosine(question, centred(hit, means)))
    if (language === own) scores.sort((a, b) => b - a)
    return hits.map((hit, i) => ({ ...hit, score: scores[i] ?? 0 }))
  }
  return inOrder((await Promise.all(languages.map(scored))).flat())
}
