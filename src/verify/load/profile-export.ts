// The requests of a load as JSON lines under AIPerf's names (profile_export.jsonl), with `scheduled_ns` and
// `sent_ns` beside them. Knows no file.

import { e2eMs, tokensPerSecondOf, tpotMs, ttftMs } from './load-metrics.js'
import type { LoadRecord, LoadResult } from './load-record.js'

/** One line per request, warm-up included; times in ns since 1970. */
export const exportProfile = (result: LoadResult): string =>
  result.records.map((record) => `${JSON.stringify(exportRecord(record, result.startedAtMs))}\n`).join('')

const exportRecord = (record: LoadRecord, startedAtMs: number) => {
  const nanoseconds = (ms: number | null) => (ms === null ? null : Math.round((startedAtMs + ms) * 1e6))
  const serviceMs = record.firstContentMs === null ? undefined : record.firstContentMs - record.sentMs
  return {
    metadata: {
      session_num: record.index,
      question: record.question,
      x_request_id: record.requestId,
      request_start_ns: nanoseconds(record.sentMs),
      request_ack_ns: nanoseconds(record.firstContentMs),
      request_end_ns: nanoseconds(record.endMs),
      benchmark_phase: record.phase,
      was_cancelled: false,
      scheduled_ns: nanoseconds(record.scheduledMs),
      sent_ns: nanoseconds(record.sentMs),
      cache: record.fromCache,
    },
    metrics: compactMetrics({
      time_to_first_token: [ttftMs(record), 'ms'],
      time_to_first_token_service: [serviceMs, 'ms'],
      upstream_time_to_first_token: [record.upstreamMs ?? undefined, 'ms'],
      request_latency: [e2eMs(record), 'ms'],
      inter_token_latency: [tpotMs(record), 'ms'],
      output_token_throughput_per_user: [tokensPerSecondOf(record), 'tokens/sec/user'],
      input_sequence_length: [record.inputTokens ?? undefined, 'tokens'],
      output_sequence_length: [record.outputTokens ?? undefined, 'tokens'],
    }),
    error: record.error ? { code: record.error.code, type: 'request', message: record.error.message } : null,
  }
}

const compactMetrics = (metrics: Readonly<Record<string, readonly [number | undefined, string]>>) =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, [value, unit]]) =>
      value === undefined ? [] : [[name, { value, unit }]],
    ),
  )
