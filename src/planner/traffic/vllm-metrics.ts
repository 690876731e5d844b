// The workload that the metrics of a vLLM server show. Names as of vLLM 0.6 and later.

import type { Catalogue } from '../../catalog/index.js'
import { createBrokenList } from './broken.js'
import { metricsFormat } from './formats.js'
import { spreadOfHistogram } from './histogram-spread.js'
import { isoOf } from './measure-arrivals.js'
import { createModelMix } from './model-mix.js'
import { histogramOf, parseExposition, type Sample, sumOf } from './prometheus.js'
import type { Rate, Traffic } from './traffic.js'
import { trafficError, trafficMessage } from './traffic-messages.js'

export interface Scrape {
  readonly text: string
  /** When it was taken, ms since 1970; null = not known. */
  readonly atMs: number | null
  /** True when that is only the time at which its file was last written. */
  readonly isFileTime?: boolean
}

const finished = ['vllm:request_success_total', 'vllm:request_success']
const inputCounters = ['vllm:prompt_tokens_total', 'vllm:prompt_tokens', 'vllm:request_prompt_tokens_sum']
const outputCounters = [
  'vllm:generation_tokens_total',
  'vllm:generation_tokens',
  'vllm:request_generation_tokens_sum',
]
const hitCounters = [
  'vllm:prefix_cache_hits_total',
  'vllm:prefix_cache_hits',
  'vllm:gpu_prefix_cache_hits_total',
]
const queryCounters = [
  'vllm:prefix_cache_queries_total',
  'vllm:prefix_cache_queries',
  'vllm:gpu_prefix_cache_queries_total',
]

/**
 * @param scrapes one reading, or two of the same server some seconds apart, the later one last
 * @throws `traffic.no-vllm-metrics`
 */
export const trafficOfScrapes = (scrapes: readonly [Scrape, Scrape?], catalogue: Catalogue): Traffic => {
  const last = scrapes[1] ?? scrapes[0]
  const { samples, brokenLines } = parseExposition(last.text)
  const prompts = histogramOf(samples, 'vllm:request_prompt_tokens')
  if (!prompts) throw trafficError('traffic.no-vllm-metrics', { names: firstNames(samples) })
  const broken = createBrokenList()
  for (const line of brokenLines) broken.add({ line, lines: 1, reason: 'figures' })

  const requests = sumOf(samples, finished) ?? prompts.count
  const startSeconds = sumOf(samples, ['process_start_time_seconds'])
  const seconds = last.atMs !== null && startSeconds !== null ? last.atMs / 1000 - startSeconds : null
  const covered = seconds !== null && seconds > 0 ? seconds : null
  const { now, isRestarted } = scrapes[1] ? rateBetween(scrapes[0], scrapes[1]) : noRate
  const mix = createModelMix(catalogue)
  for (const call of callsOf(samples)) mix.add(call)
  return {
    format: metricsFormat,
    basis: 'counters',
    requests,
    failed: failedOf(samples),
    broken: broken.summary(),
    covers: {
      from: startSeconds === null ? null : isoOf(startSeconds * 1000),
      to: isoOf(last.atMs ?? undefined),
      seconds: covered,
    },
    rate: rateOf(requests, covered, now),
    gapVariation: null,
    inputTokens: spreadOfHistogram(prompts),
    outputTokens: spreadOfHistogram(histogramOf(samples, 'vllm:request_generation_tokens')),
    latencyMs: spreadOfHistogram(histogramOf(samples, 'vllm:e2e_request_latency_seconds'), 1000),
    prefixCacheHits: hitsOf(samples, last.text),
    sharedPrefixTokens: null,
    repeated: null,
    dailyCurve: null,
    models: mix.uses(),
    cost: mix.cost(covered),
    notes: [
      trafficMessage('traffic.counters', {}),
      ...(last.isFileTime && covered !== null ? [trafficMessage('traffic.file-time', {})] : []),
      ...(isRestarted ? [trafficMessage('traffic.restarted', {})] : []),
    ],
  }
}

/** Aborted by their client, or by an error of the server. */
const failedOf = (samples: readonly Sample[]): number | null => {
  const failed = ['abort', 'error'].flatMap(
    (reason) => sumOf(samples, finished, { finished_reason: reason }) ?? [],
  )
  return failed.length > 0 ? failed.reduce((sum, count) => sum + count, 0) : null
}

/** Since the server's start where that is known, else between the two readings. */
const rateOf = (requests: number, covered: number | null, now: Rate['now']): Rate | null => {
  const meanPerSecond = covered === null ? now?.requestsPerSecond : requests / covered
  return meanPerSecond === undefined ? null : { meanPerSecond, peaks: [], now }
}

const firstNames = (samples: readonly Sample[]) => [...new Set(samples.map(({ name }) => name))].slice(0, 5)

const noRate: { readonly now: Rate['now']; readonly isRestarted: boolean } = { now: null, isRestarted: false }

const rateBetween = (before: Scrape, after: Scrape): typeof noRate => {
  const earlier = parseExposition(before.text).samples
  const later = parseExposition(after.text).samples
  const from = sumOf(earlier, finished)
  const to = sumOf(later, finished)
  if (from === null || to === null || before.atMs === null || after.atMs === null) return noRate
  const seconds = (after.atMs - before.atMs) / 1000
  const start = ['process_start_time_seconds']
  if (to < from || sumOf(earlier, start) !== sumOf(later, start)) return { now: null, isRestarted: true }
  return seconds > 0
    ? { now: { requestsPerSecond: (to - from) / seconds, seconds }, isRestarted: false }
    : noRate
}

/** vLLM 0.8 counted blocks under the older names, and says so in its help text. */
const hitsOf = (samples: readonly Sample[], text: string): Traffic['prefixCacheHits'] => {
  const hits = sumOf(samples, hitCounters)
  const queries = sumOf(samples, queryCounters)
  const basis = text.includes('in terms of number of queried blocks') ? 'blocks' : 'tokens'
  return hits !== null && queries ? { share: hits / queries, basis, of: queries } : null
}

const callsOf = (samples: readonly Sample[]) =>
  [...new Set(samples.flatMap(({ labels }) => labels.model_name ?? []))].map((model) => {
    const of = { model_name: model }
    return {
      model,
      provider: 'vllm',
      requests: sumOf(samples, finished, of),
      inputTokens: sumOf(samples, inputCounters, of),
      outputTokens: sumOf(samples, outputCounters, of),
      cachedTokens: null,
      costUsd: null,
    }
  })
