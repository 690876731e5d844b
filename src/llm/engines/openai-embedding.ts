// The engine for every server that speaks OpenAI's embeddings API: vLLM, TEI, llama-server, Ollama, hosted APIs.

import type { Clock, Usage } from '../../core/index.js'
import { estimateTokens } from '../estimate-tokens.js'
import type { EmbeddingAnswer, EmbeddingModel, EmbeddingRequest, Vector } from '../vector-contract.js'
import { listOf, numberOf, objectOf } from '../wire/fields.js'
import { count } from '../wire/openai-chat-usage.js'
import { createJsonUpstream, endpointPath, type JsonUpstreamOptions, unreadable } from './json-upstream.js'

export interface OpenAiEmbeddingOptions {
  readonly deployment: JsonUpstreamOptions['deployment'] & {
    readonly model: string
    readonly contextLength: number
    /** Takes texts only, no lists of token ids. */
    readonly noTokenInput: boolean
  }
  readonly apiKey?: string | undefined
  readonly clock: Clock
}

export interface ClosableEmbeddingModel extends EmbeddingModel {
  close(): Promise<void>
}

/** @throws `llm.address-missing` */
export const createOpenAiEmbeddingModel = (options: OpenAiEmbeddingOptions): ClosableEmbeddingModel => {
  const { deployment } = options
  const upstream = createJsonUpstream({ ...options, pathOf: endpointPath('embeddings') })
  return {
    id: deployment.id,
    takesTokens: !deployment.noTokenInput,
    contextLength: deployment.contextLength,
    embed: (request, call) => {
      const estimate = inputUsage(inputTokens(request.input))
      const read = (value: unknown, upstreamRequestId?: string) => ({
        ...readAnswer(value, request, { estimate, deployment: deployment.id }),
        ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      })
      return upstream.post(bodyOf(deployment.model, request), call, { estimate, read })
    },
    close: upstream.close,
  }
}

const bodyOf = (model: string, request: EmbeddingRequest) => ({
  ...request.extra,
  model,
  input: request.input,
  encoding_format: request.encoding,
  ...(request.dimensions !== undefined && { dimensions: request.dimensions }),
  ...(request.inputType !== undefined && { input_type: request.inputType }),
})

/** Tokens of embedding inputs: counted where they are token ids, an estimate where they are texts. */
export const inputTokens = (input: EmbeddingRequest['input']): number => {
  let tokens = 0
  for (const item of input) tokens += typeof item === 'string' ? estimateTokens(item) : item.length
  return tokens
}

/** A usage of input alone: vectors and scores are not priced by what comes out. */
export const inputUsage = (tokens: number): Usage => ({
  input: { total: tokens, cacheRead: 0, cacheWrite: 0 },
  output: { total: 0, reasoning: 0 },
})

const readAnswer = (
  value: unknown,
  { input }: EmbeddingRequest,
  { estimate, deployment }: { readonly estimate: Usage; readonly deployment: string },
): EmbeddingAnswer => {
  const body = objectOf(value)
  const data = listOf(body?.data)
  if (data.length !== input.length)
    throw unreadable(deployment, `${input.length} inputs, and "data" holds ${data.length} vectors`)
  const vectors = new Array<Vector>(input.length)
  for (const [i, item] of data.entries()) {
    const fields = objectOf(item) ?? {}
    const index = numberOf(fields.index) ?? i
    const vector = readVector(fields.embedding)
    if (!vector) throw unreadable(deployment, 'an embedding is neither a list of numbers nor base64')
    if (!(index in data) || vectors[index])
      throw unreadable(deployment, `index ${index} is wrong or comes twice`)
    if (vector.length !== (vectors.find((known) => known !== undefined) ?? vector).length)
      throw unreadable(deployment, 'embeddings of different lengths')
    vectors[index] = vector
  }
  const usage = objectOf(body?.usage)
  const reported = count(usage?.prompt_tokens) || count(usage?.total_tokens)
  return reported > 0
    ? { vectors, usage: inputUsage(reported), usageSource: 'reported' }
    : { vectors, usage: estimate, usageSource: 'estimated' }
}

/** Base64 is of float32 in little-endian order, as OpenAI sends it. */
const readVector = (value: unknown): Vector | undefined => {
  if (Array.isArray(value)) return value.length > 0 && value.every(isFiniteNumber) ? value : undefined
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  // A copy of its own: a Float32Array must start at a multiple of four, and a pooled buffer may not.
  const vector = new Float32Array(new Uint8Array(bytes).buffer)
  return vector.every(Number.isFinite) ? vector : undefined
}

const isFiniteNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
