// Usage of an OpenAI organisation: buckets of its usage API (also its costs), and the CSV of its dashboard, which has
// the same names as columns. One row is one interval of one group; an interval without any is there, empty.

import { amountOf, fieldOf, textOf, timeOf } from './read-field.js'
import type { Bucket, Row, TrafficFormat } from './traffic-row.js'

export const openaiUsage: TrafficFormat = {
  name: 'openai-usage',
  recognises: (row) =>
    'start_time' in row &&
    'end_time' in row &&
    (Array.isArray(row.results) || 'num_model_requests' in row || 'amount_value' in row),
  read: (row) => {
    const startMs = timeOf(row, ['start_time', 'start_time_iso'])
    const endMs = timeOf(row, ['end_time', 'end_time_iso'])
    if (startMs === null || endMs === null || endMs <= startMs) return null
    const groups = Array.isArray(row.results) ? (row.results as readonly unknown[]) : [row]
    if (groups.length === 0) return [emptyBucket(startMs, endMs)]
    const buckets = groups.map((group) =>
      typeof group === 'object' && group !== null ? bucketOf(group as Row, startMs, endMs) : null,
    )
    return buckets.every((bucket) => bucket !== null) ? buckets : null
  },
}

const emptyBucket = (startMs: number, endMs: number): Bucket => ({
  kind: 'bucket',
  startMs,
  endMs,
  requests: null,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: null,
  model: null,
  provider: 'openai',
  costUsd: null,
})

const bucketOf = (group: Row, startMs: number, endMs: number): Bucket | null => {
  const empty = emptyBucket(startMs, endMs)
  const money = amountOf(group, ['amount.value', 'amount_value'])
  const isUsd = (textOf(group, ['amount.currency', 'amount_currency']) ?? 'usd').toLowerCase() === 'usd'
  if ('amount' in group || 'amount_value' in group) return { ...empty, costUsd: isUsd ? money : null }
  const given = ['num_model_requests', 'input_tokens', 'output_tokens'] as const
  if (given.every((name) => fieldOf(group, [name]) === undefined)) return empty
  const [requests, inputTokens, outputTokens] = given.map((name) =>
    fieldOf(group, [name]) === undefined ? 0 : amountOf(group, [name]),
  )
  if (requests == null || inputTokens == null || outputTokens == null) return null
  return {
    ...empty,
    requests,
    inputTokens,
    outputTokens,
    cachedTokens: amountOf(group, ['input_cached_tokens']),
    model: textOf(group, ['model']),
  }
}
