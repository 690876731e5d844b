// Request logs of gateways in general: a time, token counts and whatever else has one of the usual names.

import { canonicalJson, contentHash } from '../../core/index.js'
import { amountOf, fieldOf, textOf, timeOf, tokensOf } from './read-field.js'
import { emptyArrival, type Row, type TrafficFormat } from './traffic-row.js'

const times = [
  'timestamp',
  '@timestamp',
  'ts',
  'time',
  'created_at',
  'createdAt',
  'created',
  'start_time',
  'startTime',
  'started_at',
  'startedAt',
  'request_time',
  'arrival_time',
  'arrived_at',
  'datetime',
  'date',
  'TIMESTAMP',
]
/** Names that say their unit; other numbers are told by their size. */
const timesInMs = ['timestamp_ms', 'timestampMs', 'ts_ms', 'time_ms', 'started_at_ms', 'startedAtMs']
const inputs = [
  'prompt_tokens',
  'input_tokens',
  'promptTokens',
  'inputTokens',
  'tokens_prompt',
  'tokens_in',
  'num_prompt_tokens',
  'num_prefill_tokens',
  'context_tokens',
  'ContextTokens',
  'input_length',
]
const outputs = [
  'completion_tokens',
  'output_tokens',
  'completionTokens',
  'outputTokens',
  'tokens_completion',
  'tokens_out',
  'num_completion_tokens',
  'num_output_tokens',
  'num_decode_tokens',
  'generated_tokens',
  'generation_tokens',
  'GeneratedTokens',
  'output_length',
]
const cached = [
  'cached_tokens',
  'cachedTokens',
  'input_cached_tokens',
  'cached_input_tokens',
  'cache_read_input_tokens',
  'prompt_tokens_details.cached_tokens',
  'input_tokens_details.cached_tokens',
]
const usageObjects = ['usage', 'response.usage', 'tokens', 'token_usage', 'attributes', 'response.body.usage']
const inUsage = (names: readonly string[]) => [
  ...names,
  ...usageObjects.flatMap((object) => names.map((name) => `${object}.${name}`)),
]
const inputPaths = inUsage([...inputs, 'gen_ai.usage.input_tokens'])
const outputPaths = inUsage([...outputs, 'gen_ai.usage.output_tokens'])
const cachedPaths = inUsage(cached)
const inMs = [
  'latency_ms',
  'latencyMs',
  'duration_ms',
  'durationMs',
  'total_ms',
  'totalMs',
  'response_time_ms',
  'elapsed_ms',
  'request_duration_ms',
]
const inSeconds = [
  'latency_s',
  'latency_seconds',
  'duration_s',
  'duration_seconds',
  'elapsed_s',
  'request_duration_seconds',
]
const prompts = [
  'messages',
  'prompt',
  'request.messages',
  'request.prompt',
  'body.messages',
  'request.body.messages',
]
const hashes = ['prompt_hash', 'promptHash', 'request_hash', 'cache_key', 'messages_hash']

const models = ['model', 'model_name', 'modelName', 'model_id', 'request.model', 'response.model']
const providers = ['provider', 'provider_name', 'custom_llm_provider', 'vendor']
const costs = ['cost_usd', 'costUsd', 'total_cost', 'spend', 'cost', 'usage.cost']
const statuses = ['status', 'status_code', 'statusCode', 'http_status', 'response.status_code']

export const requestLog: TrafficFormat = {
  name: 'request-log',
  recognises: (row) =>
    fieldOf(row, inputPaths) !== undefined &&
    [times, timesInMs, outputPaths].some((names) => fieldOf(row, names) !== undefined),
  read: (row) => {
    const atMs = amountOf(row, timesInMs) ?? timeOf(row, times)
    if (atMs === null && fieldOf(row, times) !== undefined) return null
    const inputTokens = inputOf(row)
    const outputTokens = tokensOf(row, outputPaths)
    const failed = hasFailed(row)
    if (inputTokens === null && outputTokens === null && !failed) return null
    return [
      {
        ...emptyArrival,
        atMs,
        inputTokens,
        outputTokens,
        cachedTokens: tokensOf(row, cachedPaths),
        latencyMs: amountOf(row, inMs) ?? times1000(amountOf(row, inSeconds)),
        model: textOf(row, models),
        provider: textOf(row, providers),
        costUsd: amountOf(row, costs),
        failed,
        sameAs: sameAs(row),
      },
    ]
  },
}

const times1000 = (seconds: number | null) => (seconds === null ? null : seconds * 1000)

const anthropic = ['', ...usageObjects.map((object) => `${object}.`)].map((prefix) => ({
  read: [`${prefix}cache_read_input_tokens`],
  written: [`${prefix}cache_creation_input_tokens`],
  input: [`${prefix}input_tokens`],
}))

/** Anthropic's `input_tokens` leave out what was read from and written to the cache; everybody else's include it. */
const inputOf = (row: Row): number | null => {
  const input = tokensOf(row, inputPaths)
  if (input === null) return null
  for (const names of anthropic) {
    const read = tokensOf(row, names.read)
    if (read === null || tokensOf(row, names.input) === null) continue
    return input + read + (tokensOf(row, names.written) ?? 0)
  }
  return input
}

const hasFailed = (row: Row): boolean | null => {
  const status = fieldOf(row, statuses)
  if (typeof status === 'number' || (typeof status === 'string' && /^\d+$/.test(status)))
    return Number(status) >= 400
  return typeof status === 'string' ? /^(fail|error|timeout|cancel)/i.test(status) : null
}

const sameAs = (row: Row): string | null => {
  const hash = textOf(row, hashes)
  if (hash !== null) return hash
  const prompt = fieldOf(row, prompts)
  return prompt === undefined ? null : contentHash(canonicalJson(prompt))
}
