// Whether the generator did what it claims: a load that was not offered as planned measures the generator, not the
// system. A gate that fails makes every speed row invalid, never a pass. Pure.

import { quantile } from '../../stats/index.js'
import type { Gate } from './gate.js'
import { measuredRecords, ttftMs } from './load-metrics.js'
import type { LoadResult } from './load-record.js'
import { type ScheduleShape, scheduleArrivals } from './schedule.js'

const minAchievedShare = 0.99
const minLagLimitMs = 10
const lagShareOfTtft = 0.05
const maxEventLoopDelayMs = 10

/** The gates of the measured part: achieved / requested rate, p99 schedule lag, p99 event-loop delay. */
export const checkValidity = (result: LoadResult, shape: ScheduleShape): readonly Gate[] => {
  const records = measuredRecords(result)
  const planned = scheduleArrivals(shape, 1).filter(({ phase }) => phase === 'profiling')
  const ttfts = records.flatMap((record) => ttftMs(record) ?? [])
  const lagLimitMs = Math.max(minLagLimitMs, ttfts.length === 0 ? 0 : lagShareOfTtft * quantile(ttfts, 0.5))
  const lags = records.map((record) => record.sentMs - record.scheduledMs)
  const lagMs = lags.length === 0 ? 0 : quantile(lags, 0.99)
  const achieved = achievedShare(
    planned.map(({ atMs }) => atMs),
    records.map(({ sentMs }) => sentMs),
  )
  const delayMs = result.eventLoopDelayP99Ms
  return [
    {
      gate: 'achieved-rate',
      value: achieved,
      limit: minAchievedShare,
      unit: 'share',
      passed: achieved >= minAchievedShare,
    },
    { gate: 'schedule-lag', value: lagMs, limit: lagLimitMs, unit: 'ms', passed: lagMs <= lagLimitMs },
    {
      gate: 'event-loop-delay',
      value: delayMs,
      limit: maxEventLoopDelayMs,
      unit: 'ms',
      passed: delayMs <= maxEventLoopDelayMs,
    },
  ]
}

/** Sent per second over planned per second: of the requests and of the time between the first and the last. */
const achievedShare = (plannedMs: readonly number[], sentMs: readonly number[]): number => {
  if (plannedMs.length === 0) return 0
  const sent = sentMs.length / plannedMs.length
  const planned = spanOf(plannedMs)
  const took = spanOf(sentMs)
  return planned === 0 || took === 0 ? sent : sent * Math.min(1, planned / took)
}

const spanOf = (times: readonly number[]) =>
  times.length === 0 ? 0 : Math.max(...times) - Math.min(...times)
