// Batches on a real PostgreSQL, with several processes at work on them.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AnswerLine,
  batchMigrations,
  createBatches,
  isEnded,
  startBatchWorker,
} from '../../src/batches/index.js'
import { silentLog, systemClock } from '../../src/core/index.js'
import { createFileStore, fileMigrations } from '../../src/files/index.js'
import { createJobQueue, type JobQueue, jobMigrations } from '../../src/jobs/index.js'
import { openTestSchema, type TestSchema } from './postgres.js'

let schema: TestSchema
const queues: JobQueue[] = []
beforeEach(async () => {
  schema = await openTestSchema()
  const store = await schema.connect()
  await store.migrate('jobs', jobMigrations)
  await store.migrate('files', fileMigrations)
  await store.migrate('batches', batchMigrations)
})
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()))
  await schema.close()
})

const log = silentLog
const clock = systemClock

/** With connections of its own, as another process would have. */
const startProcess = async (answer: AnswerLine) => {
  const store = await schema.connect()
  const jobs = createJobQueue({ store, clock, log, pollMs: 10, leaseMs: 300 })
  queues.push(jobs)
  const files = createFileStore({ store, clock, maxFileBytes: 1e7, maxTenantBytes: 1e8 })
  const batches = createBatches({ store, clock, jobs, retentionDays: 30 })
  startBatchWorker({
    jobs,
    store,
    files,
    answer,
    clock,
    log,
    concurrency: 3,
    limits: { maxLines: 1_000, maxLineBytes: 1_000 },
    graceMs: 0,
  })
  return { batches, files }
}

const tenant = 'acme'
const textOf = async (pieces: AsyncIterable<Uint8Array>) => {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all).toString()
}

describe('batches on PostgreSQL', () => {
  it('are each worked on by one process, and every line is answered once', async () => {
    const calls: string[] = []
    const answer: AnswerLine = async ({ body }) => {
      calls.push(body)
      return { answer: { status: 200, requestId: `req_${calls.length}`, body: '{"ok":1}' }, again: null }
    }
    const processes = await Promise.all([1, 2, 3].map(() => startProcess(answer)))
    const [{ batches, files }] = processes as [(typeof processes)[0]]
    const made = await Promise.all(
      [0, 1, 2, 3].map(async (batch) => {
        const lines = Array.from({ length: 50 }, (_, i) => {
          const body = { line: `${batch}-${i}` }
          return JSON.stringify({ custom_id: `${i}`, method: 'POST', url: '/v1/embeddings', body })
        })
        const input = await files.add(
          tenant,
          (async function* () {
            yield Buffer.from(lines.join('\n'))
          })(),
          () => ({ filename: 'input.jsonl', purpose: 'batch', expiresAfterMs: null }),
        )
        return batches.create(
          { tenant, keyId: 'key_1' },
          {
            dialect: 'openai',
            endpoint: '/v1/embeddings',
            inputFileId: input.id,
            metadata: null,
            outputExpiresAfterMs: null,
            lines: [],
          },
        )
      }),
    )
    for (const { id } of made) {
      let batch = await batches.find({ tenant, dialect: 'openai', id })
      while (!batch || !isEnded(batch)) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        batch = await batches.find({ tenant, dialect: 'openai', id })
      }
      expect(batch).toMatchObject({ status: 'completed', counts: { total: 50, succeeded: 50, failed: 0 } })
      const output = await files.find(tenant, `${id.replace('batch_', 'file_')}-output`)
      const text = await textOf(files.read(tenant, output as NonNullable<typeof output>))
      const ids = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).custom_id)
      expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
    }
    expect(new Set(calls).size).toBe(200)
    expect(calls).toHaveLength(200)
  })
})
