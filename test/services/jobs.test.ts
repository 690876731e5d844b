import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog, systemClock } from '../../src/core/index.js'
import { createJobQueue, type JobQueue, type JobQueueOptions, jobMigrations } from '../../src/jobs/index.js'
import type { Store } from '../../src/store/index.js'
import { databaseUrl, openTestSchema, type TestSchema } from './postgres.js'

const killedWorker = fileURLToPath(new URL('./__fixtures__/job-worker.mjs', import.meta.url))
let schema: TestSchema
let store: Store
let queues: JobQueue[]

beforeEach(async () => {
  schema = await openTestSchema()
  store = await schema.connect()
  await store.migrate('jobs', jobMigrations)
  queues = []
})
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.close()))
  await schema.close()
})

/** A queue with connections of its own, as another process would have. */
const open = async (options: Partial<JobQueueOptions> = {}): Promise<JobQueue> => {
  const queue = createJobQueue({
    store: await schema.connect(),
    clock: systemClock,
    log: silentLog,
    pollMs: 10,
    retryDelayMs: 0,
    ...options,
  })
  queues.push(queue)
  return queue
}

describe('the job queue on PostgreSQL', () => {
  it('runs each job once, however many processes look for it at the same time', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => open()))
    const [first] = processes as [JobQueue, ...JobQueue[]]
    const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => first.enqueue('count', n)))
    const runs: unknown[] = []
    for (const queue of processes)
      queue.work('count', async ({ payload }) => runs.push(payload), { concurrency: 4 })
    for (const id of ids) expect(await first.wait(id)).toMatchObject({ state: 'done', attempts: 1 })
    expect(runs.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })

  it('makes one job per key, whoever asks', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => open()))
    const asked = processes.flatMap((queue) =>
      Array.from({ length: 10 }, () => queue.enqueue('ingest', {}, { key: 'handbook' })),
    )
    expect(new Set(await Promise.all(asked)).size).toBe(1)
  })

  it('tells a process that waits of a job that another one finished', async () => {
    const [here, there] = [await open(), await open()]
    const id = await here.enqueue('far', { n: 1 })
    const seen: unknown[] = []
    const finished = here.wait(id, undefined, (progress) => seen.push(progress))
    const go = Promise.withResolvers<string>()
    there.work('far', async ({ report }) => {
      report({ half: true })
      return go.promise
    })
    await vi.waitFor(() => expect(seen).toEqual([{ half: true }]))
    go.resolve('over there')
    expect(await finished).toMatchObject({ state: 'done', result: 'over there' })
  })

  it('hands a job over when its process died, and keeps it while it lives', async () => {
    const [dying, living] = [await open({ leaseMs: 300 }), await open({ leaseMs: 300 })]
    const started = Promise.withResolvers<void>()
    const go = Promise.withResolvers<string>()
    living.work('kept', async () => {
      started.resolve()
      return go.promise
    })
    const kept = await dying.enqueue('kept', {})
    await started.promise
    dying.work('kept', async () => 'stolen')
    const left = await dying.enqueue('left', {})
    await sql`update jobs_job set state = 'running', attempts = 1, lease_token = 'gone',
      lease_until = now() + interval '600 milliseconds' where id = ${left}`.execute(store.db)
    living.work('left', async ({ attempt }) => attempt)
    // Its lease is as long as two of the other's, so that one would have been stolen by now.
    expect(await living.wait(left)).toMatchObject({ state: 'done', result: 2 })
    go.resolve('mine')
    expect(await living.wait(kept)).toMatchObject({ state: 'done', result: 'mine', attempts: 1 })
  })

  it('resumes a job whose process was killed with -9, from the progress it had', async () => {
    const queue = await open()
    const id = await queue.enqueue('killed', {})
    const worker = spawn(process.execPath, [killedWorker, databaseUrl(), schema.name, '1500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(worker.stdout, 'data')) as [Buffer]
    expect(said.toString()).toBe('{"done":3}\n')
    worker.kill('SIGKILL')
    queue.work('killed', async ({ attempt, progress }) => ({ attempt, progress }))
    expect(await queue.wait(id)).toMatchObject({
      state: 'done',
      result: { attempt: 2, progress: { done: 3 } },
    })
  })

  it('keeps a job over the loss of the connections', async () => {
    const queue = await open()
    const admin = await schema.connect()
    const started = Promise.withResolvers<void>()
    const go = Promise.withResolvers<string>()
    queue.work('long', async () => {
      started.resolve()
      return go.promise
    })
    const id = await queue.enqueue('long', {})
    await started.promise
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query like '%jobs_job%'`.execute(
      admin.db,
    )
    go.resolve('survived')
    expect(await queue.wait(id)).toMatchObject({ state: 'done', result: 'survived', attempts: 1 })
  })
})
