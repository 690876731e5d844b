// The vectors of one ingest run. After the endpoint has failed it is not asked again in the same run, so that a
// folder of a thousand files does not wait a thousand times.

import { toArchitectError } from '../core/index.js'
import type { Embed } from './embed.js'
import type { EmbeddingsEndpoint } from './endpoint.js'
import type { EmbeddingsState } from './knowledge.js'
import type { PassageRow } from './passage-index.js'

export interface EmbeddingRun {
  /** The rows' vectors in order; undefined when the endpoint does not answer, `off` when there is none. */
  vectorsOf(rows: readonly PassageRow[]): Promise<readonly (readonly number[])[] | undefined | 'off'>
  state(): EmbeddingsState
}

const textsPerCall = 32
const timeoutMs = 120_000

export const createEmbeddingRun = ({
  endpoint,
  embed,
  signal,
}: {
  readonly endpoint: EmbeddingsEndpoint | undefined
  readonly embed: Embed
  readonly signal: AbortSignal
}): EmbeddingRun => {
  let failure: unknown
  return {
    vectorsOf: async (rows) => {
      if (!endpoint) return 'off'
      if (failure !== undefined) return undefined
      try {
        const vectors: (readonly number[])[] = []
        for (let at = 0; at < rows.length; at += textsPerCall) {
          const texts = rows.slice(at, at + textsPerCall).map((row) => row.body)
          vectors.push(...(await embed({ endpoint, texts, purpose: 'document', timeoutMs, signal })))
        }
        return vectors
      } catch (error) {
        signal.throwIfAborted()
        failure = error
        return undefined
      }
    },
    state: () => {
      if (!endpoint) return { state: 'off' }
      if (failure === undefined) return { state: 'ready' }
      const { code, params } = toArchitectError(failure)
      return { state: 'unavailable', reason: { code, params } }
    },
  }
}
