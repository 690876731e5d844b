// The contracts beside chat: texts to vectors, and documents in order of a query. Both answer whole or reject;
// a rejection carries what was tried (`attemptsOf`), and nothing has been sent, so the next candidate may be asked.

import type { Usage, UsageSource } from '../core/index.js'

/** Numbers of one text, in order. */
export type Vector = readonly number[] | Float32Array

/** What a call of an engine outside chat carries. */
export interface ModelCall {
  readonly requestId: string
  readonly signal: AbortSignal
  /** Monotonic ms after which the answer is of no use. */
  readonly deadlineMs?: number
  /** `traceparent` of the request (W3C Trace Context). */
  readonly trace?: string
  /** Its `tracestate`. */
  readonly traceState?: string
}

/** What every such answer says beside its result. */
export interface Answered {
  readonly usage: Usage
  readonly usageSource: UsageSource
  /** Its request id at the upstream, where there is one. */
  readonly upstreamRequestId?: string
}

/** Fields that the contract does not know; they go on to an engine of OpenAI's dialect as they are. */
export type ExtraFields = Readonly<Record<string, unknown>>

export interface EmbeddingRequest {
  /** Texts, or texts as token ids of the model's own vocabulary. */
  readonly input: readonly string[] | readonly (readonly number[])[]
  /** How many numbers a vector shall have, for models that can shorten theirs. */
  readonly dimensions?: number
  /** What the texts are for, in the words of the model's server: `query`, `document`, `passage`. */
  readonly inputType?: string
  /** The form the vectors are wanted in: what an engine sends so need not be converted. */
  readonly encoding: 'float' | 'base64'
  readonly extra: ExtraFields
}

export interface EmbeddingAnswer extends Answered {
  /** One vector per input, in order, all of one length. */
  readonly vectors: readonly Vector[]
}

export interface EmbeddingModel {
  readonly id: string
  /** Whether inputs may be token ids. */
  readonly takesTokens: boolean
  readonly contextLength: number
  embed(request: EmbeddingRequest, call: ModelCall): Promise<EmbeddingAnswer>
}

export interface RerankRequest {
  readonly query: string
  readonly documents: readonly string[]
  /** At most so many results; all of them when undefined. */
  readonly topN?: number
  readonly extra: ExtraFields
}

export interface RerankResult {
  /** Of the document in the request. */
  readonly index: number
  /** Higher is better; not comparable between models. */
  readonly score: number
}

export interface RerankAnswer extends Answered {
  /** Best first, each document at most once. */
  readonly results: readonly RerankResult[]
}

export interface RerankModel {
  readonly id: string
  readonly contextLength: number
  rerank(request: RerankRequest, call: ModelCall): Promise<RerankAnswer>
}
