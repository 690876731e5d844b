// What a simulation finds. Times in ms; NaN where nothing was measured.

export interface Percentiles {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface Level {
  /** Over time, of all replicas together; for the KV cache the share of it in use. */
  readonly mean: number
  /** Of the replica that had most. */
  readonly peak: number
}

export interface SimulationReport {
  readonly requests: {
    readonly sent: number
    readonly completed: number
    /**
     * Longer than the KV cache of a replica, or than a step where prompts are not read in parts; or beyond what may be
     * in flight.
     */
    readonly rejected: number
    /** Completed after the warm-up: what everything below is about. */
    readonly measured: number
  }
  /** From the request's arrival to its first token. */
  readonly ttftMs: Percentiles
  /** Mean time per output token after the first, of requests with at least two. */
  readonly tpotMs: Percentiles
  /** Between two tokens of one answer; with speculation between two steps. */
  readonly itlMs: Percentiles
  readonly e2eMs: Percentiles
  /** In the scheduler's queue, from the API server to the first step. */
  readonly queueMs: Percentiles
  /** Requests that met every limit given; null when none was. */
  readonly goodput: { readonly share: number; readonly requestsPerSecond: number } | null
  /** From the end of the warm-up to the last token. */
  readonly measuredSeconds: number
  readonly requestsPerSecond: number
  readonly outputTokensPerSecond: number
  readonly running: Level
  readonly waiting: Level
  readonly kvUsage: Level
  readonly preemptions: number
  /** Prompt tokens found in the cache over all prompt tokens. */
  readonly prefixHitShare: number
  readonly steps: number
  /** Tokens written from the first request to the last, warm-up included. */
  readonly writtenTokens: number
}

/** One request, as `onRequest` gets it. */
export interface RequestRecord {
  readonly id: number
  readonly replica: number
  readonly arrivalMs: number
  readonly scheduledMs: number
  readonly firstTokenMs: number
  readonly endMs: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly preemptions: number
}
