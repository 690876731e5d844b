// What a benchmark client measures that keeps a fixed number of requests in flight: the run behind most published
// figures. All of them are sent at once at the start, so the first answers queue; then lengths that differ pull the
// requests apart. With lengths all equal they would end and start together for ever.

import type { ApiServer } from './api-server.js'
import { uniformTokens } from './lengths.js'
import type { Scheduler } from './scheduler.js'
import { simulate } from './simulate.js'
import type { RequestRecord } from './simulation-report.js'
import type { StepCost } from './step-cost.js'

export interface BenchmarkClient {
  readonly concurrency: number
  /** The longest of each; what the run is named after. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** Lengths are uniform from this share of the longest up to it; 1 = all alike. */
  readonly rangeRatio: number
  /** Requests sent for each one in flight. */
  readonly rounds: number
}

/**
 * The client of InferenceMAX / InferenceX: `--random-range-ratio 0.8 --num-prompts $((CONC * 10)) --request-rate inf
 * --ignore-eos`, prefix caching off (its README and benchmark scripts, 2025-2026).
 */
export const inferenceMaxClient = { rangeRatio: 0.8, rounds: 10 } as const

export interface BenchmarkOptions {
  readonly client: BenchmarkClient
  readonly cost: StepCost
  readonly scheduler: Scheduler
  readonly apiServer?: ApiServer
  readonly replicas?: number
  /** Rounds that are simulated, at least 2, after which one is like another; default 3. */
  readonly simulatedRounds?: number
  readonly seed: string | number
}

export interface BenchmarkPrediction {
  readonly ttftMs: number
  /** Of the requests sent at once at the start. */
  readonly firstTtftMs: number
  /** Of all others. */
  readonly laterTtftMs: number
  readonly tpotMs: number
  readonly outputTokensPerSecond: number
}

/** Means over the run; the burst at the start counts for one of `rounds`. */
export const simulateBenchmark = (options: BenchmarkOptions): BenchmarkPrediction => {
  const { client, cost, scheduler, apiServer, replicas, seed } = options
  const { concurrency, inputTokens, outputTokens, rangeRatio, rounds } = client
  const simulated = Math.min(rounds, Math.max(2, options.simulatedRounds ?? 3))
  const first = createMeans()
  const later = createMeans()
  const report = simulate({
    seed,
    cost,
    scheduler,
    ...(apiServer ? { apiServer } : {}),
    ...(replicas ? { replicas } : {}),
    traffic: {
      arrivals: { kind: 'closed', concurrency },
      requests: Math.ceil(concurrency * simulated),
      inputTokens: uniformTokens(inputTokens * rangeRatio, inputTokens),
      outputTokens: uniformTokens(outputTokens * rangeRatio, outputTokens),
    },
    onRequest: (record) => (record.id < concurrency ? first : later).add(record),
  })
  const share = Math.min(1, 1 / rounds)
  const mix = (a: number, b: number) => (Number.isNaN(b) ? a : share * a + (1 - share) * b)
  return {
    ttftMs: mix(first.ttftMs(), later.ttftMs()),
    firstTtftMs: first.ttftMs(),
    laterTtftMs: later.ttftMs(),
    tpotMs: mix(first.tpotMs(), later.tpotMs()),
    outputTokensPerSecond: report.outputTokensPerSecond,
  }
}

const createMeans = () => {
  const sums = { ttft: 0, tpot: 0 }
  let count = 0
  let writers = 0
  return {
    add: ({ arrivalMs, firstTokenMs, endMs, outputTokens }: RequestRecord) => {
      count++
      sums.ttft += firstTokenMs - arrivalMs
      if (outputTokens < 2) return
      writers++
      sums.tpot += (endMs - firstTokenMs) / (outputTokens - 1)
    },
    ttftMs: () => sums.ttft / count,
    tpotMs: () => sums.tpot / writers,
  }
}
