// The metrics of a vLLM server, from texts whose figures are worked out by hand.

import { describe, expect, it } from 'vitest'
import { catalogue } from './__fixtures__/read-text.js'
import { parseExposition } from './prometheus.js'
import { trafficOfScrapes } from './vllm-metrics.js'

const startSeconds = 1_800_000_000

const buckets = (name: string, counts: readonly (readonly [string, number])[], sum: number) =>
  [
    `# TYPE ${name} histogram`,
    ...counts.map(([le, count]) => `${name}_bucket{engine="0",le="${le}",model_name="m/x"} ${count}.0`),
    `${name}_count{engine="0",model_name="m/x"} ${counts.at(-1)?.[1]}.0`,
    `${name}_sum{engine="0",model_name="m/x"} ${sum}`,
  ].join('\n')

interface Served {
  readonly stop?: number
  readonly start?: number | null
}

const metrics = ({ stop = 95, start = startSeconds }: Served = {}) =>
  [
    '# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.',
    start === null ? '' : `process_start_time_seconds ${start}`,
    `vllm:request_success_total{engine="0",finished_reason="stop",model_name="m/x"} ${stop}.0`,
    'vllm:request_success_total{engine="0",finished_reason="abort",model_name="m/x"} 3.0',
    'vllm:request_success_total{engine="0",finished_reason="error",model_name="m/x"} 2.0',
    buckets(
      'vllm:request_prompt_tokens',
      [
        ['100.0', 20],
        ['200.0', 60],
        ['500.0', 100],
        ['+Inf', 100],
      ],
      21_000,
    ),
    buckets(
      'vllm:request_generation_tokens',
      [
        ['10.0', 50],
        ['50.0', 92],
        ['+Inf', 100],
      ],
      2500,
    ),
    buckets(
      'vllm:e2e_request_latency_seconds',
      [
        ['1.0', 50],
        ['2.0', 100],
        ['+Inf', 100],
      ],
      100,
    ),
    'vllm:prefix_cache_queries_total{engine="0",model_name="m/x"} 20000.0',
    'vllm:prefix_cache_hits_total{engine="0",model_name="m/x"} 5000.0',
    'vllm:prompt_tokens_total{engine="0",model_name="m/x"} 21000.0',
    'vllm:generation_tokens_total{engine="0",model_name="m/x"} 2500.0',
    '',
  ].join('\n')

const at = (seconds: number) => (startSeconds + seconds) * 1000

describe('one reading', () => {
  const traffic = trafficOfScrapes([{ text: metrics(), atMs: at(200) }], catalogue)

  it('gives the mean rate since the server started', () => {
    expect(traffic).toMatchObject({
      format: 'vllm-metrics',
      basis: 'counters',
      requests: 100,
      failed: 5,
      covers: { seconds: 200 },
      rate: { meanPerSecond: 0.5, peaks: [], now: null },
      gapVariation: null,
      prefixCacheHits: { share: 0.25, basis: 'tokens', of: 20_000 },
      models: [{ model: 'm/x', provider: 'vllm', requests: 100, inputTokens: 21_000, outputTokens: 2500 }],
    })
  })

  it('gives percentiles inside their bucket, and its bounds', () => {
    expect(traffic.inputTokens).toMatchObject({
      n: 100,
      mean: 210,
      // Rank 50 is 30 of 40 into 100-200; 90 is 30 of 40 into 200-500; 95 is 35 of 40.
      p50: 175,
      p90: 425,
      p95: 462.5,
      max: null,
      bounds: { p50: [100, 200], p90: [200, 500], p95: [200, 500], p99: [200, 500] },
    })
    expect(traffic.latencyMs).toMatchObject({
      mean: 1000,
      p50: 1000,
      p90: 1800,
      bounds: { p90: [1000, 2000] },
    })
  })

  it('gives no value in a bucket without upper bound', () => {
    expect(traffic.outputTokens).toMatchObject({ p50: 10, p90: 10 + (40 * 40) / 42, p95: null, p99: null })
    expect(traffic.outputTokens?.bounds?.p95).toEqual([50, null])
  })

  it('counts blocks where an older server says that it does', () => {
    const text = metrics()
      .replaceAll('vllm:prefix_cache_', 'vllm:gpu_prefix_cache_')
      .concat(
        '# HELP vllm:gpu_prefix_cache_queries_total GPU prefix cache queries, in terms of number of queried blocks.\n',
      )
    const { prefixCacheHits } = trafficOfScrapes([{ text, atMs: at(200) }], catalogue)
    expect(prefixCacheHits).toEqual({ share: 0.25, basis: 'blocks', of: 20_000 })
  })

  it('says when its time is only that of a file', () => {
    const traffic = trafficOfScrapes([{ text: metrics(), atMs: at(200), isFileTime: true }], catalogue)
    expect(traffic.notes.map(({ code }) => code)).toEqual(['traffic.counters', 'traffic.file-time'])
  })

  it('without the time of its start has no rate', () => {
    const text = metrics({ start: null })
    expect(trafficOfScrapes([{ text, atMs: at(200) }], catalogue).rate).toBeNull()
  })
})

describe('two readings', () => {
  const first = { text: metrics(), atMs: at(200) }

  it('give the rate between them', () => {
    const second = { text: metrics({ stop: 125 }), atMs: at(210) }
    expect(trafficOfScrapes([first, second], catalogue).rate?.now).toEqual({
      requestsPerSecond: 3,
      seconds: 10,
    })
    const blind = { text: metrics({ start: null }), atMs: at(200) }
    const later = { text: metrics({ start: null, stop: 105 }), atMs: at(210) }
    expect(trafficOfScrapes([blind, later], catalogue).rate?.meanPerSecond).toBe(1)
  })

  it('of different processes give none', () => {
    for (const served of [{ stop: 125, start: startSeconds + 205 }, { stop: 3 }]) {
      const second = { text: metrics(served), atMs: at(210) }
      const traffic = trafficOfScrapes([first, second], catalogue)
      expect(traffic.rate?.now).toBeNull()
      expect(traffic.notes.map(({ code }) => code)).toContain('traffic.restarted')
    }
  })
})

describe('other metrics', () => {
  it('are refused by name', () => {
    expect(() => trafficOfScrapes([{ text: 'go_goroutines 7\n', atMs: null }], catalogue)).toThrow(
      /go_goroutines/,
    )
  })

  it('lines that are no sample are counted', () => {
    const traffic = trafficOfScrapes([{ text: `${metrics()}what is this\n`, atMs: null }], catalogue)
    expect(traffic.broken).toMatchObject({ count: 1, first: [{ reason: 'figures' }] })
  })

  it('samples have labels with escapes, special values and times', () => {
    const { samples, brokenLines } = parseExposition(
      'a{x="q\\"\\\\\\n",y="}"} +Inf 17\nb NaN\nc 1e3 # {id="1"} 2\nd x\n',
    )
    expect(samples).toEqual([
      { name: 'a', labels: { x: 'q"\\\n', y: '}' }, value: Number.POSITIVE_INFINITY },
      { name: 'b', labels: {}, value: Number.NaN },
      { name: 'c', labels: {}, value: 1000 },
    ])
    expect(brokenLines).toEqual([4])
  })
})
