// Answers one search: the lexical arm, the dense arm where there is one, one ranking out of both, and a reranker's
// word on its first passages. Knows no files.

import { type Language, languageOfText, toArchitectError } from '../core/index.js'
import { denseHits } from './dense-arm.js'
import type { Embed } from './embed.js'
import { defaultAlpha, fuse, inOrder } from './fuse.js'
import type { Passage, SearchArm, SearchRequest, SearchStep } from './knowledge.js'
import { ragError } from './messages.js'
import type { PassageHit } from './passage-index.js'
import type { Rerank } from './rerank.js'
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
  /** Undefined where the endpoint is not to be asked. */
  readonly rerank: Rerank | undefined
  readonly onRerankFailure: (error: unknown) => void
}

export const searchKnowledge = async (
  generation: OpenGeneration,
  request: SearchRequest,
  arms: SearchArms,
): Promise<readonly Passage[]> => {
  const { limit, arm = 'hybrid' } = request
  const found = await rankings[arm](generation.passages, request, arms)
  request.signal.throwIfAborted()
  const ranked = arm === 'hybrid' ? await rerankFirst(found, request, arms) : found
  return ranked.slice(0, limit).map(passageOf)
}

type Ranking = (
  passages: OpenGeneration['passages'],
  request: SearchRequest,
  arms: SearchArms,
) => Promise<readonly PassageHit[]>

const rankings: Readonly<Record<SearchArm, Ranking>> = {
  lexical: async (passages, request) => {
    const hits = await passages.lexical(searchTermsOf(request.query), request, candidatesOf(request))
    return preferLanguage(hits, languageOfText(request.query))
  },
  dense: async (passages, request, arms) => {
    const vector = await vectorOf(request, arms)
    return near(passages, request, vector)
  },
  hybrid: async (passages, request, arms) => {
    const [preferred, vector] = await Promise.all([
      rankings.lexical(passages, request, arms),
      request.arm ? vectorOf(request, arms) : vectorOrNone(request, arms),
    ])
    request.signal.throwIfAborted()
    if (!vector) return preferred
    const language = languageOfText(request.query)
    return fuse(preferred, await near(passages, request, vector), {
      alpha: alphaOf(preferred, language),
      isForeign: (hit) => hit.language !== language,
    })
  },
}

const near = (passages: OpenGeneration['passages'], request: SearchRequest, vector: readonly number[]) =>
  denseHits(passages, { query: request.query, vector, access: request, limit: candidatesOf(request) })

const candidatesOf = ({ limit }: SearchRequest) => Math.max(minCandidates, limit)

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

/** Waits for a step, and tells how long that was to whom it may concern. */
const told = async <T>(
  { onStep }: SearchRequest,
  step: SearchStep['step'],
  work: () => Promise<T>,
): Promise<T> => {
  if (!onStep) return work()
  const startedMs = performance.now()
  const over = (errorCode?: string) =>
    onStep({ step, durationMs: performance.now() - startedMs, ...(errorCode !== undefined && { errorCode }) })
  try {
    const result = await work()
    over()
    return result
  } catch (error) {
    over(toArchitectError(error).code)
    throw error
  }
}

const vectorOf = async (
  request: SearchRequest,
  { embed, onEmbedSuccess }: SearchArms,
): Promise<readonly number[]> => {
  const { knowledge, query, signal } = request
  const endpoint = knowledge.embeddings
  if (!embed || !endpoint)
    throw ragError('rag.dense-arm-off', { knowledge: knowledge.id }, { retryable: true })
  const texts = [normalizeText(query)]
  const [vector] = await told(request, 'embed', () =>
    embed({ endpoint, texts, purpose: 'query', timeoutMs: queryTimeoutMs, signal }),
  )
  onEmbedSuccess()
  return vector ?? []
}

const vectorOrNone = async (request: SearchRequest, arms: SearchArms) => {
  if (!arms.embed || !request.knowledge.embeddings || request.query.trim() === '') return undefined
  try {
    return await vectorOf(request, arms)
  } catch (error) {
    request.signal.throwIfAborted()
    arms.onEmbedFailure(error)
    return undefined
  }
}

/** The first hits in the order of their scores at the reranker; only these are returned. */
const rerankFirst = async (
  hits: readonly PassageHit[],
  request: SearchRequest,
  { rerank, onRerankFailure }: SearchArms,
): Promise<readonly PassageHit[]> => {
  const { knowledge, query, limit, signal } = request
  const endpoint = knowledge.rerank
  if (!endpoint || !rerank || hits.length < 2) return hits
  const first = hits.slice(0, Math.max(endpoint.topN, limit))
  try {
    const texts = first.map(readableOf)
    const results = await told(request, 'rerank', () =>
      rerank({ endpoint, query: normalizeText(query), texts, signal }),
    )
    return results.flatMap(({ index, score }) => {
      const hit = first[index]
      return hit ? [{ ...hit, score }] : []
    })
  } catch (error) {
    signal.throwIfAborted()
    onRerankFailure(error)
    return hits
  }
}

/** A passage with what a reader needs to understand it. */
const readableOf = ({ title, context, text }: PassageHit): string =>
  [title, context, text].filter((part) => part !== '').join('\n')

const passageOf = ({ id, document, title, start, end, text, context, score }: PassageHit): Passage => ({
  reference: { id, path: document, title, start, end, score },
  text,
  ...(context !== '' && { context }),
})
