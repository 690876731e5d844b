import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { errorFactory, silentLog, systemClock } from '../core/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { createJobQueue, type JobQueue, type JobQueueOptions, jobMigrations } from './index.js'
import type { RunningJob } from './job.js'

const refusal = errorFactory({
  'test.refused': {
    en: (p: { file: string }) => `cannot read ${p.file}`,
    'zh-TW': (p) => `無法讀取 ${p.file}`,
  },
})

let test: TestStore
let queues: JobQueue[]

beforeAll(async () => {
  test = await startTestStore()
  await test.store.migrate('jobs', jobMigrations)
})
afterAll(() => test.close())
beforeEach(async () => {
  queues = []
  await sql`truncate jobs_job`.execute(test.store.db)
})
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.close()))
})

/** A queue that polls seldom, so that what happens at once is seen to be woken, not polled. */
const open = (options: Partial<JobQueueOptions> = {}): JobQueue => {
  const queue = createJobQueue({
    store: test.store,
    clock: systemClock,
    log: silentLog,
    pollMs: 60_000,
    retryDelayMs: 0,
    ...options,
  })
  queues.push(queue)
  return queue
}

/** A handler that waits to be let go. */
const gated = () => {
  const started = Promise.withResolvers<RunningJob>()
  const go = Promise.withResolvers<unknown>()
  const handler = async (job: RunningJob) => {
    started.resolve(job)
    job.signal.addEventListener('abort', () => go.reject(job.signal.reason))
    return go.promise
  }
  return { started: started.promise, go: go.resolve, handler }
}

/** Leaves a job as a process that was killed would: running, under a lease that has `leaseMs` to go. */
const leaveRunning = async (id: string, leaseMs: number, attempts = 1) => {
  await sql`update jobs_job set state = 'running', attempts = ${attempts}, lease_token = 'gone',
    lease_until = now() + ${leaseMs} * interval '1 millisecond' where id = ${id}`.execute(test.store.db)
}

describe('a job', () => {
  it('is run at once, and keeps its payload and its result', async () => {
    const queue = open()
    queue.work('double', async ({ payload }) => ({ doubled: (payload as { n: number }).n * 2 }))
    const id = await queue.enqueue('double', { n: 21, note: '利率' })
    const job = await queue.wait(id)
    expect(job).toMatchObject({ id, kind: 'double', state: 'done', attempts: 1, error: null })
    expect(job.payload).toEqual({ n: 21, note: '利率' })
    expect(job.result).toEqual({ doubled: 42 })
    expect(job.finishedAt?.getTime()).toBeGreaterThanOrEqual(job.createdAt.getTime())
  })

  it('waits for a worker of its kind', async () => {
    const queue = open()
    queue.work('other', async () => 'wrong')
    const id = await queue.enqueue('late', {})
    expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts: 0 })
    queue.work('late', async () => 'right')
    expect(await queue.wait(id)).toMatchObject({ state: 'done', result: 'right' })
  })

  it('is not made a second time while one with its key is unfinished', async () => {
    const queue = open()
    const first = await queue.enqueue('ingest', { v: 1 }, { key: 'handbook' })
    expect(await queue.enqueue('ingest', { v: 2 }, { key: 'handbook' })).toBe(first)
    expect(await queue.enqueue('ingest', {}, { key: 'another' })).not.toBe(first)
    expect(await queue.enqueue('other', {}, { key: 'handbook' })).not.toBe(first)
    queue.work('ingest', async () => null)
    await queue.wait(first)
    expect(await queue.enqueue('ingest', {}, { key: 'handbook' })).not.toBe(first)
  })

  it('is made once even when many ask at the same moment', async () => {
    const queue = open()
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => queue.enqueue('ingest', {}, { key: 'same' })),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await queue.list({ kind: 'ingest' })).toHaveLength(1)
  })

  it('is run once although many workers look for it', async () => {
    const queues = [open(), open(), open()]
    const runs: unknown[] = []
    const ids = await Promise.all(Array.from({ length: 30 }, (_, n) => queues[0]?.enqueue('count', n)))
    for (const queue of queues)
      queue.work('count', async ({ payload }) => runs.push(payload), { concurrency: 2 })
    for (const id of ids) await queues[0]?.wait(id ?? '')
    expect(runs.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 30 }, (_, n) => n))
  })

  it('reports progress to those who wait, and keeps the last one', async () => {
    const queue = open({ pollMs: 10 })
    const { started, go, handler } = gated()
    queue.work('long', handler)
    const id = await queue.enqueue('long', {})
    const seen: unknown[] = []
    const finished = queue.wait(id, undefined, (progress) => seen.push(progress))
    const running = await started
    running.report({ done: 1 })
    await vi.waitFor(() => expect(seen).toEqual([{ done: 1 }]))
    running.report({ done: 2 })
    go('ok')
    expect(await finished).toMatchObject({ state: 'done', progress: { done: 2 } })
    expect(seen).toEqual([{ done: 1 }, { done: 2 }])
  })

  it('cannot be waited for when there is none, and waiting can be given up', async () => {
    const queue = open()
    await expect(queue.wait('job_none')).rejects.toMatchObject({
      code: 'jobs.unknown',
      params: { id: 'job_none' },
    })
    const id = await queue.enqueue('never', {})
    const controller = new AbortController()
    const waiting = queue.wait(id, controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('a failing job', () => {
  it('is tried again, and succeeds when a later attempt does', async () => {
    const queue = open({ pollMs: 5 })
    queue.work('flaky', async ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet')
      return attempt
    })
    const job = await queue.wait(await queue.enqueue('flaky', {}))
    expect(job).toMatchObject({ state: 'done', attempts: 3, result: 3, error: null })
  })

  it('waits longer before each further attempt', async () => {
    const queue = open({ pollMs: 5, retryDelayMs: 1_000_000, maxRetryDelayMs: 1_500_000 })
    queue.work('flaky', async () => {
      throw new Error('no')
    })
    const id = await queue.enqueue('flaky', {})
    const pauseSeconds = async (attempts: number) => {
      await vi.waitFor(async () => expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts }))
      const { rows } = await sql<{ s: number }>`
        select extract(epoch from run_at - now())::float as s from jobs_job`.execute(test.store.db)
      await sql`update jobs_job set run_at = now()`.execute(test.store.db)
      return rows[0]?.s
    }
    expect(await pauseSeconds(1)).toBeCloseTo(1000, -1)
    expect(await pauseSeconds(2)).toBeCloseTo(1500, -1)
  })

  it('fails in the end, with the last cause', async () => {
    const queue = open({ pollMs: 5 })
    queue.work('broken', async () => {
      throw new Error('no disk')
    })
    const job = await queue.wait(await queue.enqueue('broken', {}, { maxAttempts: 2 }))
    expect(job).toMatchObject({ state: 'failed', attempts: 2, result: null })
    expect(job.error).toMatchObject({ code: 'core.unexpected', params: { detail: 'no disk' } })
  })

  it('is not tried again when its error says that this does not help', async () => {
    const queue = open()
    queue.work('refused', async () => {
      throw refusal('test.refused', { file: 'a.md' })
    })
    const job = await queue.wait(await queue.enqueue('refused', {}))
    expect(job).toMatchObject({ state: 'failed', attempts: 1 })
    expect(job.error).toMatchObject({
      code: 'test.refused',
      params: { file: 'a.md' },
      message: 'cannot read a.md',
    })
  })
})

describe('a job whose process died', () => {
  it('is resumed from its progress when its lease has run out', async () => {
    const queue = open({ pollMs: 5 })
    const id = await queue.enqueue('ingest', {})
    await leaveRunning(id, 200)
    await sql`update jobs_job set progress = '{"done": 7}'`.execute(test.store.db)
    queue.work('ingest', async ({ attempt, progress }) => ({ attempt, progress }))
    expect((await queue.wait(id)).result).toEqual({ attempt: 2, progress: { done: 7 } })
  })

  it('is left alone while its lease lasts', async () => {
    const queue = open({ pollMs: 5 })
    const held = await queue.enqueue('ingest', { n: 1 })
    await leaveRunning(held, 60_000)
    queue.work('ingest', async () => 'done')
    await queue.wait(await queue.enqueue('ingest', { n: 2 }))
    expect(await queue.get(held)).toMatchObject({ state: 'running', attempts: 1 })
  })

  it('is resumed at once by a sole worker', async () => {
    const queue = open({ soleWorker: true })
    const id = await queue.enqueue('ingest', {})
    await leaveRunning(id, 60_000)
    queue.work('ingest', async ({ attempt }) => attempt)
    expect((await queue.wait(id)).result).toBe(2)
  })

  it('is given up when it has ended its process too often', async () => {
    const queue = open({ soleWorker: true })
    const id = await queue.enqueue('poison', {}, { maxAttempts: 3 })
    await leaveRunning(id, 0, 3)
    let runs = 0
    queue.work('poison', async () => runs++)
    expect((await queue.wait(id)).error).toMatchObject({
      code: 'jobs.abandoned',
      params: { id, attempts: 3 },
    })
    expect(runs).toBe(0)
  })

  it('is finished only by the process that has it by now', async () => {
    const queue = open({ leaseMs: 150, pollMs: 5 })
    const slow = gated()
    const worker = queue.work('ingest', slow.handler)
    const id = await queue.enqueue('ingest', {})
    const first = await slow.started
    await sql`update jobs_job set lease_token = 'other', lease_until = now() + interval '1 hour'`.execute(
      test.store.db,
    )
    await vi.waitFor(() => expect(first.signal.aborted).toBe(true))
    expect(first.signal.reason).toMatchObject({ code: 'jobs.lease-lost' })
    await worker.stop()
    expect(await queue.get(id)).toMatchObject({ state: 'running', attempts: 1, result: null })
  })
})

describe('a running job', () => {
  it('keeps its lease for as long as it runs', async () => {
    const [queue, rival] = [open({ leaseMs: 150 }), open({ pollMs: 5 })]
    const { started, go, handler } = gated()
    queue.work('long', handler)
    const id = await queue.enqueue('long', {})
    await started
    rival.work('long', async () => 'stolen')
    const lease = async () => {
      const { rows } = await sql<{ until: Date }>`select lease_until as until from jobs_job`.execute(
        test.store.db,
      )
      return rows[0]?.until.getTime() ?? 0
    }
    const before = await lease()
    await vi.waitFor(async () => expect(await lease()).toBeGreaterThan(before + 300), { interval: 10 })
    go('mine')
    expect(await queue.wait(id)).toMatchObject({ result: 'mine', attempts: 1 })
  })

  it('is interrupted by close, and goes on at the next start without an attempt lost', async () => {
    const queue = open()
    const { started, handler } = gated()
    queue.work('long', handler)
    const id = await queue.enqueue('long', {}, { maxAttempts: 1 })
    const running = await started
    running.report({ done: 3 })
    await queue.close()
    expect(running.signal.reason).toMatchObject({ code: 'jobs.closing' })
    expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts: 0, progress: { done: 3 } })
    const next = open()
    next.work('long', async ({ progress }) => progress)
    expect(await next.wait(id)).toMatchObject({ state: 'done', result: { done: 3 }, attempts: 1 })
  })

  it('is stopped by cancel, and one that has finished is not', async () => {
    const queue = open()
    const { started, handler } = gated()
    queue.work('long', handler)
    const id = await queue.enqueue('long', {})
    const running = await started
    expect(await queue.cancel(id)).toBe(true)
    expect(running.signal.reason).toMatchObject({ code: 'jobs.lease-lost' })
    expect(await queue.wait(id)).toMatchObject({ state: 'cancelled' })
    expect(await queue.cancel(id)).toBe(false)
  })
})

describe('list', () => {
  it('gives the newest first, of one kind when asked', async () => {
    const queue = open()
    for (const n of [1, 2, 3]) await queue.enqueue(n === 2 ? 'b' : 'a', n)
    expect((await queue.list()).map((job) => job.payload)).toEqual([3, 2, 1])
    expect((await queue.list({ kind: 'a', limit: 1 })).map((job) => job.payload)).toEqual([3])
  })
})
