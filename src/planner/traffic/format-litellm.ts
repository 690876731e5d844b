// LiteLLM: its spend logs (one row per request) and its daily sums, as table rows or as the answer of
// /user/daily/activity. Its `prompt_tokens` include what came from a cache.

import { contentHash } from '../../core/index.js'
import { amountOf, fieldOf, textOf, timeOf, tokensOf } from './read-field.js'
import { type Bucket, emptyArrival, type Row, type TrafficFormat } from './traffic-row.js'

export const litellmSpend: TrafficFormat = {
  name: 'litellm-spend',
  recognises: (row) => 'startTime' in row && ('spend' in row || 'call_type' in row) && 'prompt_tokens' in row,
  read: (row) => {
    const atMs = timeOf(row, ['startTime'])
    if (atMs === null) return null
    const endMs = timeOf(row, ['endTime'])
    const status = textOf(row, ['status', 'metadata.status'])
    const key = textOf(row, ['cache_key'])
    const text = fieldOf(row, ['messages'])
    const sameAs =
      key !== null && key !== 'Cache OFF'
        ? key
        : text !== undefined && JSON.stringify(text).length > 4
          ? contentHash(JSON.stringify(text))
          : null
    return [
      {
        ...emptyArrival,
        atMs,
        inputTokens: tokensOf(row, ['prompt_tokens']),
        outputTokens: tokensOf(row, ['completion_tokens']),
        cachedTokens: tokensOf(row, [
          'metadata.usage_object.prompt_tokens_details.cached_tokens',
          'metadata.usage_object.cache_read_input_tokens',
          'metadata.additional_usage_values.cache_read_input_tokens',
        ]),
        latencyMs: endMs === null ? null : Math.max(0, endMs - atMs),
        model: textOf(row, ['model', 'model_group']),
        provider: textOf(row, ['custom_llm_provider']),
        costUsd: amountOf(row, ['spend']),
        failed: status === null ? null : status === 'failure',
        sameAs,
      },
    ]
  },
}

const dayMs = 86_400_000

export const litellmDaily: TrafficFormat = {
  name: 'litellm-daily',
  recognises: (row) => 'date' in row && ('metrics' in row || ('api_requests' in row && 'spend' in row)),
  read: (row) => {
    const startMs = timeOf(row, ['date'])
    if (startMs === null) return null
    const models = fieldOf(row, ['breakdown.models'])
    const groups: readonly [string | null, unknown][] =
      typeof models === 'object' && models !== null && Object.keys(models).length > 0
        ? Object.entries(models).map(([name, group]) => [name, (group as Row | null)?.metrics ?? group])
        : [[textOf(row, ['model']), row.metrics ?? row]]
    const provider = textOf(row, ['custom_llm_provider'])
    const buckets = groups.map(([model, sums]) =>
      typeof sums === 'object' && sums !== null ? daily(sums as Row, { startMs, model, provider }) : null,
    )
    return buckets.every((bucket) => bucket !== null) ? buckets : null
  },
}

const daily = (
  sums: Row,
  of: { readonly startMs: number; readonly model: string | null; readonly provider: string | null },
): Bucket | null => {
  const requests = amountOf(sums, ['api_requests'])
  const inputTokens = amountOf(sums, ['prompt_tokens'])
  const outputTokens = amountOf(sums, ['completion_tokens'])
  if (requests === null || inputTokens === null || outputTokens === null) return null
  return {
    kind: 'bucket',
    ...of,
    endMs: of.startMs + dayMs,
    requests,
    inputTokens,
    outputTokens,
    cachedTokens: amountOf(sums, ['cache_read_input_tokens']),
    costUsd: amountOf(sums, ['spend']),
  }
}
