// Collects what a simulation measures. Knows no scheduler.

import { createNumbers, type Numbers } from '../traffic/numbers.js'
import { createGapHistogram, type GapHistogram } from './gap-histogram.js'
import type { StepRecord } from './replica.js'
import type { Sequence } from './sequence.js'
import type { Level, Percentiles, SimulationReport } from './simulation-report.js'

/** A request is good when it meets every limit given; of the times per token, those with one token meet all. */
export interface GoodputLimits {
  readonly ttftMs?: number
  readonly tpotMs?: number
  readonly e2eMs?: number
}

export interface MeterOptions {
  /** Requests at the start that are not measured. */
  readonly warmUpRequests: number
  readonly goodput: GoodputLimits | undefined
  readonly replicas: number
  readonly blocksPerReplica: number
}

export interface Meter {
  /** A request was sent. */
  sent(sequence: Sequence): void
  rejected(): void
  preempted(): void
  gap(gapMs: number, count: number, endMs: number): void
  step(record: StepRecord): void
  ended(sequence: Sequence, endMs: number): void
  report(): SimulationReport
}

export const createMeter = (options: MeterOptions): Meter => {
  const { warmUpRequests, goodput, replicas, blocksPerReplica } = options
  const times = {
    ttft: createNumbers(),
    tpot: createNumbers(),
    e2e: createNumbers(),
    queue: createNumbers(),
  }
  const gaps = createGapHistogram()
  const levels = createLevels()
  let fromMs = warmUpRequests > 0 ? Number.POSITIVE_INFINITY : 0
  let untilMs = 0
  let sent = 0
  let completed = 0
  let rejected = 0
  let preemptions = 0
  let good = 0
  let inputTokens = 0
  let cachedTokens = 0
  let outputTokens = 0
  let steps = 0
  let writtenTokens = 0

  const measure = (sequence: Sequence, endMs: number) => {
    const ttftMs = sequence.firstTokenMs - sequence.atMs
    const e2eMs = endMs - sequence.atMs
    const further = sequence.outputTokens - 1
    const tpotMs = further > 0 ? (endMs - sequence.firstTokenMs) / further : 0
    times.ttft.add(ttftMs)
    times.e2e.add(e2eMs)
    times.queue.add(sequence.scheduledMs - sequence.readyMs)
    if (further > 0) times.tpot.add(tpotMs)
    inputTokens += sequence.inputTokens
    cachedTokens += sequence.cachedTokens
    outputTokens += sequence.outputTokens
    untilMs = endMs
    if (goodput && meets(goodput, { ttftMs, tpotMs, e2eMs })) good++
  }

  return {
    sent: ({ id, atMs }) => {
      sent++
      if (id === warmUpRequests) fromMs = atMs
    },
    rejected: () => {
      rejected++
    },
    preempted: () => {
      preemptions++
    },
    gap: (gapMs, count, endMs) => {
      if (endMs >= fromMs) gaps.add(gapMs, count)
    },
    step: (record) => {
      steps += record.steps
      writtenTokens += record.writtenTokens
      if (record.endMs > fromMs) levels.add(record, Math.max(record.startMs, fromMs))
    },
    ended: (sequence, endMs) => {
      completed++
      if (sequence.id >= warmUpRequests) measure(sequence, endMs)
    },
    report: () => {
      const measured = times.ttft.count
      const measuredMs = measured > 0 ? untilMs - fromMs : Number.NaN
      const perSecond = (count: number) => (count * 1000) / measuredMs
      const queuedMs = times.queue.values().reduce((sum, ms) => sum + ms, 0)
      return {
        requests: { sent, completed, rejected, measured },
        ttftMs: percentilesOf(times.ttft),
        tpotMs: percentilesOf(times.tpot),
        itlMs: percentilesOfGaps(gaps),
        e2eMs: percentilesOf(times.e2e),
        queueMs: percentilesOf(times.queue),
        goodput: goodput ? { share: good / measured, requestsPerSecond: perSecond(good) } : null,
        measuredSeconds: measuredMs / 1000,
        requestsPerSecond: perSecond(measured),
        outputTokensPerSecond: perSecond(outputTokens),
        running: levels.running(measuredMs),
        // Little's law: those that wait, over time, are the waits they suffer.
        waiting: { mean: queuedMs / measuredMs, peak: levels.peakWaiting() },
        kvUsage: levels.kvUsage(measuredMs * replicas, blocksPerReplica),
        preemptions,
        prefixHitShare: inputTokens > 0 ? cachedTokens / inputTokens : Number.NaN,
        steps,
        writtenTokens,
      }
    },
  }
}

const meets = (limits: GoodputLimits, times: Required<GoodputLimits>): boolean =>
  times.ttftMs <= (limits.ttftMs ?? Number.POSITIVE_INFINITY) &&
  times.tpotMs <= (limits.tpotMs ?? Number.POSITIVE_INFINITY) &&
  times.e2eMs <= (limits.e2eMs ?? Number.POSITIVE_INFINITY)

/** Time-weighted sums over the steps of all replicas; the peaks are those of one replica. */
const createLevels = () => {
  let runningMs = 0
  let usedBlockMs = 0
  const peak = { running: 0, waiting: 0, usedBlocks: 0 }
  return {
    add: ({ endMs, running, waiting, usedBlocks }: StepRecord, startMs: number) => {
      runningMs += running * (endMs - startMs)
      usedBlockMs += usedBlocks * (endMs - startMs)
      if (running > peak.running) peak.running = running
      if (waiting > peak.waiting) peak.waiting = waiting
      if (usedBlocks > peak.usedBlocks) peak.usedBlocks = usedBlocks
    },
    running: (ms: number): Level => ({ mean: runningMs / ms, peak: peak.running }),
    peakWaiting: () => peak.waiting,
    kvUsage: (ms: number, blocks: number): Level => ({
      mean: usedBlockMs / ms / blocks,
      peak: peak.usedBlocks / blocks,
    }),
  }
}

/** Hyndman and Fan, definition 7, over one sorted copy. */
const percentilesOf = (numbers: Numbers): Percentiles => {
  const sorted = numbers.values().slice().sort()
  const at = (p: number) => {
    const position = (sorted.length - 1) * p
    const below = Math.floor(position)
    const low = sorted[below] ?? Number.NaN
    return low + (position - below) * ((sorted[below + 1] ?? low) - low)
  }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) }
}

const percentilesOfGaps = (gaps: GapHistogram): Percentiles => ({
  mean: gaps.mean,
  p50: gaps.quantile(0.5),
  p90: gaps.quantile(0.9),
  p95: gaps.quantile(0.95),
  p99: gaps.quantile(0.99),
  max: gaps.count > 0 ? gaps.max : Number.NaN,
})
