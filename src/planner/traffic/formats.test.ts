// Every format from a small source whose figures are worked out by hand.

import { describe, expect, it } from 'vitest'
import { ArchitectError } from '../../core/index.js'
import { jsonLines, readText } from './__fixtures__/read-text.js'
import { trafficFormats } from './formats.js'

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error instanceof ArchitectError ? error : String(error)
  }
  return undefined
}

describe('Azure traces', () => {
  const csv = [
    'TIMESTAMP,ContextTokens,GeneratedTokens',
    '2023-11-16 18:00:00.0000000,100,10',
    '2023-11-16 18:00:01.0000000,200,20',
    '2023-11-16 18:00:01.5000000,300,30',
    '2023-11-16 18:00:04.0000000,400,40',
  ].join('\r\n')

  it('gives rate, peaks, burstiness and lengths', () => {
    const traffic = readText(csv)
    expect(traffic).toMatchObject({
      format: 'azure-trace',
      basis: 'requests',
      requests: 4,
      failed: null,
      broken: { count: 0 },
      covers: { from: '2023-11-16T18:00:00.000Z', to: '2023-11-16T18:00:04.000Z', seconds: 4 },
      // 4 requests in 4 s; the second from 1 s to 2 s has two.
      rate: { meanPerSecond: 1, peaks: [{ windowSeconds: 1, requestsPerSecond: 2 }], now: null },
      inputTokens: { n: 4, mean: 250, p50: 250, p90: 370, p95: 385, p99: 397, max: 400, bounds: null },
      outputTokens: { n: 4, mean: 25, p50: 25, p90: 37, max: 40 },
      latencyMs: null,
      prefixCacheHits: null,
      sharedPrefixTokens: null,
      repeated: null,
      dailyCurve: null,
      cost: { reportedUsd: null, catalogueUsd: null, perMonthUsd: null },
    })
    // Gaps 1, 0.5 and 2.5 s: mean 4/3, variance ((1/3)^2 + (5/6)^2 + (7/6)^2) / 3 = 13/18.
    expect(traffic.gapVariation).toBeCloseTo(Math.sqrt(13 / 18) / (4 / 3), 12)
  })

  it('keeps all seven decimals of a second', () => {
    const rows = ['TIMESTAMP,ContextTokens,GeneratedTokens']
    for (const at of ['00.0000000', '00.0000005', '00.0000020']) rows.push(`2023-11-16 18:00:${at},1,1`)
    // Gaps 0.5 and 1.5 µs: mean 1, deviation 0.5. A double of today's ms holds about 0.2 µs.
    expect(readText(rows.join('\n')).gapVariation).toBeCloseTo(0.5, 0)
    expect(readText(rows.join('\n')).covers.seconds).toBeCloseTo(2e-6, 6)
  })

  it('moves when the times are doubled or a column is shuffled', () => {
    const doubled = readText(
      csv.replace('18:00:04', '18:00:08').replace('01.5', '03.0').replace('01.0', '02.0'),
    )
    expect(doubled.rate?.meanPerSecond).toBe(0.5)
    const swapped = readText(csv.replace('ContextTokens,GeneratedTokens', 'GeneratedTokens,ContextTokens'))
    expect([swapped.inputTokens?.mean, swapped.outputTokens?.mean]).toEqual([25, 250])
  })
})

describe('Mooncake traces', () => {
  const rows = [
    { timestamp: 0, input_length: 1100, output_length: 5, hash_ids: [0, 1, 2] },
    { timestamp: 500, input_length: 1200, output_length: 15, hash_ids: [0, 1, 3] },
    { timestamp: 1000, input_length: 1100, output_length: 25, hash_ids: [0, 1, 2] },
    { timestamp: 4000, input_length: 600, output_length: 35, hash_ids: [0, 4] },
  ]

  it('gives prefix hits of an infinite cache, the shared beginning and repeated prompts', () => {
    expect(readText(jsonLines(rows))).toMatchObject({
      format: 'mooncake-trace',
      covers: { from: null, to: null, seconds: 4 },
      rate: { meanPerSecond: 1, peaks: [{ windowSeconds: 1, requestsPerSecond: 2 }] },
      // 0 of 3, 2 of 3, 3 of 3 and 1 of 2 leading blocks were seen before.
      prefixCacheHits: { share: 6 / 11, basis: 'blocks', of: 11 },
      sharedPrefixTokens: 512,
      repeated: { share: 0.25, basis: 'blocks', of: 4 },
      outputTokens: { mean: 20, p50: 20 },
      dailyCurve: null,
      notes: [{ code: 'traffic.relative-clock', params: { unit: 'ms' } }],
    })
  })

  it('counts leading blocks alone, and none of the request itself', () => {
    const text = jsonLines([
      { timestamp: 0, input_length: 1000, output_length: 1, hash_ids: [1, 1] },
      { timestamp: 10, input_length: 1000, output_length: 1, hash_ids: [9, 1] },
    ])
    expect(readText(text)).toMatchObject({ prefixCacheHits: { share: 0, of: 4 }, sharedPrefixTokens: 0 })
  })

  it('loses its hits when the blocks are shuffled', () => {
    const turned = rows.map((row) => ({ ...row, hash_ids: row.hash_ids.toReversed() }))
    expect(readText(jsonLines(turned)).prefixCacheHits?.share).not.toBeCloseTo(6 / 11, 2)
  })
})

describe('request logs in general', () => {
  it.each([
    ['epoch seconds', (ms: number) => ms / 1000],
    ['epoch ms', (ms: number) => ms],
    ['epoch µs', (ms: number) => ms * 1000],
    [
      'ISO 8601 with a zone',
      (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().replace('Z', '+08:00'),
    ],
    [
      'ISO 8601 without a zone',
      (ms: number) => new Date(ms).toISOString().replace('Z', '').replace('T', ' '),
    ],
  ])('reads times as %s', (_, time) => {
    const start = Date.UTC(2026, 1, 3, 4, 5, 6)
    const rows = [0, 500, 2000].map((at) => ({
      timestamp: time(start + at),
      prompt_tokens: 5,
      completion_tokens: 7,
    }))
    expect(readText(jsonLines(rows))).toMatchObject({
      format: 'request-log',
      covers: { from: '2026-02-03T04:05:06.000Z', to: '2026-02-03T04:05:08.000Z', seconds: 2 },
    })
  })

  it('finds usage inside the row, latency by its unit and repeated prompts by their words', () => {
    const row = (second: number, text: string, status: number) => ({
      ts: 1_700_000_000 + second,
      provider: 'openai',
      model: 'gpt-4o',
      status,
      duration_seconds: 1.5,
      messages: [{ role: 'user', content: text }],
      usage: { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 500 } },
    })
    const traffic = readText(
      jsonLines([row(0, 'hi', 200), row(1, 'ho', 200), row(2, 'hi', 200), row(3, 'hi', 500)]),
    )
    expect(traffic).toMatchObject({
      failed: 1,
      latencyMs: { n: 3, p50: 1500 },
      prefixCacheHits: { share: 0.5 },
      repeated: { share: 1 / 3, of: 3 },
    })
  })

  it('adds to the input tokens of Anthropic what its cache gave and took', () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 10,
    }
    expect(readText(jsonLines([{ created_at: '2026-01-01T00:00:00Z', usage }]))).toMatchObject({
      inputTokens: { mean: 100 },
      prefixCacheHits: { share: 0.8 },
    })
  })

  it('reads small times as seconds and says so, unless their name has the unit', () => {
    const rows = (name: string) =>
      jsonLines([0, 4, 8].map((at) => ({ [name]: at, prompt_tokens: 5, completion_tokens: 7 })))
    const seconds = readText(rows('ts'))
    expect(seconds.covers).toEqual({ from: null, to: null, seconds: 8 })
    expect(seconds.notes[0]).toEqual({ code: 'traffic.relative-clock', params: { unit: 's' } })
    expect(readText(rows('ts_ms')).covers.seconds).toBe(0.008)
  })

  it('draws a daily curve when every hour was watched', () => {
    const hour = (at: number) => Date.UTC(2026, 0, 5) / 1000 + at * 3600
    const rows = Array.from({ length: 25 }, (_, at) => at).flatMap((at) =>
      Array.from({ length: at === 12 ? 4 : 2 }, (_, i) => ({
        ts: hour(at) + i,
        prompt_tokens: 1,
        completion_tokens: 1,
      })),
    )
    const full = readText(jsonLines(rows)).dailyCurve
    expect(full?.[12]).toBe(1)
    expect(full?.[3]).toBe(0.5)
    expect(readText(jsonLines(rows.slice(0, 30))).dailyCurve).toBeNull()
  })

  it('never fills in what is not there', () => {
    const traffic = readText(
      jsonLines([
        { prompt_tokens: 5, completion_tokens: 7 },
        { prompt_tokens: 6, completion_tokens: 8 },
      ]),
    )
    expect(traffic).toMatchObject({
      rate: null,
      gapVariation: null,
      covers: { from: null, seconds: null },
      latencyMs: null,
      models: [],
      inputTokens: { mean: 5.5 },
    })
  })
})

describe('what cannot be read', () => {
  it('is counted by reason, with its lines', () => {
    const good = JSON.stringify({ ts: 1_700_000_000, prompt_tokens: 5, completion_tokens: 7 })
    const text = [
      'starting up',
      good,
      '{"ts": 17',
      good,
      '',
      '{"level":"info","msg":"ready"}',
      good.replace('5', '-5'),
    ].join('\n')
    const traffic = readText(text)
    expect(traffic.requests).toBe(2)
    expect(traffic.broken).toEqual({
      count: 4,
      reasons: { 'not-json': 2, figures: 1, tokens: 1 },
      first: [
        { line: 1, lines: 1, reason: 'not-json' },
        { line: 3, lines: 1, reason: 'not-json' },
        { line: 6, lines: 1, reason: 'figures' },
        { line: 7, lines: 1, reason: 'tokens' },
      ],
    })
  })

  it.each([
    ['prompt_tokens', -50],
    ['prompt_tokens', 'many'],
    ['completion_tokens', 1e30],
    ['completion_tokens', 1e9 + 1],
    ['completion_tokens', 2.5],
    ['cached_tokens', -1],
  ])('a row with %s %j is none, and bends no mean', (name, value) => {
    const good = { ts: 1_700_000_000, prompt_tokens: 5, completion_tokens: 7 }
    expect(readText(jsonLines([good, { ...good, [name]: value }, good]))).toMatchObject({
      requests: 2,
      inputTokens: { n: 2, mean: 5 },
      outputTokens: { n: 2, mean: 7 },
      broken: { count: 1, reasons: { tokens: 1 }, first: [{ line: 2, lines: 1, reason: 'tokens' }] },
    })
  })

  it('sums of an interval may be larger, and are whole numbers too', () => {
    const bucket = (hour: number, tokens: number) => ({
      start_time: 1_736_640_000 + hour * 3600,
      end_time: 1_736_643_600 + hour * 3600,
      results: [{ num_model_requests: 4, input_tokens: tokens, output_tokens: 8 }],
    })
    expect(readText(jsonLines([bucket(0, 4e9), bucket(1, 1e30)]))).toMatchObject({
      requests: 4,
      inputTokens: { mean: 1e9 },
      broken: { count: 1, reasons: { tokens: 1 }, first: [{ line: 2 }] },
    })
  })

  it('a CSV with a quote that never ends loses no line unsaid', () => {
    const text =
      'timestamp,prompt_tokens,completion_tokens\n2026-01-01,1,2\n"2026-01-02,1,2\n2026-01-03,1,2\n'
    expect(readText(text)).toMatchObject({
      requests: 1,
      broken: { count: 2, first: [{ line: 3, lines: 2, reason: 'cut-off' }] },
    })
  })

  it.each([
    ['{"colour":"red","size":3}\n', ['colour', 'size']],
    ['a,b\n1,2\n', ['a', 'b']],
    ['', []],
    ['nothing to see', []],
  ])('unknown content %j is refused with the formats and the first fields', (text, keys) => {
    const error = codeOf(() => readText(text)) as ArchitectError
    expect([error.code, error.params]).toEqual(['traffic.unknown-format', { formats: trafficFormats, keys }])
    for (const format of trafficFormats) expect(error.message).toContain(format)
  })

  it.each([{}, { format: 'request-log' }])(
    'a CSV with a header alone says that it has no rows: %j',
    (options) => {
      const header = 'timestamp,prompt_tokens,completion_tokens\n'
      expect(codeOf(() => readText(header, options))).toMatchObject({ code: 'traffic.no-rows' })
      expect(codeOf(() => readText(`${header}1\n`, options))).not.toMatchObject({
        code: 'traffic.no-rows',
      })
    },
  )

  it('--format is taken at its word, and refused where nothing fits', () => {
    const text = jsonLines([{ timestamp: 1000, input_length: 10, output_length: 1, hash_ids: [1] }])
    expect(readText(text, { format: 'request-log' })).toMatchObject({
      format: 'request-log',
      prefixCacheHits: null,
    })
    expect(codeOf(() => readText(text, { format: 'openai-usage' }))).toMatchObject({
      code: 'traffic.nothing-read',
      params: { format: 'openai-usage', broken: 1, line: 1 },
    })
    expect(codeOf(() => readText(text, { format: 'nonsense' }))).toMatchObject({
      code: 'traffic.format-not-known',
    })
  })
})
