import { describe, expect, it } from 'vitest'
import { createMetrics } from './create-metrics.js'
import {
  addedLatencyBucketsSeconds,
  durationBucketsSeconds,
  firstTokenBucketsSeconds,
  metricNames,
} from './metric-names.js'

/** Values by series, read from the exposition text. */
const read = async (metrics: ReturnType<typeof createMetrics>) => {
  const { text } = await metrics.read()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))] as const
    }),
  )
}

const attempt = {
  operation: 'chat',
  route: 'support',
  deployment: 'local',
  provider: 'ollama',
  model: 'qwen3',
  end: 'finished',
  durationMs: 900,
  firstContentMs: 150,
  usage: { input: { total: 1000, cacheRead: 400, cacheWrite: 0 }, output: { total: 50, reasoning: 7 } },
  costUsd: 0.25,
} as const

describe('createMetrics', () => {
  it('times requests so that 200 ms can be read off a bucket', async () => {
    const metrics = createMetrics()
    for (const firstContentMs of [120, 199, 201]) {
      metrics.requestStarted()
      metrics.requestEnded({
        operation: 'chat',
        route: 'support',
        status: 200,
        end: 'finished',
        durationMs: firstContentMs + 800,
        firstContentMs,
        outputTokens: 101,
        upstreamMs: firstContentMs + 790,
        upstreamFirstMs: firstContentMs - 2,
      })
    }
    const series = await read(metrics)
    const chat = 'gen_ai_operation_name="chat",route="support"'
    expect(series.get(`${metricNames.serverFirstToken}_bucket{le="0.2",${chat}}`)).toBe(2)
    expect(series.get(`${metricNames.serverFirstToken}_count{${chat}}`)).toBe(3)
    // 800 ms for the 100 tokens after the first
    expect(series.get(`${metricNames.serverPerOutputToken}_sum{${chat}}`)).toBeCloseTo(0.024, 9)
    expect(series.get(`${metricNames.requests}{route="support",status="200",end="finished"}`)).toBe(3)
    expect(series.get(metricNames.requestsInFlight)).toBe(0)
    // 2 ms until the first content and 10 ms in all were the gateway's own
    expect(series.get(`${metricNames.addedFirstToken}_bucket{le="0.001",${chat}}`)).toBe(0)
    expect(series.get(`${metricNames.addedFirstToken}_bucket{le="0.003",${chat}}`)).toBe(3)
    expect(series.get(`${metricNames.addedDuration}_bucket{le="0.01",${chat},end="finished"}`)).toBe(3)
    expect(series.get(`${metricNames.addedDuration}_bucket{le="0.005",${chat},end="finished"}`)).toBe(0)
  })

  it('splits no time of which nobody knows whose it was, and none is less than nothing', async () => {
    const metrics = createMetrics()
    const ended = {
      operation: 'chat',
      route: 'support',
      status: 200,
      end: 'finished',
      durationMs: 10,
      firstContentMs: 5,
      outputTokens: 1,
      upstreamFirstMs: 5.001,
    } as const
    metrics.requestEnded({ ...ended, operation: 'tokenize', firstContentMs: null, upstreamMs: null })
    metrics.requestEnded({ ...ended, upstreamMs: 10.001 })
    const series = await read(metrics)
    const chat = 'gen_ai_operation_name="chat",route="support"'
    expect(series.get(`${metricNames.addedDuration}_sum{${chat},end="finished"}`)).toBe(0)
    expect(series.get(`${metricNames.addedFirstToken}_sum{${chat}}`)).toBe(0)
    const tokenize = 'gen_ai_operation_name="tokenize",route="support",end="finished"'
    expect(series.get(`${metricNames.serverDuration}_count{${tokenize}}`)).toBe(1)
    expect(series.has(`${metricNames.addedDuration}_count{${tokenize}}`)).toBe(false)
  })

  it('has 0.2 s among the bounds of every time that a target is set for', () => {
    for (const bounds of [durationBucketsSeconds, firstTokenBucketsSeconds, addedLatencyBucketsSeconds])
      expect(bounds).toContain(0.2)
  })

  it('counts tokens and cost of attempts, and an unpriced one apart', async () => {
    const metrics = createMetrics()
    metrics.attemptEnded(attempt)
    metrics.attemptEnded({ ...attempt, end: 'failed', errorCode: 'llm.upstream-failed', costUsd: null })
    const series = await read(metrics)
    const labels = 'route="support",deployment="local"'
    expect(series.get(`${metricNames.tokens}{${labels},kind="input"}`)).toBe(2000)
    expect(series.get(`${metricNames.tokens}{${labels},kind="input-cache-read"}`)).toBe(800)
    expect(series.get(`${metricNames.tokens}{${labels},kind="output-reasoning"}`)).toBe(14)
    expect(series.get(`${metricNames.costUsd}{${labels}}`)).toBe(0.25)
    expect(series.get(`${metricNames.unpricedAttempts}{${labels}}`)).toBe(1)
    const call =
      'gen_ai_operation_name="chat",gen_ai_provider_name="ollama",gen_ai_request_model="qwen3",deployment="local",route="support"'
    expect(series.get(`${metricNames.clientDuration}_count{${call},error_type="llm.upstream-failed"}`)).toBe(
      1,
    )
    expect(series.get(`${metricNames.clientTokenUsage}_sum{${call},gen_ai_token_type="output"}`)).toBe(100)
  })

  it('reads gauges when it is read, and counts verdicts, cache lookups and dropped lines', async () => {
    const metrics = createMetrics()
    let lagMs = 0
    metrics.observeLedger(() => ({ lagMs, pendingRows: 3, journalBytes: 4096, writable: false }))
    metrics.observeLog(() => 5)
    metrics.observeAudit(() => ({ writtenEntries: 7, droppedEntries: 2, writable: true }))
    metrics.guardVerdict({ policy: 'strict', stage: 'input', action: 'block' })
    metrics.cacheLookup('support', 'hit')
    metrics.spansEnded('dropped', 3)
    lagMs = 1500
    await read(metrics)
    const series = await read(metrics)
    expect(series.get(metricNames.ledgerLagSeconds)).toBe(1.5)
    expect(series.get(metricNames.ledgerPendingRows)).toBe(3)
    expect(series.get(metricNames.ledgerJournalBytes)).toBe(4096)
    expect(series.get(metricNames.ledgerWritable)).toBe(0)
    expect(series.get(metricNames.logLinesDropped)).toBe(5)
    expect(series.get(metricNames.auditEntries)).toBe(7)
    expect(series.get(metricNames.auditDropped)).toBe(2)
    expect(series.get(metricNames.auditWritable)).toBe(1)
    expect(series.get(`${metricNames.spans}{result="dropped"}`)).toBe(3)
    expect(series.get(`${metricNames.guardVerdicts}{policy="strict",stage="input",action="block"}`)).toBe(1)
    expect(series.get(`${metricNames.cacheLookups}{route="support",result="hit"}`)).toBe(1)
    expect(series.get(metricNames.residentMemoryBytes)).toBeGreaterThan(1e6)
  })

  it('writes the text format: cumulative buckets, one type line per family, escaped labels', async () => {
    const metrics = createMetrics()
    metrics.requestStarted()
    metrics.requestEnded({
      operation: 'chat',
      route: 'a"b',
      status: 502,
      end: 'failed',
      durationMs: 100_000,
      firstContentMs: null,
      outputTokens: 0,
      upstreamMs: 0,
      upstreamFirstMs: 0,
    })
    const { text } = await metrics.read()
    const lines = text.split('\n').filter((line) => line.includes(metricNames.serverDuration))
    expect(lines[1]).toBe(`# TYPE ${metricNames.serverDuration} histogram`)
    expect(lines.at(-4)).toMatch(/_bucket\{le="81.92",.*route="a\\"b".*\} 0$/)
    expect(lines.at(-3)).toMatch(/_bucket\{le="\+Inf",.*\} 1$/)
    expect(lines.at(-2)).toMatch(/_sum\{.*\} 100$/)
    expect(lines.at(-1)).toMatch(/_count\{.*\} 1$/)
  })

  it('shares nothing between two instances', async () => {
    const [first, second] = [createMetrics(), createMetrics()]
    first.cacheLookup('support', 'miss')
    expect((await second.read()).text).not.toContain('result="miss"')
    expect((await first.read()).contentType).toContain('text/plain; version=0.0.4')
  })
})
