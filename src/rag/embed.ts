// Vectors of texts: from an OpenAI-compatible endpoint, or from a model in this process. Knows no store.

import { ArchitectError, type Clock } from '../core/index.js'
import { type ClosableEmbeddingModel, createOpenAiEmbeddingModel, type Vector } from '../llm/index.js'
import { type EmbeddingsEndpoint, placeOf } from './endpoint.js'
import { endpointDetail, endpointTimeouts, isOutOfTime } from './endpoint-failure.js'
import { ragError } from './messages.js'
import type { OnnxModels } from './onnx.js'

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

export interface Embedder {
  readonly embed: Embed
  close(): Promise<void>
}

export interface EmbedderOptions {
  readonly clock: Clock
  /** For endpoints that name a model of this process. */
  readonly onnx?: Pick<OnnxModels, 'embed'> | undefined
}

/** Pauses before further tries. A question gets one more at once: a kept connection may have just been closed. */
const retryDelaysMs = { document: [250, 1000], query: [0] } as const

export const createEmbedder = ({ clock, onnx }: EmbedderOptions): Embedder => {
  const models = createModels(clock)
  const once = (request: Request): Promise<readonly Vector[]> =>
    request.endpoint.onnx ? embedHere(onnx, request) : embedThere(models.of(request.endpoint), clock, request)

  const embed: Embed = async (request) => {
    const { endpoint, purpose, signal } = request
    if (request.texts.length === 0) return []
    for (let attempt = 0; ; attempt++) {
      try {
        return readVectors(await once(request), request)
      } catch (error) {
        signal.throwIfAborted()
        const delayMs = retryDelaysMs[purpose][attempt]
        if (!isTransient(error) || delayMs === undefined) throw failureOf(endpoint, error)
        await clock.sleep(delayMs, signal)
      }
    }
  }
  return { embed, close: models.close }
}

type Request = Parameters<Embed>[0]

const createModels = (clock: Clock) => {
  const models = new Map<string, ClosableEmbeddingModel>()
  return {
    of: (endpoint: EmbeddingsEndpoint): ClosableEmbeddingModel => {
      const { address, model = '', key } = endpoint
      const name = JSON.stringify([address, model, key])
      const known = models.get(name)
      if (known) return known
      const id = placeOf(endpoint)
      const limits = { contextLength: 0, noTokenInput: true, timeouts: endpointTimeouts }
      const created = createOpenAiEmbeddingModel({
        deployment: { id, model, address, ...limits },
        apiKey: key,
        clock,
      })
      models.set(name, created)
      return created
    },
    close: async () => {
      await Promise.all([...models.values()].map((model) => model.close()))
    },
  }
}

const embedThere = async (model: ClosableEmbeddingModel, clock: Clock, request: Request) => {
  const { texts, purpose, timeoutMs, signal, endpoint } = request
  const { vectors } = await model.embed(
    { input: texts, encoding: 'float', extra: {}, ...(endpoint.inputType && { inputType: purpose }) },
    { requestId: 'knowledge', signal, deadlineMs: clock.monotonicMs() + timeoutMs },
  )
  return vectors
}

const embedHere = async (onnx: EmbedderOptions['onnx'], { endpoint, texts, purpose, signal }: Request) => {
  if (!onnx || !endpoint.onnx) throw wrong(endpoint, 'this process runs no models')
  return (await onnx.embed(endpoint.onnx, { texts, purpose, signal })).vectors
}

const isTransient = (error: unknown) =>
  !isOutOfTime(error) && (!(error instanceof ArchitectError) || error.retryable)

const wrong = (endpoint: EmbeddingsEndpoint, detail: string) =>
  ragError('rag.embeddings-wrong', { address: placeOf(endpoint), detail })

/** An engine's error, in the words of the knowledge base. */
const failureOf = (endpoint: EmbeddingsEndpoint, error: unknown): ArchitectError => {
  if (error instanceof ArchitectError && error.code.startsWith('rag.')) return error
  const detail = endpointDetail(error)
  return isTransient(error) || isOutOfTime(error)
    ? ragError(
        'rag.embeddings-unavailable',
        { address: placeOf(endpoint), detail },
        { retryable: true, cause: error },
      )
    : wrong(endpoint, detail)
}

const readVectors = (vectors: readonly Vector[], { endpoint }: Request): readonly (readonly number[])[] =>
  vectors.map((vector) => {
    if (vector.length !== endpoint.dimensions)
      throw wrong(
        endpoint,
        `an embedding has ${vector.length} dimensions, ${endpoint.dimensions} are configured`,
      )
    return unitVector(vector)
  })

const unitVector = (vector: Vector): readonly number[] => {
  const length = Math.hypot(...vector)
  return Array.from(vector, (x) => (length === 0 ? x : x / length))
}
