// The open-loop load generator: each request leaves at its scheduled time whether or not earlier ones have been
// answered. Runs in a process of its own, so that nothing else delays its clock. Judges nothing.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Agent } from 'undici'
import type { Clock } from '../../core/index.js'
import type { LoadRecord, LoadResult } from './load-record.js'
import { readAnswer } from './read-answer.js'
import { type Arrival, type ScheduleShape, scheduleArrivals } from './schedule.js'
import { type RawAnswer, sendRequest } from './send-request.js'

export interface LoadOrder extends ScheduleShape {
  readonly baseUrl: string
  readonly apiKey?: string
  /** Route that is asked. */
  readonly model: string
  readonly questions: readonly string[]
  /** A request without a whole answer by then has failed. */
  readonly timeoutMs: number
}

export interface LoadOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress?: (progress: LoadProgress) => void
}

export interface LoadProgress {
  readonly done: number
  readonly total: number
}

const connections = 2048
const samplingMs = 1

/** Sends the whole schedule and waits for every answer. */
export const runLoad = async (order: LoadOrder, options: LoadOptions): Promise<LoadResult> => {
  const { clock, signal } = options
  const arrivals = scheduleArrivals(order, order.questions.length)
  const dispatcher = new Agent({ connections, pipelining: 1, keepAliveTimeout: 60_000 })
  const delay = monitorEventLoopDelay({ resolution: samplingMs })
  delay.enable()
  const startedAtMs = clock.wallMs()
  const origin = clock.monotonicMs()
  const now = () => clock.monotonicMs() - origin
  const pending: Promise<LoadRecord>[] = []
  let done = 0
  try {
    for (const [index, arrival] of arrivals.entries()) {
      // A timer may fire up to a millisecond early; a request must not leave before its time.
      while (arrival.atMs > now()) await clock.sleep(arrival.atMs - now(), signal)
      const record = sendOne({ order, arrival, index, dispatcher, now, signal })
      pending.push(record)
      void record.then(() => options.onProgress?.({ done: ++done, total: arrivals.length }))
    }
    const records = await Promise.all(pending)
    return { records, startedAtMs, eventLoopDelayP99Ms: delayBeyondSampling(delay.percentile(99)) }
  } finally {
    delay.disable()
    await dispatcher.destroy()
  }
}

/** The monitor reports nanoseconds between two samples, the sampling interval included. */
const delayBeyondSampling = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - samplingMs)

const sendOne = async (sending: {
  readonly order: LoadOrder
  readonly arrival: Arrival
  readonly index: number
  readonly dispatcher: Agent
  readonly now: () => number
  readonly signal: AbortSignal
}): Promise<LoadRecord> => {
  const { order, arrival, index, dispatcher, now, signal } = sending
  const { origin, pathname } = new URL(order.baseUrl)
  const body = requestBody(order, arrival.question)
  const sentMs = now()
  const answer = await sendRequest({
    dispatcher,
    origin,
    path: `${pathname.replace(/\/$/, '')}/v1/chat/completions`,
    headers: requestHeaders(order.apiKey),
    body,
    now,
    timeoutMs: order.timeoutMs,
    signal,
  })
  const reading = readAnswer(answer.status, answer.chunks)
  const id = answer.headers['x-request-id']
  return {
    index,
    phase: arrival.phase,
    question: arrival.question,
    requestId: typeof id === 'string' ? id : null,
    scheduledMs: arrival.atMs,
    sentMs,
    endMs: answer.endMs,
    upstreamMs: upstreamOf(answer.headers['server-timing']),
    fromCache: answer.headers['x-cache'] === 'hit',
    ...reading,
    ...(answer.failure ? { error: { code: 'connection', message: answer.failure.message } } : {}),
  }
}

/** W3C Server Timing: `upstream;dur=182.4, gateway;dur=1.1`. */
const upstreamOf = (timing: RawAnswer['headers'][string]): number | null => {
  const found = /(?:^|,\s*)upstream;dur=([\d.]+)/.exec(String(timing ?? ''))
  return found ? Number(found[1]) : null
}

const requestBody = (order: LoadOrder, question: number) =>
  JSON.stringify({
    model: order.model,
    messages: [{ role: 'user', content: order.questions[question] ?? '' }],
    stream: true,
    stream_options: { include_usage: true },
  })

/** An answer out of the cache says nothing of the engine: `no-store` asks the gateway to pass its cache by. */
const requestHeaders = (apiKey: string | undefined) => ({
  'content-type': 'application/json',
  accept: 'text/event-stream',
  'cache-control': 'no-store',
  ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
})
