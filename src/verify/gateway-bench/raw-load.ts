// Two kinds of load on a chat completions endpoint: closed loop for throughput, open loop from scheduled time for
// latency. Runs in a process of its own, see `cli/processes/bench.ts`.

import { type AnswerTime, type Ask, openRawConnection, type RawConnection } from './raw-connection.js'
import type { BenchMode, BenchTarget } from './raw-request.js'
import { tokenMark } from './token-streams.js'

export interface BenchOrder {
  readonly target: BenchTarget
  readonly mode: BenchMode
  readonly seconds: number
  /** Connections that ask again as soon as they are answered, or requests per second from scheduled time. */
  readonly load: { readonly connections: number } | { readonly perSecond: number }
  /** Texts streamed in turn, and for each which of its events is timed (counting from 1; default the first). */
  readonly tokens?: { readonly language: string; readonly texts: number; readonly events?: readonly number[] }
}

export interface BenchLoadResult {
  readonly requests: number
  readonly seconds: number
  /** Ms, in no order; in an open loop counted from when each request was due. */
  readonly firstMs: readonly number[]
  readonly totalMs: readonly number[]
  /** To the event that was timed, in the order in which the requests were due. */
  readonly eventMs: readonly number[]
}

/** Requests of one process are never the same: an answer cache would have nothing to do but hit. */
let count = Math.floor(performance.timeOrigin)

/** @throws `verify.bench-answer` at the first answer that is not a good one */
export const runBenchLoad = ({ load, ...order }: BenchOrder): Promise<BenchLoadResult> =>
  'connections' in load ? closedLoop(order, load.connections) : openLoop(order, load.perSecond)

type Order = Omit<BenchOrder, 'load'>

const closedLoop = async (
  { target, mode, seconds }: Order,
  connections: number,
): Promise<BenchLoadResult> => {
  const opened = await openAll(target, mode, connections)
  const startMs = performance.now()
  const endMs = startMs + seconds * 1000
  const times: AnswerTime[] = []
  try {
    await Promise.all(
      opened.map(async (connection) => {
        while (performance.now() < endMs) times.push(await connection.ask({ count: ++count }))
      }),
    )
    return resultOf(times, (performance.now() - startMs) / 1000)
  } finally {
    for (const connection of opened) connection.close()
  }
}

const openLoop = async (
  { target, mode, seconds, tokens }: Order,
  perSecond: number,
): Promise<BenchLoadResult> => {
  const idle = await openAll(target, mode, 16)
  const opened = [...idle]
  const running: Promise<AnswerTime>[] = []
  const openMore = async () => {
    const connection = await openRawConnection(target, mode)
    opened.push(connection)
    return connection
  }
  const askedFor = (i: number): Omit<Ask, 'count'> => {
    if (!tokens) return {}
    const index = i % tokens.texts
    return { wanted: tokenMark(tokens.language, index), event: tokens.events?.[index] ?? 1 }
  }
  const ask = async (dueMs: number, i: number): Promise<AnswerTime> => {
    const connection = idle.pop() ?? (await openMore())
    const lateMs = performance.now() - dueMs
    const { firstMs, totalMs, eventMs } = await connection.ask({ count: ++count, ...askedFor(i) })
    idle.push(connection)
    return { firstMs: lateMs + firstMs, totalMs: lateMs + totalMs, eventMs: lateMs + eventMs }
  }
  const startMs = performance.now()
  try {
    for (let i = 0; i < perSecond * seconds; i++) {
      const dueMs = startMs + (i * 1000) / perSecond
      await until(dueMs)
      running.push(ask(dueMs, i))
    }
    return resultOf(await Promise.all(running), (performance.now() - startMs) / 1000)
  } finally {
    for (const connection of opened) connection.close()
  }
}

/** Timers are late by up to a millisecond; the rest is waited for in turns of the event loop. */
const until = async (dueMs: number) => {
  const leftMs = dueMs - performance.now()
  if (leftMs > 2) await new Promise((resolve) => setTimeout(resolve, leftMs - 1.5))
  while (performance.now() < dueMs) await new Promise((resolve) => setImmediate(resolve))
}

const openAll = (target: BenchTarget, mode: BenchMode, connections: number): Promise<RawConnection[]> =>
  Promise.all(Array.from({ length: connections }, () => openRawConnection(target, mode)))

const resultOf = (times: readonly AnswerTime[], seconds: number): BenchLoadResult => ({
  requests: times.length,
  seconds,
  firstMs: times.map(({ firstMs }) => firstMs),
  totalMs: times.map(({ totalMs }) => totalMs),
  eventMs: times.map(({ eventMs }) => eventMs),
})
