// Batches worked on by the real queue, on a real database, with whatever answers a test wants.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ArchitectError, type Clock, createManualClock, silentLog, systemClock } from '../core/index.js'
import { createJobQueue, type JobQueue, jobMigrations } from '../jobs/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import {
  type AnswerLine,
  type Batch,
  type Batches,
  type BatchWorkerOptions,
  batchMigrations,
  createBatches,
  isEnded,
  type LineAnswer,
  type LineResult,
  startBatchWorker,
} from './index.js'

let test: TestStore
let queues: JobQueue[] = []
beforeAll(async () => {
  test = await startTestStore()
  await test.store.migrate('jobs', jobMigrations)
  await test.store.migrate('batches', batchMigrations)
})
afterAll(() => test.close())
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.close()
  // What a test leaves unfinished on purpose is no later test's business.
  await test.store.pool.query('delete from jobs_job')
  await test.store.pool.query('delete from batches_batch')
})

const noFiles = {
  find: async () => undefined,
  read: async function* () {},
  leave: async () => {},
}
const owner = { tenant: 'acme', keyId: 'key_1' }

/** A process of its own, as far as the database can tell. */
const startProcess = (
  answer: AnswerLine,
  { clock = systemClock, concurrency = 2, graceMs = 0, files = noFiles as BatchWorkerOptions['files'] } = {},
) => {
  const { store } = test
  const log = silentLog
  const jobs = createJobQueue({
    store,
    clock: systemClock,
    log,
    soleWorker: true,
    pollMs: 10,
    retryDelayMs: 1,
  })
  queues.push(jobs)
  const batches = createBatches({ store, clock, jobs, retentionDays: 30 })
  const limits = { maxLines: 100, maxLineBytes: 1000 }
  const worker = startBatchWorker({
    jobs,
    store,
    files,
    answer,
    clock,
    log,
    concurrency,
    limits,
    graceMs,
  })
  return { batches, worker }
}

const create = (batches: Batches, count: number) =>
  batches.create(owner, {
    dialect: 'anthropic',
    endpoint: '/v1/messages',
    inputFileId: null,
    metadata: null,
    outputExpiresAfterMs: null,
    lines: Array.from({ length: count }, (_, i) => ({ customId: `${i}`, body: `{"n":${i}}` })),
  })

const ended = async (batches: Batches, { id }: Pick<Batch, 'id'>): Promise<Batch> => {
  for (;;) {
    const batch = await batches.find({ tenant: 'acme', dialect: 'anthropic', id })
    if (batch && isEnded(batch)) return batch
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const resultsOf = async (batches: Batches, batch: Pick<Batch, 'id'>) => {
  const results: LineResult[] = []
  for await (const result of batches.results(batch)) results.push(result)
  return results
}

let requests = 0
const good = (): LineAnswer => ({
  answer: { status: 200, requestId: `req_${requests++}`, body: '{"ok":true}' },
  again: null,
})
const failed = (again: LineAnswer['again'], status = 503): LineAnswer => ({
  answer: { status, requestId: `req_${requests++}`, body: '{"error":{}}' },
  again,
})
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1))
}
const never = () => new Promise<never>(() => {})

describe('a batch', () => {
  it('has at most so many requests under way, over all batches', async () => {
    let running = 0
    let most = 0
    const { batches } = startProcess(
      async () => {
        most = Math.max(most, ++running)
        await until(() => most >= 3)
        running--
        return good()
      },
      { concurrency: 3 },
    )
    const made = await Promise.all([create(batches, 10), create(batches, 10)])
    for (const batch of made)
      expect((await ended(batches, batch)).counts).toMatchObject({ total: 10, succeeded: 10, failed: 0 })
    expect(most).toBe(3)
  })

  it('goes on after its process died, without a line that had a result, and each line has one', async () => {
    const calls = new Map<string, number>()
    const count = (body: string) => calls.set(body, (calls.get(body) ?? 0) + 1)
    let answered = 0
    const dying = startProcess(
      async ({ body }) => {
        count(body)
        // Two results, then two requests that nobody ever hears of again.
        return answered++ < 2 ? good() : never()
      },
      { graceMs: 600_000 },
    )
    const made = await create(dying.batches, 6)
    await until(() => calls.size === 4)
    // It takes no more, and what it has at hand never ends: dead, as far as others can tell.
    queues = []
    void dying.worker.stop()
    const { batches } = startProcess(async ({ body }) => {
      count(body)
      return good()
    })
    const batch = await ended(batches, made)
    expect(batch).toMatchObject({ status: 'completed', counts: { total: 6, succeeded: 6 } })
    expect((await resultsOf(batches, batch)).map(({ customId }) => customId)).toEqual([...'012345'])
    expect([...calls.values()].toSorted()).toEqual([1, 1, 1, 1, 2, 2])
  })

  it('gives up a line whose process dies time and again', async () => {
    const { batches } = startProcess(async () => good())
    const made = await create(batches, 1)
    await ended(batches, made)
    await test.store.pool.query(
      `update batches_line set outcome = null, starts = 5 where batch_id = '${made.id}'`,
    )
    await test.store.pool.query(
      `update batches_batch set status = 'in_progress', succeeded = 0 where id = '${made.id}'`,
    )
    batches.start()
    const batch = await ended(batches, made)
    expect(batch.counts).toMatchObject({ succeeded: 0, failed: 1 })
    expect(await resultsOf(batches, batch)).toMatchObject([{ outcome: 'failed', answer: null }])
    await batches.close()
  })

  it('lets requests end when its process is told to, and goes on at the next start', async () => {
    const go = Promise.withResolvers<void>()
    let begun = 0
    const first = startProcess(
      async () => {
        begun++
        await go.promise
        return good()
      },
      { graceMs: 60_000 },
    )
    const made = await create(first.batches, 4)
    await until(() => begun === 2)
    const stopped = first.worker.stop()
    go.resolve()
    await stopped
    expect(begun).toBe(2)
    expect(await resultsOf(first.batches, made)).toHaveLength(2)
    const second = startProcess(async () => good())
    expect((await ended(second.batches, made)).counts.succeeded).toBe(4)
  })

  it('ends requests that take longer than that, and asks them again at the next start', async () => {
    let begun = 0
    const first = startProcess(async ({ signal }) => {
      begun++
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw signal.reason
    })
    const made = await create(first.batches, 2)
    await until(() => begun === 2)
    await first.worker.stop()
    expect(await resultsOf(first.batches, made)).toEqual([])
    const second = startProcess(async () => good())
    expect((await ended(second.batches, made)).counts.succeeded).toBe(2)
  })
})

describe('the input file of a batch', () => {
  const lines = Array.from({ length: 5 }, (_, i) =>
    Buffer.from(`{"custom_id":"${i}","method":"POST","url":"/v1/embeddings","body":{"n":${i}}}\n`),
  )
  const outputs = new Map<string, string>()
  const filesReading = (read: BatchWorkerOptions['files']['read']): BatchWorkerOptions['files'] => ({
    find: async (_tenant, id) => ({ id, bytes: 1 }),
    read,
    leave: async (_tenant, id, _file, content) => {
      let text = ''
      for await (const piece of content) text += Buffer.from(piece).toString()
      outputs.set(id, text)
    },
  })
  const made = (batches: Batches) =>
    batches.create(owner, {
      dialect: 'openai',
      endpoint: '/v1/embeddings',
      inputFileId: 'file_1',
      metadata: null,
      outputExpiresAfterMs: null,
      lines: [],
    })
  const endedOpenAi = async (batches: Batches, { id }: Pick<Batch, 'id'>): Promise<Batch> => {
    for (;;) {
      const batch = await batches.find({ tenant: 'acme', dialect: 'openai', id })
      if (batch && isEnded(batch)) return batch
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('is read anew after a crash, and no line stands twice', async () => {
    let reads = 0
    const { batches } = startProcess(async () => good(), {
      files: filesReading(async function* () {
        reads++
        yield* lines.slice(0, 3)
        if (reads === 1) throw new ArchitectError('test.away', {}, 'away', { retryable: true })
        yield* lines.slice(3)
      }),
    })
    const batch = await endedOpenAi(batches, await made(batches))
    expect([reads, batch.counts]).toMatchObject([2, { total: 5, succeeded: 5 }])
    const ids = [...outputs.values()]
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).custom_id)
    expect(ids).toEqual([...'01234'])
  })

  it('that is not there any more fails it', async () => {
    const { batches } = startProcess(async () => good())
    const batch = await endedOpenAi(batches, await made(batches))
    expect(batch).toMatchObject({
      status: 'failed',
      problems: [{ field: 'input_file_id', message: { code: 'batches.input-missing' } }],
    })
  })

  it('ends at a cancellation that comes while it is read', async () => {
    const reading = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const { batches } = startProcess(async () => good(), {
      files: filesReading(async function* () {
        yield* lines
        reading.resolve()
        await go.promise
      }),
    })
    const { id } = await made(batches)
    await reading.promise
    await batches.cancel({ tenant: 'acme', dialect: 'openai', id })
    go.resolve()
    const batch = await endedOpenAi(batches, { id })
    expect(batch).toMatchObject({ status: 'cancelled', counts: { succeeded: 0, cancelled: 5 } })
  })
})

describe('a request of a batch', () => {
  it('that fails in a way that may pass is tried five times', async () => {
    let tries = 0
    const { batches } = startProcess(async () => {
      tries++
      return failed({ afterMs: 1, isLimit: false })
    })
    const batch = await ended(batches, await create(batches, 1))
    expect([tries, batch.counts.failed]).toEqual([5, 1])
    expect(await resultsOf(batches, batch)).toMatchObject([{ outcome: 'failed', answer: { status: 503 } }])
  })

  it('waits for the limit of its key for as long as it takes', async () => {
    let tries = 0
    const { batches } = startProcess(async () =>
      ++tries < 12 ? failed({ afterMs: 1, isLimit: true }, 429) : good(),
    )
    const batch = await ended(batches, await create(batches, 1))
    expect([tries, batch.counts.succeeded]).toEqual([12, 1])
  })

  it('is not begun, and waits for nothing more, once the window of the batch is over', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1))
    let begun = 0
    const { batches } = startProcess(
      async () => (begun++ === 0 ? good() : failed({ afterMs: 3_600_000, isLimit: true }, 429)),
      { clock: clock as Clock as never, concurrency: 1 },
    )
    const made = await create(batches, 3)
    await until(() => begun === 2 && clock.sleeping() > 0)
    while (clock.wallMs() < made.expiresAt.getTime()) await clock.advance(3_600_000)
    const batch = await ended(batches, made)
    expect(batch).toMatchObject({
      status: 'expired',
      counts: { total: 3, succeeded: 1, failed: 0, expired: 2 },
    })
    expect((await resultsOf(batches, batch)).map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'expired',
      'expired',
    ])
  })

  it('that waits is not waited for when the batch is cancelled', async () => {
    let begun = 0
    const { batches } = startProcess(async () => {
      begun++
      return failed({ afterMs: 3_600_000, isLimit: true }, 429)
    })
    const made = await create(batches, 3)
    await until(() => begun === 2)
    await batches.cancel({ tenant: 'acme', dialect: 'anthropic', id: made.id })
    const batch = await ended(batches, made)
    expect(batch).toMatchObject({ status: 'cancelled', counts: { cancelled: 3, failed: 0 } })
  })
})

describe('a batch that cannot be worked on', () => {
  it('has failed and says so, instead of being tried for ever', async () => {
    const { batches } = startProcess(async () => {
      throw new ArchitectError('test.broken', {}, 'broken')
    })
    const batch = await ended(batches, await create(batches, 2))
    expect(batch).toMatchObject({ status: 'failed', counts: { failed: 2 } })
    expect(batch.problems).toMatchObject([
      { message: { code: 'batches.broken', params: { code: 'test.broken' } } },
    ])
  })
})
