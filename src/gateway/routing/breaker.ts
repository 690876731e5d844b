// The breaker of one key of one deployment: closed, open until a time, or half-open, when a single call probes. It
// decides from its own memory; what it opens for, and the claim of a probe, also stand in the shared counters, which
// are looked at once a second, so that replicas leave alone what one of them found broken.

import type { Clock } from '../../core/index.js'
import type { Counters, Reservation } from '../../ledger/index.js'
import type { Deployment } from '../../spec/index.js'
import type { Verdict } from './breaker-verdict.js'
import { createCallWindow } from './call-window.js'
import { createSharedRest } from './shared-rest.js'

export type BreakerOptions = Deployment['breaker']
/** Why a key is left alone. */
export type RestReason = 'failures' | 'rate-limited' | 'key-refused'
export const restReasons: readonly RestReason[] = ['failures', 'rate-limited', 'key-refused']

/** A key that is not to be used now. */
export interface Rest {
  readonly reason: RestReason
  /** Ms until it may be asked again. */
  readonly restMs: number
}

export interface Breaker {
  /** Whether a call may be made without asking further. */
  isClosed(): boolean
  /** Why no call may be made now; undefined when one may, or could probe. */
  rest(): Rest | undefined
  /** Claims the probe of a breaker that is not closed. @returns why there is none to claim */
  claimProbe(): Promise<Rest | undefined>
  /** What became of a call. Never throws. */
  record(verdict: Verdict): void
  state(): BreakerState
  configure(options: BreakerOptions): void
}

export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open'
  readonly reason: RestReason | null
  /** Ms until the next call may be made; 0 unless open. */
  readonly restMs: number
  readonly consecutiveFailures: number
}

/** A refused key is tried again after this, in case its account was mended. */
export const refusedKeyMs = 600_000
const lookEveryMs = 1_000
/** What is left of a shared rest when it is as good as over. */
const leastRestMs = 10

export interface BreakerDeps {
  /** Unique per deployment and key; holds no secret. */
  readonly id: string
  readonly options: BreakerOptions
  readonly clock: Clock
  readonly counters: Counters
  /** Told of shared counters that do not answer: the breaker then goes on alone. */
  readonly onSharedFailure: (error: unknown) => void
}

export const createBreaker = ({ id, clock, counters, onSharedFailure, ...deps }: BreakerDeps): Breaker => {
  let options = deps.options
  const shared = createSharedRest(`breaker/${id}`, counters)
  const calls = createCallWindow(clock, () => options.windowMs)
  let consecutive = 0
  /** Set while it is not closed. */
  let resting: { readonly reason: RestReason; readonly untilMs: number } | undefined
  /** The one call that is trying it out; without its claim where the shared counters did not answer. */
  let probe: { readonly claim: Reservation | undefined } | undefined
  let lookedMs = clock.monotonicMs()

  const inBackground = (work: Promise<unknown>) => void work.catch(onSharedFailure)
  const rest = (reason: RestReason, restMs: number) => {
    const untilMs = clock.monotonicMs() + restMs
    if (!resting || untilMs >= resting.untilMs) resting = { reason, untilMs }
  }
  const open = (reason: RestReason, restMs: number) => {
    if (restMs <= 0) return
    rest(reason, restMs)
    probe = undefined
    inBackground(shared.announce(reason, restMs))
  }
  const close = () => {
    resting = undefined
    probe = undefined
    consecutive = 0
    calls.clear()
  }
  const look = async () => {
    for (const reason of restReasons) {
      const restMs = await shared.remainingMs(reason)
      if (restMs >= leastRestMs) rest(reason, restMs)
    }
  }
  /** A limit of rate is over when its time is; anything else has to be tried out. */
  const isOver = () => {
    if (resting?.reason === 'rate-limited' && resting.untilMs <= clock.monotonicMs()) resting = undefined
    return resting === undefined
  }

  const isClosed = () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - lookedMs >= lookEveryMs) {
      lookedMs = nowMs
      inBackground(look())
    }
    return resting === undefined || isOver()
  }
  const restNow = (): Rest | undefined => {
    if (isOver() || !resting) return undefined
    const restMs = resting.untilMs - clock.monotonicMs()
    return restMs > 0 ? { reason: resting.reason, restMs } : undefined
  }
  const isTooMuch = () => {
    const { consecutiveFailures, failureRate, minimumCalls } = options
    if (consecutiveFailures > 0 && consecutive >= consecutiveFailures) return true
    const window = calls.count()
    return failureRate < 1 && window.calls >= minimumCalls && window.failures / window.calls >= failureRate
  }
  const failed = () => {
    consecutive++
    calls.add(true)
    if (probe) return open('failures', options.openMs)
    // A call from before it opened does not keep it open.
    if (!resting && isTooMuch()) open('failures', options.openMs)
  }
  const succeeded = () => {
    // A call from before it opened proves nothing now.
    if (resting && !probe) return
    if (resting) return close()
    consecutive = 0
    calls.add(false)
  }

  return {
    isClosed,
    rest: restNow,
    claimProbe: async () => {
      const refused = restNow()
      if (refused || !resting) return refused
      const { reason } = resting
      const probeMs = Math.max(1, options.openMs)
      const claimed = await counters
        .reserve({ key: `breaker/${id}/probe`, amount: 1, limit: 1, windowMs: probeMs })
        .catch((error: unknown) => {
          onSharedFailure(error)
          return undefined
        })
      if (claimed && !claimed.granted) return { reason, restMs: claimed.retryAfterMs ?? probeMs }
      probe = { claim: claimed }
      return undefined
    },
    record: (verdict) => {
      if (verdict.kind === 'success') return succeeded()
      if (verdict.kind === 'failure') return failed()
      if (verdict.kind === 'rate-limited') return open('rate-limited', verdict.restMs)
      if (verdict.kind === 'key-refused') return open('key-refused', refusedKeyMs)
      if (probe?.claim) inBackground(counters.release(probe.claim))
      probe = undefined
    },
    state: () => {
      const now = restNow()
      if (now)
        return { state: 'open', reason: now.reason, restMs: now.restMs, consecutiveFailures: consecutive }
      return {
        state: resting ? 'half-open' : 'closed',
        reason: resting?.reason ?? null,
        restMs: 0,
        consecutiveFailures: consecutive,
      }
    },
    configure: (changed) => {
      options = changed
    },
  }
}
