// One response that is answered in the background: takes the stream of its answer, writes the events that it has, keeps
// its lease, and leaves how it ended. Knows no HTTP.

import { type Owner, responseLeaseMs } from '../../conversations/index.js'
import { type ArchitectError, type Clock, toArchitectError } from '../../core/index.js'
import {
  type ChatEvent,
  type ChatStream,
  codecs,
  type EncoderOptions,
  type Outcome,
  withoutFinalResponse,
} from '../../llm/index.js'
import { gatewayError } from '../messages.js'
import type { ConversationPort } from '../ports.js'
import type { BackgroundRun } from './background-runs.js'
import { createEventLog, eventsIn } from './event-log.js'

type Response = Readonly<Record<string, unknown>>

export interface EndedRun {
  readonly response: Response
  /** Those of the whole stream, as text. */
  readonly events: string
}

export interface BackgroundTurn {
  readonly owner: Owner
  readonly port: ConversationPort
  readonly id: string
  readonly isStream: boolean
  /** Leaves the response with the port. */
  begin(response: Response, ifAbandoned: Response): Promise<void>
  /** @returns false when it was ended or deleted meanwhile */
  end(ended: EndedRun): Promise<boolean>
}

export interface ResponseRun extends BackgroundRun {
  /** The response before anything was answered. */
  readonly queued: Response
  readonly running: Response
  /** What it has become where its process was killed. */
  readonly ifAbandoned: Response
  /** Takes an answer as it comes. */
  take(stream: ChatStream, onFirstContent: () => void): Promise<void>
  /** @param answer settles when the answer is over, or has failed */
  answering(answer: Promise<void>): void
  /** Nobody was told of it: it ends and leaves nothing. */
  abandon(reason: unknown): void
  /** Resolves when the response has ended and its end is kept. Never rejects. */
  finish(): Promise<void>
}

export interface RunOptions {
  readonly turn: Pick<BackgroundTurn, 'owner' | 'port' | 'id' | 'end'>
  readonly encoding: EncoderOptions
  /** Aborts the answer. */
  readonly controller: AbortController
  readonly clock: Clock
}

const codec = codecs['openai-responses']
const maxLogBytes = 32 * 1024 * 1024
/** Pauses between the tries to keep what was answered. */
const keepAfterMs = [0, 500, 1_000, 2_000, 4_000, 8_000]

export const createResponseRun = ({ turn, encoding, controller, clock }: RunOptions): ResponseRun => {
  const { id } = turn
  const log = createEventLog()
  const encoder = codec.createStreamEncoder(encoding)
  const write = (events: readonly ChatEvent[]) => textOf(encoder.encode(events))
  const said: ChatEvent[] = []
  let answer: Promise<void> = Promise.resolve()
  let failure: ArchitectError | undefined
  let outcome: Outcome | undefined
  let isCancelled = false
  let ended: Response | undefined
  let finishing: Promise<void> | undefined

  log.append(write([{ type: 'start', choice: 0 }]))
  const queued = responseIn(log.text(), 0)
  const running = { ...queued, status: 'in_progress' }

  const take = async (stream: ChatStream, onFirstContent: () => void): Promise<void> => {
    // The engine commits before there is a stream.
    onFirstContent()
    for await (const frame of stream.frames) {
      const events = frame.events().map(withoutFinalResponse)
      const error = events.find((event) => event.type === 'error')
      failure ??= error?.error
      const good = events.filter((event) => event.type !== 'error')
      said.push(...good)
      log.append(write(good))
      if (log.bytes() > maxLogBytes) {
        failure ??= gatewayError('gateway.response-too-long', { limitBytes: maxLogBytes })
        await stream.cancel('superseded')
        break
      }
    }
    outcome = await stream.outcome
    if (outcome.end === 'failed' || outcome.end === 'cancelled') failure ??= outcome.error
  }

  const closing = (): string => {
    if (isCancelled) {
      const usage: ChatEvent[] = outcome ? [{ type: 'usage', choice: 0, usage: outcome.usage }] : []
      return write([...usage, { type: 'finish', choice: 0, reason: 'cancelled' }]) + textOf(encoder.end())
    }
    if (failure) return write([{ type: 'error', choice: 0, error: failure }])
    return textOf(encoder.end())
  }

  const keep = async (end: EndedRun): Promise<boolean> => {
    for (const pauseMs of keepAfterMs) {
      // Whoever aborts the answer does not wait for a database either.
      if (pauseMs > 0) await clock.sleep(pauseMs, controller.signal).catch(() => {})
      const isKept = await turn.end(end).catch(() => undefined)
      if (isKept !== undefined) return isKept
    }
    return false
  }

  const finish = async () => {
    const settled = new AbortController()
    void renew(settled.signal)
    try {
      await answer
    } catch (cause) {
      failure ??= toArchitectError(cause)
    }
    const text = closing()
    const response = responseIn(text, -1)
    const isKept = await keep({ response, events: log.text() + text })
    settled.abort()
    ended = response
    if (isKept) log.append(text)
    log.close(isKept)
  }

  /** Keeps the lease, and ends the answer where the response is not ours any more. */
  const renew = async (settled: AbortSignal) => {
    for (;;) {
      await clock.sleep(responseLeaseMs / 3, settled).catch(() => {})
      if (settled.aborted) return
      // A database that does not answer says nothing of whose it is.
      const isOurs = await turn.port.renewResponse(turn.owner, id).catch(() => true)
      if (!isOurs) stop()
    }
  }

  const stop = () => {
    if (ended) return
    isCancelled = true
    controller.abort(gatewayError('gateway.response-cancelled', { id }))
  }

  return {
    log,
    queued,
    running,
    ifAbandoned: failed(running, encoding, gatewayError('gateway.background-lost', { id })),
    take,
    answering: (given) => {
      answer = given
      // `finish` hears of it.
      answer.catch(() => {})
    },
    abandon: (reason) => {
      controller.abort(toArchitectError(reason))
      log.close(false)
    },
    finish: () => {
      finishing ??= finish()
      return finishing
    },
    current: () => ended ?? progress(said, encoding, running),
    cancel: async () => {
      stop()
      await finishing
      return ended ?? running
    },
  }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

/** The response that an event tells, by its place. */
const responseIn = (text: string, at: number): Response => {
  const event = eventsIn(text).at(at) ?? ''
  return JSON.parse(event.slice(event.indexOf('data: ') + 'data: '.length)).response
}

const failed = (response: Response, { renderError }: EncoderOptions, error: ArchitectError): Response => ({
  ...response,
  status: 'failed',
  error: { code: 'server_error', message: renderError?.(error).message ?? error.message },
})

/** What has been said so far, its last item as one that goes on. */
const progress = (said: readonly ChatEvent[], encoding: EncoderOptions, running: Response): Response => {
  const { output } = codec.encodeAnswer(said, encoding) as { readonly output: readonly Response[] }
  const last = output.at(-1)
  if (last?.status === undefined) return { ...running, output }
  return { ...running, output: [...output.slice(0, -1), { ...last, status: 'in_progress' }] }
}
