// Keeps one child process running, and hands requests to whichever run of it is alive. Knows no method.

import type { Clock, Log } from '../core/index.js'
import { type ChildRun, runChild } from './child-process.js'
import { untilAborted, withDeadline, within } from './deadline.js'
import { keepRunning, type RestartPolicy } from './keep-running.js'
import { supervisorError } from './messages.js'
import { type ChildState, createReadiness } from './readiness.js'
import type { HealthPolicy } from './watch-health.js'

export interface RequestOptions {
  /** Aborting cancels the request in the child and rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Includes waiting for a start that is under way. Default: none. */
  readonly timeoutMs?: number
  readonly onProgress?: (value: unknown) => void
}

export interface SupervisedChild {
  /**
   * Resolves at the first start; rejects when the process could not be started and no more is tried.
   * @throws `supervisor.child-not-started`, or the error that the child itself gave
   */
  readonly ready: Promise<void>
  /**
   * Calls a method of the child; waits for a start that is under way.
   * @throws what the method rejected with | `supervisor.child-crashed` (retryable) | `supervisor.child-away`
   * (retryable) | `supervisor.request-timeout` (retryable) | `supervisor.child-closed`
   */
  request<T>(method: string, params: unknown, options?: RequestOptions): Promise<T>
  state(): ChildState
  /** Calls back after each restart, when requests work again. Returns the function that stops it. */
  onRestart(listener: () => void): () => void
  /** Undefined while it does not run. */
  pid(): number | undefined
  /** Lets running requests finish, then ends the child; kills it when it does not end. */
  close(): Promise<void>
}

export interface SuperviseOptions {
  readonly name: string
  /** Path of the JavaScript file that calls `serveParent`. */
  readonly entry: string
  /** JSON, handed over in `process.argv[2]`. Other users of the machine can see it: no secrets. */
  readonly args: unknown
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
  readonly restart?: RestartPolicy
  /** When a process that runs and does not answer is ended. Default: never. */
  readonly health?: HealthPolicy
  /** What `close` gives running requests, and then the exit, before it kills. Default 5,000 each. */
  readonly drainMs?: number
}

/**
 * Starts a child process and keeps it running until `close`.
 * @example
 * const child = superviseChild({ name: 'knowledge', entry, args, env, clock, log })
 * await child.ready
 * const report = await child.request<Report>('ingest', { root }, { signal, onProgress })
 */
export const superviseChild = (options: SuperviseOptions): SupervisedChild => {
  const { name, clock, log, restart, health, drainMs = 5000 } = options
  const readiness = createReadiness(name)
  const stop = new AbortController()
  const listeners = new Set<() => void>()
  let run: ChildRun | undefined

  const start = () => {
    run = runChild(options)
    return run
  }
  const restarted = () => {
    for (const listener of listeners) listener()
  }
  const keeping = { name, clock, log, readiness, restart, health, stop: stop.signal, start, restarted }
  const supervised = keepRunning(keeping)

  const request = async (
    method: string,
    params: unknown,
    { signal, timeoutMs, onProgress }: RequestOptions,
  ) => {
    const send = async (until: AbortSignal | undefined) => {
      await untilAborted(readiness.now(), until)
      return run?.requests.send(method, params, { signal: until, onProgress })
    }
    if (timeoutMs === undefined) return send(signal)
    const late = supervisorError(
      'supervisor.request-timeout',
      { name, method, timeoutMs },
      { retryable: true },
    )
    return withDeadline(clock, timeoutMs, { late, signal, run: send })
  }

  return {
    ready: readiness.first,
    request: async <T>(method: string, params: unknown, requestOptions: RequestOptions = {}) =>
      (await request(method, params, requestOptions)) as T,
    state: readiness.state,
    onRestart: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pid: () => (readiness.state() === 'ready' ? run?.pid : undefined),
    close: async () => {
      stop.abort()
      const error = supervisorError('supervisor.child-closed', { name })
      readiness.end('closed', error)
      if (run) await endRun(run, error, { clock, drainMs })
      await supervised
    },
  }
}

const endRun = async (run: ChildRun, error: Error, { clock, drainMs }: { clock: Clock; drainMs: number }) => {
  await within(clock, drainMs, run.requests.idle())
  run.requests.rejectAll(error)
  run.send({ type: 'close' })
  if (!(await within(clock, drainMs, run.exited))) run.kill()
  await run.exited
}
