// Vectors from an OpenAI-compatible embeddings endpoint. Knows no store.

import { Pool } from 'undici'
import { ArchitectError, type Clock } from '../core/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { ragError } from './messages.js'

/** Where vectors come from. `key` is the secret itself, not its place. */
export type EmbeddingsEndpoint = NonNullable<KnowledgeBase['embeddings']>

/**
 * Turns texts into vectors of unit length, in order.
 * @throws `rag.embeddings-unavailable` (retryable) | `rag.embeddings-wrong`
 */
export type Embed = (request: {
  readonly endpoint: EmbeddingsEndpoint
  readonly texts: readonly string[]
  /** Said to the endpoint where it is configured: some models embed questions and passages differently. */
  readonly purpose: 'query' | 'document'
  readonly timeoutMs: number
  readonly signal: AbortSignal
}) => Promise<readonly (readonly number[])[]>

export interface HttpEmbedder {
  readonly embed: Embed
  close(): Promise<void>
}

/** Pauses before further tries. A question gets one more at once: a kept connection may have just been closed. */
const retryDelaysMs = { document: [250, 1000], query: [0] } as const

export const createHttpEmbedder = (clock: Clock): HttpEmbedder => {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string) => {
    const pool = pools.get(origin) ?? new Pool(origin, { connections: 4 })
    pools.set(origin, pool)
    return pool
  }
  const embed: Embed = async (request) => {
    const { endpoint, purpose, signal } = request
    if (request.texts.length === 0) return []
    const pool = poolOf(new URL(endpoint.address).origin)
    for (let attempt = 0; ; attempt++) {
      try {
        return readVectors(await post(pool, request), request)
      } catch (error) {
        signal.throwIfAborted()
        const delayMs = retryDelaysMs[purpose][attempt]
        const isFinal = error instanceof ArchitectError && !error.retryable
        if (isFinal) throw error
        if (delayMs === undefined) throw unavailable(endpoint.address, error)
        await clock.sleep(delayMs, signal)
      }
    }
  }
  return {
    embed,
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

type Request = Parameters<Embed>[0]

const unavailable = (address: string, error: unknown) =>
  error instanceof ArchitectError
    ? error
    : ragError(
        'rag.embeddings-unavailable',
        { address, detail: error instanceof Error ? error.message : String(error) },
        { retryable: true, cause: error },
      )

/** The endpoint's address is the base (`.../v1`) or the whole path; both are in use. */
const pathOf = (address: string) => {
  const url = new URL(address)
  const path = url.pathname.replace(/\/+$/, '')
  const full = path.endsWith('/embeddings') ? path : path === '' ? '/v1/embeddings' : `${path}/embeddings`
  return full + url.search
}

const post = async (
  pool: Pool,
  { endpoint, texts, purpose, timeoutMs, signal }: Request,
): Promise<unknown> => {
  const { address, model, key } = endpoint
  const response = await pool.request({
    path: pathOf(address),
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({
      model,
      input: texts,
      encoding_format: 'float',
      ...(endpoint.inputType && { input_type: purpose }),
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  const body = await response.body.text()
  if (response.statusCode >= 200 && response.statusCode < 300) return JSON.parse(body) as unknown
  const detail = `HTTP ${response.statusCode}: ${body.slice(0, 200)}`
  const isTransient = response.statusCode === 408 || response.statusCode === 429 || response.statusCode >= 500
  throw isTransient
    ? ragError('rag.embeddings-unavailable', { address, detail }, { retryable: true })
    : ragError('rag.embeddings-wrong', { address, detail })
}

const readVectors = (body: unknown, { endpoint, texts }: Request): readonly (readonly number[])[] => {
  const wrong = (detail: string) => ragError('rag.embeddings-wrong', { address: endpoint.address, detail })
  const data = body && typeof body === 'object' && 'data' in body ? body.data : undefined
  if (!Array.isArray(data) || data.length !== texts.length)
    throw wrong(`${texts.length} texts were sent, and "data" does not hold as many vectors`)
  const vectors = new Array<readonly number[]>(texts.length)
  for (const [i, item] of (data as { index?: number; embedding?: unknown }[]).entries()) {
    const vector = item.embedding
    if (!Array.isArray(vector) || !vector.every((x) => typeof x === 'number' && Number.isFinite(x)))
      throw wrong('an embedding is not a list of numbers')
    if (vector.length !== endpoint.dimensions)
      throw wrong(`an embedding has ${vector.length} dimensions, ${endpoint.dimensions} are configured`)
    vectors[item.index ?? i] = unitVector(vector)
  }
  return vectors
}

const unitVector = (vector: readonly number[]): readonly number[] => {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((x) => x / length)
}
