// What is known of one request of a load: its times and its tokens. Knows no statistics.

export interface LoadRecord {
  readonly index: number
  readonly phase: 'warmup' | 'profiling'
  readonly question: number
  /** The gateway's `x-request-id`; null when no answer came. */
  readonly requestId: string | null
  /** Ms after the load's start. */
  readonly scheduledMs: number
  readonly sentMs: number
  /** First non-empty content or reasoning; null when there was none. */
  readonly firstContentMs: number | null
  readonly lastContentMs: number | null
  /** When the answer was over, for better or worse. */
  readonly endMs: number
  /** Chunks of the socket that held content. */
  readonly contentChunks: number
  /** From the server's `usage`; null when it sent none. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** What the gateway waited for engines before the first content, by its `server-timing`; null when it does not say. */
  readonly upstreamMs: number | null
  /** Whether the gateway says that its answer cache answered. */
  readonly fromCache: boolean
  /** Null for a whole answer: content, a finish reason, and the end of the stream. */
  readonly error: { readonly code: string; readonly message: string } | null
}

/** What the generator knows of itself: whether it kept its own promises. */
export interface LoadResult {
  readonly records: readonly LoadRecord[]
  /** Wall-clock ms since 1970 at which the load started. */
  readonly startedAtMs: number
  /** Delay of the generator's own event loop, 99th percentile, in ms beyond the sampling interval. */
  readonly eventLoopDelayP99Ms: number
}
