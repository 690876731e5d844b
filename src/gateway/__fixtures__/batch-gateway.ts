// A gateway that keeps files and batches in a real database and works on them, with the official clients before it;
// what OpenAI's answers are is held against OpenAI's own schemas.

import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { toFile } from 'openai'
import { batchMigrations, createBatches, startBatchWorker } from '../../batches/index.js'
import { type Clock, silentLog, systemClock } from '../../core/index.js'
import { createFileStore, createUploads, fileMigrations } from '../../files/index.js'
import { createJobQueue, jobMigrations } from '../../jobs/index.js'
import { startTestStore } from '../../store/testing.js'
import { keyRecord, startTestGateway, type TestGateway, type TestOptions } from './harness.js'
import { problemsOfAnswer } from './openai-schemas.js'

export interface BatchGateway extends TestGateway {
  readonly client: OpenAI
  readonly anthropic: Anthropic
  clientOf(key: string): OpenAI
  anthropicOf(key: string): Anthropic
  /** Uploads lines as a file of the purpose `batch`. @returns its id */
  upload(lines: readonly unknown[], client?: OpenAI): Promise<string>
  /** The lines of a file, as JSON. */
  linesOf(fileId: string | undefined): Promise<readonly ResultLine[]>
  /** Resolves when a batch has ended. */
  ended(id: string): Promise<OpenAI.Batch>
  /** What is wrong with the answers so far. */
  problems(): Promise<readonly string[]>
}

export interface ResultLine {
  readonly id: string
  readonly custom_id: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever an endpoint answers
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: any } | null
  readonly error: { readonly code: string; readonly message: string } | null
}

export interface BatchGatewayOptions extends TestOptions {
  readonly limits?: Partial<{ maxFileBytes: number; maxTenantBytes: number }>
  readonly concurrency?: number
  readonly clock?: Clock
  /** Whether batches are worked on. Default true. */
  readonly works?: boolean
  readonly maxLines?: number
}

/** Opens the database once for all gateways of a test file. */
export const openTestBatches = async () => {
  const test = await startTestStore()
  await test.store.migrate('jobs', jobMigrations)
  await test.store.migrate('files', fileMigrations)
  await test.store.migrate('batches', batchMigrations)
  return {
    start: (options: BatchGatewayOptions = {}) => startBatchGateway(test.store, options),
    store: test.store,
    close: test.close,
  }
}

/** Lines of a file for chat completions. */
export const chatLine = (customId: string, text: string, more: object = {}) => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'chat', messages: [{ role: 'user', content: text }], ...more },
})

const mebibyte = 1024 * 1024

type Store = Awaited<ReturnType<typeof startTestStore>>['store']

const startBatchGateway = async (store: Store, options: BatchGatewayOptions): Promise<BatchGateway> => {
  const { clock = systemClock, limits, concurrency = 4, works = true, maxLines = 1_000, ...rest } = options
  const log = silentLog
  const jobs = createJobQueue({ store, clock, log, soleWorker: true, pollMs: 20 })
  const files = createFileStore({
    store,
    clock,
    maxFileBytes: mebibyte,
    maxTenantBytes: 8 * mebibyte,
    ...limits,
  })
  const uploads = createUploads({
    store,
    files,
    clock,
    maxFileBytes: mebibyte,
    maxTenantBytes: 8 * mebibyte,
    ...limits,
  })
  const batches = createBatches({ store, clock, jobs, retentionDays: 30 })
  const gateway = await startTestGateway({
    ...rest,
    clock,
    stored: { files, batches, uploads },
    architecture: {
      server: { requireKeys: true },
      files: { maxFileBytes: mebibyte, ...limits },
      ...options.architecture,
    },
  })
  for (const [key, tenant, id] of [
    ['la-key', 'acme', 'key_1'],
    ['la-colleague', 'acme', 'key_2'],
    ['la-stranger', 'other', 'key_3'],
  ] as const)
    gateway.keys.set(key, keyRecord({ tenant, id }))
  const worker = works
    ? startBatchWorker({
        jobs,
        store,
        files,
        answer: gateway.gateway.answerLine,
        clock,
        log,
        concurrency,
        limits: { maxLines, maxLineBytes: 64 * 1024 },
        graceMs: 100,
      })
    : undefined
  const read: Promise<readonly string[]>[] = []
  const clientOf = (apiKey: string) =>
    new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0, fetch: fetchAndCheck(read) })
  const anthropicOf = (apiKey: string) => new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 })
  const client = clientOf('la-key')
  return {
    ...gateway,
    client,
    anthropic: anthropicOf('la-key'),
    clientOf,
    anthropicOf,
    upload: async (lines, by = client) => {
      const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
      const file = await toFile(Buffer.from(text), 'input.jsonl')
      return (await by.files.create({ file, purpose: 'batch' })).id
    },
    linesOf: async (id) => {
      if (id === undefined) return []
      const text = await (await client.files.content(id)).text()
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    },
    ended: async (id) => {
      for (;;) {
        const batch = await client.batches.retrieve(id)
        if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    problems: async () => (await Promise.all(read)).flat(),
    close: async () => {
      await worker?.stop()
      await gateway.close()
      await batches.close()
      await files.close()
      await jobs.close()
    },
  }
}

const fetchAndCheck =
  (read: Promise<readonly string[]>[]): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    const url = new URL(String(input))
    const path = url.pathname
    if (response.ok && !path.endsWith('/content') && /^\/v1\/(files|batches|uploads)/.test(path)) {
      const copy = response.clone().text()
      read.push(copy.then((body) => problemsOfAnswer(url, 'application/json', body)))
    }
    return response
  }
