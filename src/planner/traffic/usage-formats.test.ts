// Usage exports and the logs of known gateways, from small sources whose figures are worked out by hand.

import { describe, expect, it } from 'vitest'
import { jsonLines, readText } from './__fixtures__/read-text.js'

describe('OpenAI usage', () => {
  const result = (requests: number, more: object) => ({
    object: 'organization.usage.completions.result',
    input_tokens: requests * 1000,
    output_tokens: requests * 100,
    num_model_requests: requests,
    input_cached_tokens: requests * 250,
    ...more,
  })
  const bucket = (hour: number, results: readonly unknown[]) => ({
    object: 'bucket',
    start_time: 1_736_640_000 + hour * 3600,
    end_time: 1_736_640_000 + (hour + 1) * 3600,
    results,
  })
  const mini = { model: 'gpt-4o-mini-2024-07-18' }
  const day = Array.from({ length: 24 }, (_, hour) =>
    bucket(hour, hour === 9 ? [result(7200, mini), result(3600, { model: 'no-such-model' })] : []),
  )
  const page = { object: 'page', data: day, has_more: false, next_page: null }

  const expected = {
    format: 'openai-usage',
    basis: 'sums',
    requests: 10_800,
    failed: null,
    covers: { from: '2025-01-12T00:00:00.000Z', to: '2025-01-13T00:00:00.000Z', seconds: 86_400 },
    // The ninth hour has all: 3 requests/s in it, an eighth of one over the day.
    rate: { meanPerSecond: 0.125, peaks: [{ windowSeconds: 3600, requestsPerSecond: 3 }] },
    gapVariation: null,
    inputTokens: { n: 10_800, mean: 1000, p50: null, p95: null, max: null },
    outputTokens: { mean: 100, p50: null },
    prefixCacheHits: { share: 0.25, basis: 'tokens', of: 10_800_000 },
    repeated: null,
    dailyCurve: Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 1 : 0)),
  }

  it.each([
    ['a page on one line', JSON.stringify(page)],
    ['a page on many lines', JSON.stringify(page, null, 2)],
    ['buckets, one per line', jsonLines(day)],
    ['an array of buckets', JSON.stringify(day, null, 1)],
    [
      'two pages one after another',
      jsonLines([
        { ...page, data: day.slice(0, 9) },
        { ...page, data: day.slice(9) },
      ]),
    ],
  ])('reads %s', (_, text) => {
    const traffic = readText(text, { pieceLength: 97 })
    expect(traffic).toMatchObject(expected)
    // 7.2 M tokens in, a quarter of them cached, and 0.72 M out: 5.4 * 0.15 + 1.8 * 0.075 + 0.72 * 0.6 dollars.
    expect(traffic.cost.catalogueUsd).toBeCloseTo(0.81 + 0.135 + 0.432, 9)
    expect(traffic.cost).toMatchObject({ reportedUsd: null, requestsWithoutPrice: 3600 })
    expect(traffic.cost.perMonthUsd).toBeCloseTo(1.377 * 30.4375, 6)
    expect(traffic.models.map(({ model, share }) => [model, share])).toEqual([
      ['gpt-4o-mini-2024-07-18', 2 / 3],
      ['no-such-model', 1 / 3],
    ])
  })

  it.each([',', '\t'])('reads the CSV of the dashboard, separated by %j', (delimiter) => {
    const header =
      'start_time,end_time,start_time_iso,end_time_iso,num_model_requests,model,input_tokens,output_tokens,input_cached_tokens'
    const rows = day.flatMap(({ start_time, end_time, results }) =>
      (results.length > 0 ? (results as ReturnType<typeof result>[]) : [undefined]).map((one) =>
        [
          start_time,
          end_time,
          new Date(start_time * 1000).toISOString(),
          new Date(end_time * 1000).toISOString(),
          one?.num_model_requests,
          (one as { model?: string } | undefined)?.model,
          one?.input_tokens,
          one?.output_tokens,
          one?.input_cached_tokens,
        ].join(delimiter),
      ),
    )
    expect(readText([header.replaceAll(',', delimiter), ...rows].join('\n'))).toMatchObject(expected)
  })

  it('reads the costs of an organisation, and says nothing of requests', () => {
    const cost = (value: number) => ({
      object: 'organization.costs.result',
      amount: { value, currency: 'usd' },
    })
    const traffic = readText(JSON.stringify({ object: 'page', data: [bucket(0, [cost(1.5), cost(0.25)])] }))
    expect(traffic).toMatchObject({
      requests: null,
      rate: null,
      cost: { reportedUsd: 1.75, catalogueUsd: null },
    })
  })

  it('says so when intervals overlap', () => {
    const traffic = readText(
      jsonLines([bucket(0, [result(1, mini)]), { ...bucket(0, [result(1, mini)]), end_time: 1_736_640_060 }]),
    )
    expect(traffic.notes.map(({ code }) => code)).toContain('traffic.overlapping')
  })
})

describe('LiteLLM', () => {
  const log = (second: number, more: object = {}) => ({
    request_id: `chatcmpl-${second}`,
    call_type: 'acompletion',
    spend: 0.002,
    prompt_tokens: 400,
    completion_tokens: 40,
    total_tokens: 440,
    startTime: `2025-03-01T00:00:0${second}.000Z`,
    endTime: `2025-03-01T00:00:0${second}.250Z`,
    model: 'gpt-4o',
    custom_llm_provider: 'openai',
    cache_key: 'Cache OFF',
    messages: {},
    status: 'success',
    metadata: { usage_object: { prompt_tokens_details: { cached_tokens: 100 } } },
    ...more,
  })
  const logs = [
    log(0, { cache_key: 'a' }),
    log(1, { cache_key: 'b' }),
    log(2, { cache_key: 'a' }),
    log(4, { status: 'failure', prompt_tokens: 0, completion_tokens: 0, spend: 0, metadata: {} }),
  ]
  const expected = {
    format: 'litellm-spend',
    requests: 4,
    failed: 1,
    rate: { meanPerSecond: 1 },
    // The failed request arrived, and has no length.
    inputTokens: { n: 3, mean: 400, p50: 400 },
    outputTokens: { n: 3, mean: 40 },
    latencyMs: { n: 3, p50: 250 },
    prefixCacheHits: { share: 0.25, basis: 'tokens', of: 1200 },
    repeated: { share: 1 / 3, basis: 'prompts', of: 3 },
  }

  it.each([
    ['an array', JSON.stringify(logs)],
    ['lines', jsonLines(logs)],
  ])('reads spend logs from %s', (_, text) => {
    const traffic = readText(text)
    expect(traffic).toMatchObject(expected)
    expect(traffic.cost.reportedUsd).toBeCloseTo(0.006, 12)
    // 3 * (300 * 2.5 + 100 * 1.25 + 40 * 10) millionths of a dollar.
    expect(traffic.cost.catalogueUsd).toBeCloseTo(3 * 1275e-6, 12)
  })

  it('reads spend logs from CSV with JSON in a column', () => {
    const names = Object.keys(logs[0] ?? {})
    const cell = (value: unknown) =>
      `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"`
    const lines = logs.map((row) => Object.values(row).map(cell).join(','))
    expect(readText([names.join(','), ...lines].join('\n'), { pieceLength: 13 })).toMatchObject(expected)
  })

  it('says so when rows come newest first', () => {
    const traffic = readText(jsonLines(logs.toReversed()))
    expect(traffic).toMatchObject({ rate: { meanPerSecond: 1 }, repeated: { share: 1 / 3 } })
    expect(traffic.notes.map(({ code }) => code)).toContain('traffic.not-in-order')
  })

  it('reads daily activity with its models', () => {
    const metrics = {
      spend: 3,
      prompt_tokens: 5000,
      completion_tokens: 500,
      cache_read_input_tokens: 1000,
      api_requests: 100,
    }
    const text = JSON.stringify({
      results: ['2025-03-01', '2025-03-02'].map((date) => ({
        date,
        metrics,
        breakdown: {
          models: { 'gpt-4o': { metrics }, 'claude-x': { metrics: { ...metrics, api_requests: 300 } } },
        },
      })),
      metadata: { total_spend: 12 },
    })
    expect(readText(text)).toMatchObject({
      format: 'litellm-daily',
      requests: 800,
      covers: { seconds: 172_800 },
      rate: {
        meanPerSecond: 800 / 172_800,
        peaks: [{ windowSeconds: 86_400, requestsPerSecond: 400 / 86_400 }],
      },
      inputTokens: { mean: 25 },
      prefixCacheHits: { share: 0.2 },
      dailyCurve: null,
      cost: { reportedUsd: 12 },
    })
  })
})

describe('the ledger of this product', () => {
  const row = (second: number, more: object = {}) => ({
    requestId: `r${second}`,
    attempt: 0,
    deployment: 'local-small',
    startedAt: new Date(Date.UTC(2026, 0, 5, 12, 0, second)).toISOString(),
    totalMs: 800,
    inputTokens: 120,
    inputCacheReadTokens: 60,
    outputTokens: 12,
    usageSource: 'reported',
    end: 'finished',
    costUsd: '0.000125',
    ...more,
  })
  const rows = [
    row(0),
    row(2, { end: 'failed', usageSource: 'none', inputTokens: 0, outputTokens: 0, costUsd: null }),
    row(2, { attempt: 1, deployment: 'hosted' }),
    row(4),
  ]

  it('takes further attempts for cost and lengths, not for arrivals', () => {
    expect(readText(jsonLines(rows))).toMatchObject({
      format: 'llm-architect-ledger',
      requests: 3,
      failed: 1,
      rate: { meanPerSecond: 0.75 },
      gapVariation: 0,
      inputTokens: { n: 3, p50: 120 },
      latencyMs: { n: 3, p50: 800 },
      prefixCacheHits: { share: 0.5, of: 360 },
      cost: { reportedUsd: 0.000375, catalogueUsd: null },
      notes: [{ code: 'traffic.whole-seconds' }, { code: 'traffic.retries', params: { count: 1 } }],
    })
  })
})
