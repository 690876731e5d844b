// What is sent to the simulated system and when. The parts of a request are drawn from streams of their own, so that
// the same seed sends the same prompts at another rate.

import { createRandom, type Random } from '../../core/random.js'
import { createArrivalTimes, type OpenArrivals } from './arrival-times.js'
import type { LengthSampler } from './lengths.js'

export interface Arrival {
  readonly atMs: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Which shared beginning its prompt has; -1 = none. */
  readonly prefix: number
  /** Length of that beginning, at most the prompt's less one: the last token is always computed. */
  readonly prefixTokens: number
}

/** A fixed number of requests in flight: all sent at once at the start, then one for each that ended. */
export interface ClosedLoop {
  readonly kind: 'closed'
  readonly concurrency: number
  /** From the end of one request to the next of the same client, ms; default 0. */
  readonly thinkMs?: number
}

/** Beginnings that many prompts have in common: system prompts, documents, conversations. */
export interface SharedPrefixes {
  readonly count: number
  readonly tokens: number
  /** `random` = equally likely (default), `cyclic` = one after another. */
  readonly order?: 'random' | 'cyclic'
}

export interface GeneratedTraffic {
  readonly arrivals: OpenArrivals | ClosedLoop
  readonly requests: number
  readonly inputTokens: LengthSampler
  readonly outputTokens: LengthSampler
  readonly prefixes?: SharedPrefixes
}

/** Requests as they were: in order of time. */
export interface TraceTraffic {
  readonly trace: readonly (Pick<Arrival, 'atMs' | 'inputTokens' | 'outputTokens'> & Partial<Arrival>)[]
}

export type SimulatedTraffic = GeneratedTraffic | TraceTraffic

export interface TrafficSource {
  readonly requests: number
  /** When the next request comes; infinity while none is due. */
  readonly nextMs: number
  take(): Arrival
  /** A request ended, or was turned away. */
  ended(atMs: number): void
}

export const createTrafficSource = (traffic: SimulatedTraffic, seed: string | number): TrafficSource => {
  if ('trace' in traffic) return traceSource(traffic)
  const draw = createBodies(traffic, seed)
  const { arrivals, requests } = traffic
  return arrivals.kind === 'closed'
    ? closedSource(arrivals, requests, draw)
    : openSource(createArrivalTimes(arrivals, createRandom(`${seed} arrivals`)), requests, draw)
}

type Draw = (atMs: number) => Arrival

const createBodies = (traffic: GeneratedTraffic, seed: string | number): Draw => {
  const inputs = createRandom(`${seed} inputs`)
  const outputs = createRandom(`${seed} outputs`)
  const prefixOf = createPrefixes(traffic.prefixes, createRandom(`${seed} prefixes`))
  return (atMs) => {
    const inputTokens = traffic.inputTokens(inputs)
    const outputTokens = traffic.outputTokens(outputs)
    return { atMs, inputTokens, outputTokens, ...prefixOf(inputTokens) }
  }
}

const createPrefixes = (prefixes: SharedPrefixes | undefined, random: Random) => {
  let next = 0
  return (inputTokens: number): Pick<Arrival, 'prefix' | 'prefixTokens'> => {
    if (!prefixes) return { prefix: -1, prefixTokens: 0 }
    const { count, tokens, order } = prefixes
    const prefix = order === 'cyclic' ? next++ % count : random.integer(count)
    return { prefix, prefixTokens: Math.min(tokens, inputTokens - 1) }
  }
}

const openSource = (next: () => number, requests: number, draw: Draw): TrafficSource => {
  let left = requests
  let nextMs = left > 0 ? next() : Number.POSITIVE_INFINITY
  return {
    requests,
    get nextMs() {
      return nextMs
    },
    take: () => {
      const arrival = draw(nextMs)
      left--
      nextMs = left > 0 ? next() : Number.POSITIVE_INFINITY
      return arrival
    },
    ended: () => undefined,
  }
}

const closedSource = (
  { concurrency, thinkMs = 0 }: ClosedLoop,
  requests: number,
  draw: Draw,
): TrafficSource => {
  // Ends come in order of time, and every client thinks for as long, so the clients are a queue.
  const due: number[] = new Array(Math.min(concurrency, requests)).fill(0)
  let sent = 0
  return {
    requests,
    get nextMs() {
      return sent < requests ? (due[sent] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
    },
    take: () => draw(due[sent++] ?? 0),
    ended: (atMs) => {
      due.push(atMs + thinkMs)
    },
  }
}

const traceSource = ({ trace }: TraceTraffic): TrafficSource => {
  let sent = 0
  return {
    requests: trace.length,
    get nextMs() {
      return trace[sent]?.atMs ?? Number.POSITIVE_INFINITY
    },
    take: () => {
      const arrival = trace[sent++]
      if (!arrival) throw new RangeError('The trace has no further request')
      const { atMs, inputTokens, outputTokens, prefix = -1, prefixTokens = 0 } = arrival
      return {
        atMs,
        inputTokens,
        outputTokens,
        prefix,
        prefixTokens: Math.min(prefixTokens, inputTokens - 1),
      }
    },
    ended: () => undefined,
  }
}
