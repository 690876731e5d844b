// What every format is turned into: requests that arrived, or sums over an interval. Knows no format.

/** One decoded object of a source, with the first line it stands on. */
export type Row = Readonly<Record<string, unknown>>

/** One request as a log saw it; null = the log does not say. */
export interface Arrival {
  readonly kind: 'arrival'
  /** Ms since 1970, or since the start of the trace where its clock is relative. */
  readonly atMs: number | null
  /** The whole prompt, what came from a cache included. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cachedTokens: number | null
  readonly latencyMs: number | null
  readonly model: string | null
  readonly provider: string | null
  readonly costUsd: number | null
  /** Null = the log has no word on it; such a request counts as answered. */
  readonly failed: boolean | null
  /** True for another attempt of a request that was counted before. */
  readonly isRetry: boolean
  /** Equal for requests that are equal word for word. */
  readonly sameAs: string | null
  /** Hashes of the prompt's blocks, each covering all before it. */
  readonly blocks: readonly (number | string)[] | null
}

/** Sums of one interval and one model. `requests` null = the source counts none. */
export interface Bucket {
  readonly kind: 'bucket'
  readonly startMs: number
  readonly endMs: number
  readonly requests: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number | null
  readonly model: string | null
  readonly provider: string | null
  readonly costUsd: number | null
}

export type Observation = Arrival | Bucket

/** How one format is told and read. */
export interface TrafficFormat {
  readonly name: string
  /** Whether a decoded object is of this format. */
  recognises(row: Row): boolean
  /** @returns what the row says (possibly nothing), or null when it does not say what the format promises */
  read(row: Row): readonly Observation[] | null
  /** Of times that count from the start of a trace; default s. */
  readonly relativeUnit?: 's' | 'ms'
  /** Tokens of one prefix block, where the format has blocks. */
  readonly blockTokens?: number
}

export const emptyArrival: Arrival = {
  kind: 'arrival',
  atMs: null,
  inputTokens: null,
  outputTokens: null,
  cachedTokens: null,
  latencyMs: null,
  model: null,
  provider: null,
  costUsd: null,
  failed: null,
  isRetry: false,
  sameAs: null,
  blocks: null,
}
