// Answers one search: the lexical arm, the dense arm where there is one, and one ranking out of both. Knows no files.

import { type Language, languageOfText } from '../core/index.js'
import type { Embed } from './embed.js'
import { defaultAlpha, fuse, inOrder } from './fuse.js'
import type { Passage, SearchRequest } from './knowledge.js'
import type { PassageHit } from './passage-index.js'
import { normalizeText, searchTermsOf } from './search-text.js'
import type { OpenGeneration } from './shelf.js'

/** Candidates of each arm: enough that a fused ranking of 10 does not change when there are more. */
const minCandidates = 50
/** A passage in another language than the question's counts half, in the lexical arm: what matches it is then
 * names and numbers, which the answer's own language has too. */
const otherLanguageWeight = 0.5
/** Looked at to tell whether the words found anything in the question's language. */
const decisiveHits = 10
const queryTimeoutMs = 3000

export interface SearchArms {
  /** Undefined where the endpoint is not to be asked. */
  readonly embed: Embed | undefined
  /** Called with what went wrong when the dense arm could not be asked. */
  readonly onEmbedFailure: (error: unknown) => void
  readonly onEmbedSuccess: () => void
}

export const searchKnowledge = async (
  { passages }: OpenGeneration,
  request: SearchRequest,
  arms: SearchArms,
): Promise<readonly Passage[]> => {
  const { tenant, principal, query, limit, signal } = request
  const access = { tenant, principal }
  const candidates = Math.max(minCandidates, limit)
  const [lexical, vector] = await Promise.all([
    passages.lexical(searchTermsOf(query), access, candidates),
    embedQuery(request, arms),
  ])
  signal.throwIfAborted()
  const language = languageOfText(query)
  const preferred = preferLanguage(lexical, language)
  if (!vector) return preferred.slice(0, limit).map(passageOf)
  const dense = await passages.dense(vector, access, candidates)
  signal.throwIfAborted()
  return fuse(preferred, dense, alphaOf(preferred, language)).slice(0, limit).map(passageOf)
}

const preferLanguage = (hits: readonly PassageHit[], language: Language): readonly PassageHit[] =>
  inOrder(
    hits.map((hit) => (hit.language === language ? hit : { ...hit, score: hit.score * otherLanguageWeight })),
  )

/**
 * Where no passage in the question's language was found by its words, the words say nothing (XQuAD, questions in
 * one language and documents in the other: nDCG@10 of the words alone .14 and .37, of vectors .80 and .88).
 */
const alphaOf = (lexical: readonly PassageHit[], language: Language): number =>
  lexical.slice(0, decisiveHits).some((hit) => hit.language === language) ? defaultAlpha : 1

const embedQuery = async (
  { knowledge, query, signal }: SearchRequest,
  { embed, onEmbedFailure, onEmbedSuccess }: SearchArms,
): Promise<readonly number[] | undefined> => {
  if (!embed || !knowledge.embeddings || query.trim() === '') return undefined
  try {
    const texts = [normalizeText(query)]
    const endpoint = knowledge.embeddings
    const vectors = await embed({ endpoint, texts, purpose: 'query', timeoutMs: queryTimeoutMs, signal })
    onEmbedSuccess()
    return vectors[0]
  } catch (error) {
    signal.throwIfAborted()
    onEmbedFailure(error)
    return undefined
  }
}

const passageOf = ({ id, document, title, start, end, text, context, score }: PassageHit): Passage => ({
  reference: { id, path: document, title, start, end, score },
  text,
  ...(context !== '' && { context }),
})
