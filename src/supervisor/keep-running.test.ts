import { describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import type { ChildRun } from './child-process.js'
import { keepRunning, type RestartPolicy } from './keep-running.js'
import { supervisorError } from './messages.js'
import { createPendingRequests } from './pending-requests.js'
import { createReadiness } from './readiness.js'

/** A process without a process: it starts and ends when told to. */
const createRun = () => {
  const ready = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<string>()
  ready.promise.catch(() => {})
  const end = (cause: string) => {
    const params = { name: 'scripted', detail: cause }
    ready.reject(supervisorError('supervisor.child-away', params, { retryable: true }))
    exited.resolve(cause)
  }
  const run: ChildRun = {
    pid: 1,
    requests: createPendingRequests(() => {}),
    ready: ready.promise,
    exited: exited.promise,
    heard: () => 0,
    send: () => {},
    kill: () => end('signal SIGKILL'),
  }
  return { run, start: ready.resolve, end }
}

const keep = (restart: RestartPolicy = {}) => {
  const clock = createManualClock()
  const readiness = createReadiness('scripted')
  const stop = new AbortController()
  const runs: ReturnType<typeof createRun>[] = []
  const startedAtMs: number[] = []
  const done = keepRunning({
    name: 'scripted',
    clock,
    log: silentLog,
    readiness,
    restart,
    health: undefined,
    stop: stop.signal,
    start: () => {
      const scripted = createRun()
      runs.push(scripted)
      startedAtMs.push(clock.monotonicMs())
      return scripted.run
    },
    restarted: () => {},
  })
  const latest = () => runs.at(-1) as ReturnType<typeof createRun>
  /** The pause between the end of the run at hand and the next start. */
  const pauseAfter = async (end: () => void) => {
    await clock.advance(0)
    const runCount = runs.length
    end()
    await clock.advance(0)
    const endedMs = clock.monotonicMs()
    while (runs.length === runCount) await clock.advance(1)
    return clock.monotonicMs() - endedMs
  }
  return { clock, readiness, stop, runs, startedAtMs, done, latest, pauseAfter }
}

describe('keepRunning', () => {
  it('doubles its pause with every failure, up to the limit', async () => {
    const { latest, pauseAfter, stop, done } = keep({ initialDelayMs: 100, maxDelayMs: 500 })
    latest().start()
    const pauses: number[] = []
    for (let i = 0; i < 5; i++) pauses.push(await pauseAfter(() => latest().end('exit code 1')))
    expect(pauses).toEqual([100, 200, 400, 500, 500])
    stop.abort()
    latest().end('stopped')
    await done
  })

  it('goes on trying what did not start, where it is to, with pauses of their own limit', async () => {
    const { latest, pauseAfter, stop, done, readiness, clock } = keep({
      maxStartAttempts: 2,
      initialDelayMs: 100,
      maxDelayMs: 200,
      retryUpToMs: 500,
    })
    const pauses: number[] = []
    for (let i = 0; i < 4; i++) pauses.push(await pauseAfter(() => latest().end('exit code 1')))
    expect(pauses).toEqual([100, 200, 400, 500])
    await expect(readiness.first).rejects.toMatchObject({ code: 'supervisor.child-not-started' })
    expect(readiness.state()).toBe('restarting')
    latest().start()
    await clock.advance(1)
    expect(readiness.state()).toBe('ready')
    await expect(readiness.now()).resolves.toBeUndefined()
    expect(await pauseAfter(() => latest().end('exit code 1'))).toBe(200)
    stop.abort()
    latest().end('stopped')
    await done
  })

  it('forgets earlier failures once it has run for long enough', async () => {
    const { clock, latest, pauseAfter, stop, done } = keep({ initialDelayMs: 100, stableAfterMs: 1000 })
    latest().start()
    await pauseAfter(() => latest().end('exit code 1'))
    latest().start()
    expect(await pauseAfter(() => latest().end('exit code 1'))).toBe(200)
    latest().start()
    await clock.advance(1000)
    expect(await pauseAfter(() => latest().end('exit code 1'))).toBe(100)
    stop.abort()
    latest().end('stopped')
    await done
  })

  it('does not take a slow start for a run', async () => {
    const { clock, latest, pauseAfter, stop, done } = keep({ initialDelayMs: 100, stableAfterMs: 1000 })
    latest().start()
    await pauseAfter(() => latest().end('exit code 1'))
    await clock.advance(5000)
    expect(await pauseAfter(() => latest().end('exit code 1'))).toBe(200)
    stop.abort()
    latest().end('stopped')
    await done
  })

  it('gives up when the first start has failed too often, and says how often', async () => {
    const { latest, pauseAfter, readiness, done, startedAtMs } = keep({
      initialDelayMs: 100,
      maxStartAttempts: 3,
    })
    await pauseAfter(() => latest().end('exit code 1'))
    await pauseAfter(() => latest().end('exit code 1'))
    latest().end('exit code 9')
    await done
    expect(startedAtMs).toEqual([0, 100, 300])
    await expect(readiness.first).rejects.toMatchObject({
      code: 'supervisor.child-not-started',
      params: { attempts: 3, detail: 'exit code 9' },
    })
  })

  it('ends a start that takes too long', async () => {
    const { clock, readiness, done } = keep({ startTimeoutMs: 1000, maxStartAttempts: 1 })
    await clock.advance(999)
    expect(readiness.state()).toBe('starting')
    await clock.advance(1)
    await done
    expect(readiness.state()).toBe('failed')
  })

  it('tells those who wait when a restart fails, and lets the next ones wait for the next', async () => {
    const { clock, latest, readiness, stop, done } = keep({ initialDelayMs: 100 })
    latest().start()
    await clock.advance(0)
    latest().end('exit code 1')
    await clock.advance(0)
    expect(readiness.state()).toBe('restarting')
    const waiting = Promise.allSettled([readiness.now()])
    await clock.advance(100)
    latest().end('exit code 2')
    expect(await waiting).toMatchObject([{ reason: { code: 'supervisor.child-away', retryable: true } }])
    const next = readiness.now()
    await clock.advance(200)
    latest().start()
    await next
    expect(readiness.state()).toBe('ready')
    stop.abort()
    latest().end('stopped')
    await done
  })
})
