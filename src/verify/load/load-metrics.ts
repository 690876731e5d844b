// The figures of a load and their 95 % intervals. Definitions:
//   ttft = first content - scheduled time; e2e = last content - scheduled time, ms
//   tpot = (last content - first content) / (tokens - 1), ms
//   output tokens/s of one user = 1 / tpot; for an answer that came in one piece, tokens / (last content - sent)
// Tokens are the server's own count. Warm-up is left out. Pure.

import type { SpeedTarget } from '../../spec/index.js'
import { type Interval, meanInterval, quantile, quantileInterval } from '../../stats/index.js'
import type { LoadRecord, LoadResult } from './load-record.js'

export const measuredRecords = ({ records }: Pick<LoadResult, 'records'>): readonly LoadRecord[] =>
  records.filter((record) => record.phase === 'profiling')

/** In ms, or tokens/s. A request that failed counts as the slowest possible one: `timeoutMs` long, no token. */
export const speedInterval = (
  target: Pick<SpeedTarget, 'metric' | 'percentile'>,
  records: readonly LoadRecord[],
  timeoutMs: number,
): Interval => {
  const p = target.percentile / 100
  if (target.metric === 'systemOutputTokensPerSecond') return systemTokensPerSecond(records)
  if (target.metric === 'outputTokensPerSecond')
    // "95 % of the requests are at least this fast" is the 5th percentile of the speeds.
    return quantileInterval(valuesOf(records, tokensPerSecondOf, 0), 1 - p)
  const figureOf = { ttft: ttftMs, e2e: e2eMs, tpot: tpotMs }[target.metric]
  return quantileInterval(valuesOf(records, figureOf, timeoutMs), p)
}

const valuesOf = (
  records: readonly LoadRecord[],
  figureOf: (record: LoadRecord) => number | undefined,
  whenFailed: number,
): number[] =>
  records.flatMap((record) => {
    const value = record.error ? whenFailed : figureOf(record)
    return value === undefined ? [] : [value]
  })

export const ttftMs = (record: LoadRecord) =>
  record.firstContentMs === null ? undefined : record.firstContentMs - record.scheduledMs

export const e2eMs = (record: LoadRecord) =>
  record.lastContentMs === null ? undefined : record.lastContentMs - record.scheduledMs

export const tpotMs = ({ firstContentMs, lastContentMs, outputTokens }: LoadRecord) =>
  firstContentMs === null || lastContentMs === null || outputTokens === null || outputTokens < 2
    ? undefined
    : (lastContentMs - firstContentMs) / (outputTokens - 1)

export const tokensPerSecondOf = (record: LoadRecord) => {
  const { lastContentMs, outputTokens, sentMs } = record
  if (lastContentMs === null || outputTokens === null) return undefined
  const tpot = tpotMs(record)
  return tpot !== undefined && tpot > 0
    ? 1000 / tpot
    : (1000 * outputTokens) / Math.max(lastContentMs - sentMs, Number.EPSILON)
}

/** Mean over whole seconds of the tokens whose answers ended in each. */
const systemTokensPerSecond = (records: readonly LoadRecord[]): Interval => {
  const first = Math.min(...records.map((record) => record.scheduledMs))
  const last = Math.max(...records.map((record) => record.scheduledMs))
  const seconds = Math.max(1, Math.floor((last - first) / 1000))
  const tokens = new Array<number>(records.length === 0 ? 0 : seconds).fill(0)
  for (const { endMs, outputTokens, error } of records) {
    const second = Math.floor((endMs - first) / 1000)
    if (!error && second in tokens) tokens[second] = (tokens[second] ?? 0) + (outputTokens ?? 0)
  }
  return meanInterval(tokens)
}

/** Median tokens of prompt and answer; null when the server reported none. */
export const medianLengths = (records: readonly LoadRecord[]) => ({
  inputTokens: medianOf(records.map((record) => record.inputTokens)),
  outputTokens: medianOf(records.map((record) => record.outputTokens)),
})

const medianOf = (values: readonly (number | null)[]) => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : quantile(known, 0.5)
}

/** Mean number of requests under way, by Little's law: arrival rate times mean time in the system. */
export const meanConcurrency = (records: readonly LoadRecord[], durationSeconds: number): number =>
  records.reduce((sum, record) => sum + (record.endMs - record.scheduledMs), 0) / (durationSeconds * 1000)
