// One HTTP exchange with an upstream: connects, sends, and hands over head, bytes and end, or the one failure.
// Owns the limits of time and the socket; knows nothing of chat, events or JSON.

import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { ArchitectError, Clock } from '../../core/index.js'
import { llmError, type TimeoutPhase } from '../messages.js'
import { connectionError } from './connection-error.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { Watch, Watchdog } from './watchdog.js'

export interface ExchangeReceiver {
  onHead(status: number, headers: IncomingHttpHeaders): void
  /** What one read of the socket brought. */
  onBytes(bytes: Buffer): void
  onEnd(): void
  /** Nothing follows. */
  onFailure(error: ArchitectError): void
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly deployment: Pick<EngineDeployment, 'id' | 'timeouts'>
  readonly clock: Clock
  readonly watchdog: Watchdog
  /** Monotonic ms after which the answer is of no use. */
  readonly deadlineMs?: number | undefined
  /** Likewise, until the exchange is committed. */
  readonly commitByMs?: number | undefined
}

export interface Exchange {
  /** From now on only the idle limit runs. */
  commit(): void
  pause(): void
  resume(): void
  /** Nothing more is wanted; the connection is kept when it ends by itself within a second. */
  linger(): void
  /** Tears the connection down, also before there is one. The receiver hears nothing more. */
  abort(): void
  /** Whether the request has gone out. */
  isSent(): boolean
}

const lingerMs = 1000

export const startExchange = (options: ExchangeOptions, receiver: ExchangeReceiver): Exchange => {
  const { deployment } = options
  const limits = createLimits(options)
  let controller: Dispatcher.DispatchController | undefined
  let watch: Watch | undefined
  let hasHead = false
  let isOver = false

  const close = () => {
    isOver = true
    watch?.stop()
  }
  const abort = () => {
    if (isOver) return
    close()
    controller?.abort(new Error('the call was given up'))
  }
  const fail = (error: ArchitectError) => {
    if (isOver) return
    abort()
    receiver.onFailure(error)
  }
  const enter: typeof limits.enter = (phase, ms) => {
    limits.enter(phase, ms)
    if (!isOver) watch?.moved()
  }
  const batch = createBatch((bytes) => {
    if (!isOver) receiver.onBytes(bytes)
  })
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started
      if (isOver) started.abort(new Error('the call was given up'))
      else enter('first-content')
    },
    onResponseStart: (_controller, status, headers) => {
      if (isOver || status < 200) return
      hasHead = true
      receiver.onHead(status, headers)
    },
    onResponseData: (_controller, chunk) => {
      if (isOver) return
      limits.onData()
      batch.add(chunk)
    },
    onResponseEnd: () => {
      batch.flush()
      if (isOver) return
      close()
      receiver.onEnd()
    },
    onResponseError: (_controller, error) => {
      batch.flush()
      fail(connectionError(error, { deployment: deployment.id, address: options.origin, hasHead }))
    },
  }
  // In the next turn, so that even an immediate failure finds its receiver holding the exchange.
  queueMicrotask(() => {
    if (isOver) return
    if (limits.dueMs() <= options.clock.monotonicMs()) return fail(limits.error())
    watch = options.watchdog.watch({ dueMs: limits.dueMs, expire: () => fail(limits.error()) })
    dispatch(options, handler)
  })

  return {
    commit: () => enter('idle'),
    pause: () => {
      limits.setPaused(true)
      controller?.pause()
    },
    resume: () => {
      limits.setPaused(false)
      if (!isOver) controller?.resume()
    },
    linger: () => {
      limits.setPaused(false)
      enter('idle', lingerMs)
      if (!isOver) controller?.resume()
    },
    abort,
    isSent: () => controller !== undefined,
  }
}

/** Which limit of time runs, and since when. */
const createLimits = ({
  deployment,
  clock,
  deadlineMs: endByMs = Number.POSITIVE_INFINITY,
  commitByMs = Number.POSITIVE_INFINITY,
}: ExchangeOptions) => {
  const { connectMs, firstContentMs, idleMs } = deployment.timeouts
  const limitOf = { connect: connectMs, 'first-content': firstContentMs, idle: idleMs } as const
  const startMs = clock.monotonicMs()
  let phase: keyof typeof limitOf = 'connect'
  let limitMs = connectMs
  let sinceMs = startMs
  let isPaused = false
  /** The caller's limit: of the first content until it is there, of the whole afterwards. */
  let deadlineMs = Math.min(endByMs, commitByMs)

  const ownDueMs = () => (isPaused ? Number.POSITIVE_INFINITY : sinceMs + limitMs)
  return {
    enter: (next: keyof typeof limitOf, ms = limitOf[next]) => {
      phase = next
      limitMs = ms
      sinceMs = clock.monotonicMs()
      if (next === 'idle') deadlineMs = endByMs
    },
    onData: () => {
      if (phase === 'idle') sinceMs = clock.monotonicMs()
    },
    /** While the reader is behind, silence is not the upstream's. */
    setPaused: (paused: boolean) => {
      isPaused = paused
      sinceMs = clock.monotonicMs()
    },
    dueMs: () => Math.min(ownDueMs(), deadlineMs),
    error: () => {
      const expired: { phase: TimeoutPhase; limitMs: number } =
        deadlineMs <= ownDueMs()
          ? { phase: 'deadline', limitMs: Math.round(deadlineMs - startMs) }
          : { phase, limitMs }
      return llmError(
        'llm.upstream-timeout',
        { deployment: deployment.id, ...expired },
        { retryable: expired.phase !== 'deadline' },
      )
    },
  }
}

const dispatch = (options: ExchangeOptions, handler: Dispatcher.DispatchHandler) => {
  const { dispatcher, origin, path, headers, body } = options
  try {
    dispatcher.dispatch(
      { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      handler,
    )
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    handler.onResponseError?.(undefined as never, error)
  }
}

/**
 * undici gives every HTTP chunk its own callback; those of one read of the socket come in one turn, and are put
 * together here, so that one read is one frame.
 */
const createBatch = (deliver: (bytes: Buffer) => void) => {
  let chunks: Buffer[] = []
  const flush = () => {
    if (chunks.length === 0) return
    const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    chunks = []
    deliver(bytes)
  }
  return {
    add: (chunk: Buffer) => {
      if (chunks.push(chunk) === 1) queueMicrotask(flush)
    },
    flush,
  }
}
