// `onDisconnect: drain`: when the client has left, the answer is read on, up to a cap, so that the engine's own report
// of what it used reaches the ledger. Everything inside sees a call that goes on.

import type { Clock } from '../../core/index.js'
import { ArchitectError } from '../../core/index.js'
import {
  type ChatEvent,
  type ChatStream,
  estimateTokens,
  type Frame,
  type Outcome,
  type Watch,
  type Watchdog,
} from '../../llm/index.js'
import type { Route } from '../../spec/index.js'
import { type Stage, withOpen } from '../call.js'
import type { InFlight } from '../in-flight.js'

export interface DrainDeps {
  readonly cap: NonNullable<Route['drainCap']>
  readonly clock: Clock
  readonly watchdog: Watchdog
  /** Ends what still drains when the gateway stops. */
  readonly lingering: InFlight['lingering']
}

export const withDrain =
  (deps: DrainDeps): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const drain = createDrain(deps, call.signal)
      try {
        const stream = await inner.open(request, { ...call, signal: drain.signal })
        void stream.outcome.then(drain.end)
        return readOnWhenLeft(stream, drain, deps.cap.tokens)
      } catch (cause) {
        drain.end()
        throw cause
      }
    })

interface Drain {
  /** Of the call inside: goes on when the client leaves. */
  readonly signal: AbortSignal
  /** The client has left: from now on the cap of seconds runs. */
  begin(): void
  end(): void
}

const createDrain = ({ cap, clock, watchdog, lingering }: DrainDeps, outer: AbortSignal): Drain => {
  const inside = new AbortController()
  let watch: Watch | undefined
  let forget = () => {}
  const begin = () => {
    if (watch) return
    const dueMs = clock.monotonicMs() + cap.seconds * 1000
    watch = watchdog.watch({ dueMs: () => dueMs, expire: () => inside.abort(outer.reason) })
    forget = lingering(inside)
  }
  const onAbort = () => {
    if (isClientGone(outer.reason)) begin()
    else inside.abort(outer.reason)
  }
  if (outer.aborted) onAbort()
  else outer.addEventListener('abort', onAbort, { once: true })
  return {
    signal: inside.signal,
    begin,
    end: () => {
      outer.removeEventListener('abort', onAbort)
      watch?.stop()
      forget()
    },
  }
}

const isClientGone = (reason: unknown) =>
  reason instanceof ArchitectError && reason.code === 'gateway.client-gone'

const readOnWhenLeft = (stream: ChatStream, drain: Drain, maxTokens: number): ChatStream => {
  let iterator: AsyncIterator<Frame> | undefined
  let reading: Promise<Outcome> | undefined
  const inner = () => {
    iterator ??= stream.frames[Symbol.asyncIterator]()
    return iterator
  }
  const readOn = async (): Promise<Outcome> => {
    drain.begin()
    let tokens = 0
    for (;;) {
      const { done, value } = await inner().next()
      if (done) return stream.outcome
      for (const event of value.events()) tokens += estimateTokens(textOf(event))
      if (tokens > maxTokens) return stream.cancel('client-gone')
    }
  }
  const left = () => {
    reading ??= readOn()
    return reading
  }
  return {
    ...stream,
    frames: {
      [Symbol.asyncIterator]: () => ({
        next: () => inner().next(),
        return: async () => {
          await left()
          return { done: true, value: undefined }
        },
      }),
    },
    cancel: (reason) => (reason === 'client-gone' ? left() : stream.cancel(reason)),
  }
}

const textOf = (event: ChatEvent): string =>
  'text' in event ? event.text : event.type === 'tool-call' ? event.arguments : ''
