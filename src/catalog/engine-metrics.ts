// Which of an engine's Prometheus metrics say how busy it is, and how they are read. Names from the engines' sources
// and documentation (vLLM v1/metrics/loggers.py, SGLang observability/metrics_collector.py, TGI reference/metrics.md,
// llama.cpp tools/server/README.md, Triton user_guide/metrics.md). Knows no HTTP.

import type { EngineKind } from './engine-program.js'

/** What one reading says; null where the engine does not say it. */
export interface EngineLoad {
  readonly running: number | null
  readonly waiting: number | null
  /** Share of the KV cache in use, 0 to 1. */
  readonly kvCacheUsage: number | null
  /** Share of prompt tokens found in the prefix cache since the engine started, 0 to 1. */
  readonly prefixCacheHitRatio: number | null
  /** Tokens written since the engine started. */
  readonly generatedTokens: number | null
  /** Where the engine gives a rate of its own. */
  readonly tokensPerSecond: number | null
}

interface Names {
  readonly running?: string
  readonly waiting?: string
  readonly kvCacheUsage?: string
  readonly prefixHits?: string
  readonly prefixQueries?: string
  readonly prefixCacheHitRatio?: string
  readonly generatedTokens?: string
  readonly tokensPerSecond?: string
}

const namesOf: Readonly<Record<EngineKind, Names>> = {
  vllm: {
    running: 'vllm:num_requests_running',
    waiting: 'vllm:num_requests_waiting',
    kvCacheUsage: 'vllm:kv_cache_usage_perc',
    prefixHits: 'vllm:prefix_cache_hits_total',
    prefixQueries: 'vllm:prefix_cache_queries_total',
    generatedTokens: 'vllm:generation_tokens_total',
  },
  // Only with --enable-metrics.
  sglang: {
    running: 'sglang:num_running_reqs',
    waiting: 'sglang:num_queue_reqs',
    kvCacheUsage: 'sglang:token_usage',
    prefixCacheHitRatio: 'sglang:cache_hit_rate',
    generatedTokens: 'sglang:generation_tokens_total',
    tokensPerSecond: 'sglang:gen_throughput',
  },
  tgi: {
    running: 'tgi_batch_current_size',
    waiting: 'tgi_queue_size',
    generatedTokens: 'tgi_request_generated_tokens_sum',
  },
  // Only with --metrics.
  'llama.cpp': {
    running: 'llamacpp:requests_processing',
    waiting: 'llamacpp:requests_deferred',
    kvCacheUsage: 'llamacpp:kv_cache_usage_ratio',
    generatedTokens: 'llamacpp:tokens_predicted_total',
  },
  triton: { waiting: 'nv_inference_pending_request_count' },
}

/** Reads the text exposition format: sums over the series of a count, the highest of a share. */
export const readEngineLoad = (kind: EngineKind, text: string): EngineLoad => {
  const names = namesOf[kind]
  const values = seriesOf(text, new Set(Object.values(names)))
  const all = (name: string | undefined) => (name === undefined ? undefined : values.get(name))
  const total = (name: string | undefined) => all(name)?.reduce((sum, value) => sum + value, 0) ?? null
  const highest = (name: string | undefined) => {
    const found = all(name)
    return found ? Math.max(...found) : null
  }
  const [hits, queries] = [total(names.prefixHits), total(names.prefixQueries)]
  return {
    running: total(names.running),
    waiting: total(names.waiting),
    kvCacheUsage: highest(names.kvCacheUsage),
    prefixCacheHitRatio: hits !== null && queries ? hits / queries : highest(names.prefixCacheHitRatio),
    generatedTokens: total(names.generatedTokens),
    tokensPerSecond: total(names.tokensPerSecond),
  }
}

/** Labels, whose values may hold spaces and braces; the value; a time. */
const afterName = /^(?:\{.*\})?\s+(\S+)(?:\s+-?\d+)?\s*$/

const seriesOf = (text: string, wanted: ReadonlySet<string>): ReadonlyMap<string, number[]> => {
  const values = new Map<string, number[]>()
  for (const line of text.split('\n')) {
    const name = /^[\w:]+/.exec(line)?.[0]
    if (name === undefined || !wanted.has(name)) continue
    const value = Number(afterName.exec(line.slice(name.length))?.[1])
    if (!Number.isFinite(value)) continue
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return values
}
