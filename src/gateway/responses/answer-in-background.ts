// `background: true`: the client is told of a response that is answered without it. What the request would be refused for
// at once, it is refused for here too; from there on the response ends as failed, cancelled or whole, whatever happens.

import type { Clock } from '../../core/index.js'
import type { EncoderOptions } from '../../llm/index.js'
import type { LaterWork } from '../dialects/chat-dialect.js'
import type { Exchange } from '../exchange.js'
import type { InFlight } from '../in-flight.js'
import type { LedgerPort } from '../ports.js'
import { sendJson } from '../send.js'
import type { BackgroundRuns } from './background-runs.js'
import { followEvents } from './follow-events.js'
import { asked } from './recall.js'
import { type BackgroundTurn, createResponseRun, type ResponseRun } from './response-run.js'

export interface BackgroundDeps {
  readonly runs: BackgroundRuns
  readonly hold: InFlight['hold']
  readonly clock: Clock
  /** How many of one key. */
  readonly limit: number
  readonly stalledMs: number
}

/** For what refuses a request without asking anybody: limits, guards, what an engine cannot do. */
const refusalMs = 250

export const answerInBackground = async (
  deps: BackgroundDeps,
  turn: BackgroundTurn,
  work: LaterWork,
): Promise<void> => {
  const { runs, hold, limit, stalledMs } = deps
  const controller = new AbortController()
  const detached = detach(work.exchange, controller)
  const encoding: EncoderOptions = { ...work.encodingOf(detached), isQueued: true }
  const run = createResponseRun({ ...deps, turn, encoding, controller })
  const release = runs.add(turn.owner, turn.id, { run, limit })
  const idle = hold(controller)
  const forget = () => {
    release()
    idle()
  }
  try {
    await started(deps, work, { run, detached })
    await asked(turn.begin(run.running, run.ifAbandoned))
  } catch (cause) {
    run.abandon(cause)
    forget()
    throw cause
  }
  void run.finish().finally(forget)
  const { exchange } = work
  if (turn.isStream) await followEvents(exchange, run.log, { after: -1, stalledMs })
  else sendJson(exchange, run.queued)
}

/** The exchange without its client. How long that waits for a head says nothing of how long the response may take. */
const detach = (exchange: Exchange, controller: AbortController): Exchange => {
  for (const name of ['x-stainless-timeout', 'x-stainless-read-timeout'])
    delete exchange.request.headers[name]
  return { ...exchange, signal: controller.signal, abort: (reason) => controller.abort(reason) }
}

/**
 * Begins to answer; resolves when an engine is asked, something is said, or some time has passed.
 * @throws what the request was refused for before that
 */
const started = async (
  { clock }: BackgroundDeps,
  { ledger, answer }: LaterWork,
  { run, detached }: { readonly run: ResponseRun; readonly detached: Exchange },
): Promise<void> => {
  const waiting = new AbortController()
  let onAsked = () => {}
  const isAsked = new Promise<void>((resolve) => {
    onAsked = resolve
  })
  const answering = answer({
    exchange: detached,
    ledger: noticing(ledger, onAsked),
    deliver: (stream, onFirstContent) => {
      onAsked()
      return run.take(stream, onFirstContent)
    },
  })
  run.answering(answering)
  const late = clock.sleep(refusalMs, waiting.signal).catch(() => {})
  try {
    await Promise.race([answering, isAsked, late])
  } finally {
    waiting.abort()
  }
}

const noticing = (
  ledger: Pick<LedgerPort, 'recorder'>,
  onBegin: () => void,
): Pick<LedgerPort, 'recorder'> => ({
  recorder: (limits) => {
    const recorder = ledger.recorder(limits)
    return {
      begin: async (start) => {
        const attempt = await recorder.begin(start)
        onBegin()
        return attempt
      },
    }
  },
})
