// The requests that wait for an answer of one child process. Knows no process.

import { reviveError } from '../core/index.js'
import type { ChildMessage, ParentMessage } from './protocol.js'

export interface PendingOptions {
  /** Aborting cancels the request in the child and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((value: unknown) => void) | undefined
}

export interface PendingRequests {
  send(method: string, params: unknown, options: PendingOptions): Promise<unknown>
  /** Takes an answer or a progress report. */
  settle(message: ChildMessage & { readonly id: number }): void
  rejectAll(error: Error): void
  /** Resolves when none is left. */
  idle(): Promise<void>
}

interface Pending {
  resolve(value: unknown): void
  reject(error: unknown): void
  readonly onProgress: ((value: unknown) => void) | undefined
}

export const createPendingRequests = (send: (message: ParentMessage) => void): PendingRequests => {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let dead: Error | undefined
  let idleWaiters: (() => void)[] = []

  const forget = (id: number) => {
    pending.delete(id)
    if (pending.size > 0) return
    for (const resolve of idleWaiters) resolve()
    idleWaiters = []
  }

  return {
    send: async (method, params, { signal, onProgress }) => {
      signal?.throwIfAborted()
      if (dead) throw dead
      const id = ++lastId
      const answer = Promise.withResolvers<unknown>()
      const onAbort = () => {
        answer.reject(signal?.reason)
        send({ type: 'cancel', id })
      }
      pending.set(id, { onProgress, resolve: answer.resolve, reject: answer.reject })
      signal?.addEventListener('abort', onAbort)
      try {
        send({ type: 'request', id, method, params })
        return await answer.promise
      } finally {
        signal?.removeEventListener('abort', onAbort)
        forget(id)
      }
    },
    settle: (message) => {
      const request = pending.get(message.id)
      if (message.type === 'result') request?.resolve(message.value)
      else if (message.type === 'error') request?.reject(reviveError(message.error))
      else if (message.type === 'progress') request?.onProgress?.(message.value)
    },
    rejectAll: (error) => {
      dead = error
      for (const request of pending.values()) request.reject(error)
    },
    idle: async () => {
      if (pending.size > 0) await new Promise<void>((resolve) => idleWaiters.push(resolve))
    },
  }
}
