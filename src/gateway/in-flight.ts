// Which requests are under way: tells each when its client leaves, and lets a drain wait for all of them.

import type { ServerResponse } from 'node:http'
import { type ArchitectError, createBag } from '../core/index.js'
import { gatewayError } from './messages.js'

export interface InFlight {
  begin(response: ServerResponse): Running
  /** What runs without a client: waited for, and cancelled with the rest. @returns says that it is over */
  hold(controller: AbortController): () => void
  /** What goes on for a client that has left is cancelled with the rest. @returns forgets it */
  lingering(controller: AbortController): () => void
  isDraining(): boolean
  /** From now on draining. Resolves when nothing is under way any more, or what was left has been cancelled. */
  drain(timeoutMs: number): Promise<void>
}

export interface Running {
  readonly signal: AbortSignal
  readonly abort: (reason: ArchitectError) => void
  readonly handled: () => void
}

/** @param graceMs after a cancellation, for streams to tell their clients and the ledger */
export const createInFlight = (graceMs: number): InFlight => {
  const running = createBag<AbortController>()
  const left = createBag<AbortController>()
  let draining = false
  const waiting = new Set<() => void>()

  const tellIfIdle = () => {
    if (running.size === 0) for (const onIdle of waiting) onIdle()
  }

  const begin = (response: ServerResponse): Running => {
    const controller = new AbortController()
    const remove = running.add(controller)
    let waitsFor = 2
    const part = () => {
      if (--waitsFor > 0) return
      remove()
      tellIfIdle()
    }
    response.once('close', () => {
      if (!response.writableFinished) controller.abort(gatewayError('gateway.client-gone', {}))
      part()
    })
    return { signal: controller.signal, abort: (reason) => controller.abort(reason), handled: part }
  }

  const idleWithin = (timeoutMs: number) =>
    new Promise<boolean>((resolve) => {
      if (running.size === 0) return resolve(true)
      const end = (isIdle: boolean) => {
        clearTimeout(timer)
        waiting.delete(onIdle)
        resolve(isIdle)
      }
      const onIdle = () => end(true)
      const timer = setTimeout(end, timeoutMs, false)
      waiting.add(onIdle)
    })

  const cancelAll = (reason: ArchitectError) => {
    for (const controller of [...running, ...left]) controller.abort(reason)
  }

  return {
    begin,
    hold: (controller) => {
      const remove = running.add(controller)
      return () => {
        remove()
        tellIfIdle()
      }
    },
    lingering: left.add,
    isDraining: () => draining,
    drain: async (timeoutMs) => {
      draining = true
      if (await idleWithin(timeoutMs)) return
      cancelAll(gatewayError('gateway.draining', {}, { retryable: true }))
      await idleWithin(graceMs)
    },
  }
}
