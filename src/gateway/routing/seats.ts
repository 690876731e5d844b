// How many calls a deployment has at a time, and who is next: round robin over the tenants, so that the one that
// asks most does not push the others out. Knows no model.

import type { Clock } from '../../core/index.js'
import type { Watchdog } from '../../llm/index.js'
import type { Deployment } from '../../spec/index.js'
import { gatewayError } from '../messages.js'

export type SeatLimits = Deployment['limits']

export interface SeatWaiter {
  readonly tenant: string
  readonly signal: AbortSignal
  /** Monotonic ms after which a seat is of no use. */
  readonly deadlineMs?: number | undefined
}

export interface Seats {
  /** Takes a seat where one is free and nobody waits for it. */
  tryTake(): boolean
  /**
   * Waits for a seat.
   * @throws gateway.queue-full, gateway.queue-slow at the deadline, and the signal's reason
   */
  take(waiter: SeatWaiter): Promise<void>
  leave(): void
  configure(limits: SeatLimits): void
  state(): SeatState
}

export interface SeatState {
  readonly running: number
  readonly waiting: number
  readonly concurrency: number
}

interface Waiting extends SeatWaiter {
  readonly seated: () => void
  readonly refused: (error: unknown) => void
}

export interface SeatDeps {
  readonly deployment: string
  readonly limits: SeatLimits
  readonly clock: Clock
  readonly watchdog: Watchdog
}

export const createSeats = ({ deployment, clock, watchdog, ...deps }: SeatDeps): Seats => {
  let limits = deps.limits
  let running = 0
  let waiting = 0
  /** By tenant, in the order in which tenants are served. */
  const queues = new Map<string, Waiting[]>()
  const pace = createPace(clock)

  const remove = (entry: Waiting): boolean => {
    const queue = queues.get(entry.tenant)
    const at = queue?.indexOf(entry) ?? -1
    if (!queue || at < 0) return false
    queue.splice(at, 1)
    waiting--
    if (queue.length === 0) queues.delete(entry.tenant)
    return true
  }
  const next = (): Waiting | undefined => {
    const [first] = queues
    if (!first) return undefined
    const [tenant, queue] = first
    const entry = queue.shift()
    waiting--
    queues.delete(tenant)
    if (queue.length > 0) queues.set(tenant, queue)
    return entry
  }
  const hasSeat = () => limits.concurrency === 0 || running < limits.concurrency
  const seat = () => {
    while (waiting > 0 && hasSeat()) {
      running++
      next()?.seated()
    }
  }
  const full = () =>
    gatewayError(
      'gateway.queue-full',
      { deployment, waiting, status: 429, retryAfterMs: pace.waitMs(waiting) },
      { retryable: true },
    )
  /** Room for one more: whoever's tenant waits most gives way to a tenant that waits less. */
  const makeRoom = (tenant: string): boolean => {
    const own = queues.get(tenant)?.length ?? 0
    const [longest = []] = [...queues.values()].sort((a, b) => b.length - a.length)
    const last = longest.length > own + 1 ? longest.at(-1) : undefined
    if (!last || limits.queue === 0) return false
    remove(last)
    last.refused(full())
    return true
  }
  const enqueue = (waiter: SeatWaiter) =>
    new Promise<void>((resolve, reject) => {
      const settle = (work: () => void) => {
        watch?.stop()
        waiter.signal.removeEventListener('abort', onAbort)
        work()
      }
      const entry: Waiting = {
        ...waiter,
        seated: () => settle(resolve),
        refused: (error) => settle(() => reject(error)),
      }
      const giveUp = (error: unknown) => {
        if (remove(entry)) entry.refused(error)
      }
      const onAbort = () => giveUp(waiter.signal.reason)
      const { deadlineMs } = waiter
      const watch =
        deadlineMs === undefined
          ? undefined
          : watchdog.watch({
              dueMs: () => deadlineMs,
              expire: () => giveUp(gatewayError('gateway.queue-slow', { deployment }, { retryable: true })),
            })
      waiter.signal.addEventListener('abort', onAbort, { once: true })
      const queue = queues.get(waiter.tenant)
      if (queue) queue.push(entry)
      else queues.set(waiter.tenant, [entry])
      waiting++
    })

  return {
    tryTake: () => {
      if (waiting > 0 || !hasSeat()) return false
      running++
      return true
    },
    take: async (waiter) => {
      if (waiter.signal.aborted) throw waiter.signal.reason
      if (waiting >= limits.queue && !makeRoom(waiter.tenant)) throw full()
      await enqueue(waiter)
    },
    leave: () => {
      running--
      pace.left()
      seat()
    },
    configure: (changed) => {
      limits = changed
      seat()
    },
    state: () => ({ running, waiting, concurrency: limits.concurrency }),
  }
}

/** How often a seat becomes free, as a moving average, for the time after which asking again makes sense. */
const createPace = (clock: Clock) => {
  let lastMs: number | undefined
  let betweenMs: number | undefined
  return {
    left: () => {
      const nowMs = clock.monotonicMs()
      if (lastMs !== undefined) betweenMs = 0.8 * (betweenMs ?? nowMs - lastMs) + 0.2 * (nowMs - lastMs)
      lastMs = nowMs
    },
    /** In 1 s to 60 s. */
    waitMs: (ahead: number) => Math.min(60_000, Math.max(1_000, Math.round((betweenMs ?? 1_000) * ahead))),
  }
}
