// Names and bucket bounds of the metrics. The `gen_ai_*` ones are OpenTelemetry's GenAI conventions (status:
// development; npm semantic-conventions 1.45.0) in Prometheus form: dots become underscores, unit s `_seconds`.

export const metricNames = {
  /** What clients of the gateway see. */
  serverDuration: 'gen_ai_server_request_duration_seconds',
  serverFirstToken: 'gen_ai_server_time_to_first_token_seconds',
  serverPerOutputToken: 'gen_ai_server_time_per_output_token_seconds',
  /** What the gateway sees of the engines it calls. */
  clientDuration: 'gen_ai_client_operation_duration_seconds',
  clientFirstChunk: 'gen_ai_client_operation_time_to_first_chunk_seconds',
  clientTokenUsage: 'gen_ai_client_token_usage',
  /** How much of that was the gateway's own time. */
  addedFirstToken: 'llm_architect_added_time_to_first_token_seconds',
  addedDuration: 'llm_architect_added_request_duration_seconds',
  requests: 'llm_architect_requests_total',
  requestsInFlight: 'llm_architect_requests_in_flight',
  attempts: 'llm_architect_attempts_total',
  tokens: 'llm_architect_tokens_total',
  costUsd: 'llm_architect_cost_usd_total',
  unpricedAttempts: 'llm_architect_unpriced_attempts_total',
  guardVerdicts: 'llm_architect_guard_verdicts_total',
  cacheLookups: 'llm_architect_cache_lookups_total',
  retries: 'llm_architect_retries_total',
  breakerOpen: 'llm_architect_breaker_open',
  deploymentRunning: 'llm_architect_deployment_requests_running',
  deploymentWaiting: 'llm_architect_deployment_requests_waiting',
  cascadeSteps: 'llm_architect_cascade_steps_total',
  ledgerLagSeconds: 'llm_architect_ledger_lag_seconds',
  ledgerPendingRows: 'llm_architect_ledger_pending_rows',
  ledgerJournalBytes: 'llm_architect_ledger_journal_bytes',
  ledgerWritable: 'llm_architect_ledger_writable',
  auditEntries: 'llm_architect_audit_entries_total',
  auditDropped: 'llm_architect_audit_entries_dropped_total',
  auditWritable: 'llm_architect_audit_writable',
  engineUp: 'llm_architect_engine_up',
  engineRestarts: 'llm_architect_engine_restarts_total',
  engineResidentMemoryBytes: 'llm_architect_engine_resident_memory_bytes',
  engineRequestsRunning: 'llm_architect_engine_requests_running',
  engineRequestsWaiting: 'llm_architect_engine_requests_waiting',
  engineKvCacheUsageRatio: 'llm_architect_engine_kv_cache_usage_ratio',
  enginePrefixCacheHitRatio: 'llm_architect_engine_prefix_cache_hit_ratio',
  engineTokensPerSecond: 'llm_architect_engine_output_tokens_per_second',
  gpuMemoryUsedBytes: 'llm_architect_gpu_memory_used_bytes',
  gpuMemoryTotalBytes: 'llm_architect_gpu_memory_total_bytes',
  spans: 'llm_architect_spans_total',
  logLinesDropped: 'llm_architect_log_lines_dropped_total',
  residentMemoryBytes: 'process_resident_memory_bytes',
} as const

/** The conventions' bounds double from 10 ms; 0.2 s is added, so that a target of 200 ms can be read off. */
export const durationBucketsSeconds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.2, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
/** The conventions' bounds of `gen_ai.server.time_to_first_token`, with 0.2 s. */
export const firstTokenBucketsSeconds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.2, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
/** Those of the first token, with 0.5 ms and 3 ms below 5 ms: what a gateway adds is to be read off as well. */
export const addedLatencyBucketsSeconds = [
  0.0005, 0.001, 0.003, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.2, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
/** The conventions' bounds of `gen_ai.server.time_per_output_token`, with 1 ms and 5 ms below them. */
export const perOutputTokenBucketsSeconds = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
]
/** The conventions' bounds of `gen_ai.client.token.usage`, as far as prompts go today. */
export const tokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]
