// The official OpenAI client as a black box on /v1/batches.

import type OpenAI from 'openai'
import { NotFoundError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { errorFactory } from '../../core/index.js'
import { ledgerMessages } from '../../ledger/index.js'
import {
  type BatchGateway,
  type BatchGatewayOptions,
  chatLine,
  openTestBatches,
} from '../__fixtures__/batch-gateway.js'
import { keyRecord } from '../__fixtures__/harness.js'
import { until } from '../__fixtures__/start-gateway.js'

let test: Awaited<ReturnType<typeof openTestBatches>>
let gateway: BatchGateway
let client: OpenAI
beforeAll(async () => {
  test = await openTestBatches()
})
afterAll(() => test.close())
const start = async (options: BatchGatewayOptions = {}) => {
  gateway = await test.start(options)
  client = gateway.client
}
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  expect(problems).toEqual([])
})

const ledgerError = errorFactory(ledgerMessages)
const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const usage = { input: { total: 9, cacheRead: 0, cacheWrite: 0 }, output: { total: 5, reasoning: 0 } }
const endpoint = '/v1/chat/completions'
const create = async (lines: readonly unknown[], more: Partial<OpenAI.BatchCreateParams> = {}) =>
  client.batches.create({
    input_file_id: await gateway.upload(lines),
    endpoint,
    completion_window: '24h',
    ...more,
  })
const run = async (...given: Parameters<typeof create>) => gateway.ended((await create(...given)).id)
const textOf = (request: { messages: readonly { parts: readonly { text?: string }[] }[] }) =>
  request.messages.at(-1)?.parts[0]?.text ?? ''

describe('a batch of the OpenAI client', () => {
  it('answers each line once, as the endpoint would have, with a ledger row for each attempt', async () => {
    await start({ models: { main: (request) => ({ text: `you said ${textOf(request as never)}`, usage }) } })
    const lines = Array.from({ length: 25 }, (_, i) => chatLine(`第 ${i} 行`, `跨行轉帳 ${i} 🏦`))
    const made = await create(lines, { metadata: { night: 'one' } })
    expect(made).toMatchObject({
      object: 'batch',
      status: 'validating',
      endpoint,
      metadata: { night: 'one' },
    })
    const batch = await gateway.ended(made.id)
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 25, completed: 25, failed: 0 },
    })
    expect(batch.error_file_id).toBeUndefined()
    for (const at of [batch.in_progress_at, batch.finalizing_at, batch.completed_at])
      expect(at).toBeGreaterThanOrEqual(made.created_at)
    const results = await gateway.linesOf(batch.output_file_id)
    expect(results.map(({ custom_id }) => custom_id).toSorted()).toEqual(
      lines.map(({ custom_id }) => custom_id).toSorted(),
    )
    expect(new Set(results.map(({ id }) => id)).size).toBe(25)
    for (const { custom_id, response, error } of results) {
      expect(error).toBeNull()
      expect(response?.status_code).toBe(200)
      expect(response?.body.choices[0].message.content).toBe(
        `you said 跨行轉帳 ${custom_id.split(' ')[1]} 🏦`,
      )
      expect(response?.body.usage.total_tokens).toBe(14)
    }
    const { attempts } = gateway.ledger
    expect(attempts).toHaveLength(25)
    expect(
      attempts.every(({ keyId, tenant, settled }) => keyId === 'key_1' && tenant === 'acme' && settled),
    ).toBe(true)
    expect(new Set(attempts.map(({ requestId }) => requestId))).toEqual(
      new Set(results.map(({ response }) => response?.request_id)),
    )
    const file = await client.files.retrieve(batch.output_file_id as string)
    expect(file).toMatchObject({ purpose: 'batch_output' })
    const left = await test.store.pool.query('select from batches_line where batch_id = $1', [batch.id])
    expect(left.rows).toHaveLength(0)
  })

  it('puts what failed into the error file, with the status and the body that a client would have got', async () => {
    await start()
    const batch = await run([
      chatLine('good', 'hi'),
      chatLine('no such model', 'hi', { model: 'other' }),
      chatLine('streamed', 'hi', { stream: true }),
      { ...chatLine('no messages', ''), body: { model: 'chat' } },
    ])
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 4, completed: 1, failed: 3 },
    })
    const errors = await gateway.linesOf(batch.error_file_id)
    const codes = errors.map((line) => [
      line.custom_id,
      line.response?.status_code,
      line.response?.body.error.code,
      line.error,
    ])
    expect(codes).toEqual([
      ['no such model', 404, 'model_not_found', null],
      ['streamed', 400, 'invalid_value', null],
      ['no messages', 400, 'missing_required_parameter', null],
    ])
    expect((await gateway.linesOf(batch.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(['good'])
  })

  it('fails as a whole, with the number of each wrong line, when its file is not as it should be', async () => {
    await start()
    const batch = await run([
      chatLine('a', 'hi'),
      '{"custom_id": "b", ',
      '',
      chatLine('a', 'again'),
      { ...chatLine('c', 'hi'), url: '/v1/embeddings' },
      { ...chatLine('d', 'hi'), method: 'GET' },
      { custom_id: 'e', method: 'POST', url: endpoint, body: 'text' },
      [1],
      chatLine('long', 'x'.repeat(70_000)),
    ])
    expect(batch.status).toBe('failed')
    expect(batch.failed_at).toBeGreaterThan(0)
    expect(batch.errors?.data?.map(({ code, line, param }) => [line, code, param])).toEqual([
      [2, 'invalid_json_line', null],
      [4, 'duplicate_custom_id', 'custom_id'],
      [5, 'invalid_url', 'url'],
      [6, 'invalid_value', 'method'],
      [7, 'invalid_value', 'body'],
      [8, 'invalid_json_line', null],
      [9, 'line_too_long', null],
    ])
    expect(gateway.ledger.attempts).toEqual([])
    expect((await run([])).errors?.data?.map(({ code }) => code)).toEqual(['empty_file'])
  })

  it('may hold so many requests and no more', async () => {
    await start({ maxLines: 3 })
    const lines = Array.from({ length: 4 }, (_, i) => chatLine(`${i}`, 'hi'))
    expect((await run(lines)).errors?.data).toMatchObject([{ code: 'too_many_tasks' }])
    expect((await run(lines.slice(1))).status).toBe('completed')
  })

  it('is refused with the name of the field when it asks for what there is not', async () => {
    await start({ works: false })
    const refused = async (more: object) => failureOf(create([chatLine('a', 'hi')], more))
    expect(await refused({ endpoint: '/v1/files' })).toMatchObject({ status: 400, param: 'endpoint' })
    expect(await refused({ completion_window: '1h' })).toMatchObject({
      status: 400,
      param: 'completion_window',
    })
    expect(await refused({ input_file_id: 'file_none' })).toMatchObject({
      status: 404,
      param: 'input_file_id',
    })
    const data = await client.files.create({ file: new File(['x'], 'x'), purpose: 'user_data' })
    expect(await refused({ input_file_id: data.id })).toMatchObject({ status: 400, param: 'input_file_id' })
    expect(await refused({ output_expires_after: { anchor: 'created_at', seconds: 1 } })).toMatchObject({
      status: 400,
      param: 'seconds',
    })
  })

  it('runs each of the endpoints that OpenAI names', async () => {
    await start({
      embeddingModels: {
        vectors: {
          id: 'vectors',
          takesTokens: false,
          embed: async ({ input }: { input: readonly unknown[] }) => ({
            vectors: input.map(() => [1, 2]),
            usage: { input: { total: 3, cacheRead: 0, cacheWrite: 0 }, output: { total: 0, reasoning: 0 } },
            usageSource: 'reported',
          }),
        } as never,
      },
      architecture: {
        deployments: [
          { id: 'main', engine: 'scripted', model: 'main' },
          { id: 'vectors', engine: 'scripted', model: 'vectors', kind: 'embedding' },
        ],
        routes: [
          { name: 'chat', strategy: { deployment: 'main' } },
          { name: 'vectors', strategy: { deployment: 'vectors' } },
        ],
      },
    })
    const bodies = {
      '/v1/responses': [
        { model: 'chat', input: 'hi', store: false },
        { object: 'response', status: 'completed' },
      ],
      '/v1/embeddings': [{ model: 'vectors', input: 'hi' }, { object: 'list' }],
      '/v1/moderations': [{ input: 'hi' }, { results: [{ flagged: false }] }],
    } as const
    for (const [url, [body, answer]] of Object.entries(bodies)) {
      const batch = await run([{ custom_id: 'one', method: 'POST', url, body }], { endpoint: url as never })
      const [line] = await gateway.linesOf(batch.output_file_id ?? batch.error_file_id)
      expect([url, line?.response]).toMatchObject([url, { status_code: 200, body: answer }])
    }
  })
})

describe('a batch that is cancelled', () => {
  it('lets the requests under way end, begins no more, and says of each line what became of it', async () => {
    let begun = 0
    const go = Promise.withResolvers<void>()
    await start({
      concurrency: 2,
      models: {
        main: async () => {
          begun++
          await go.promise
          return 'late'
        },
      },
    })
    const { id } = await create(Array.from({ length: 10 }, (_, i) => chatLine(`${i}`, 'hi')))
    await until(() => begun === 2)
    expect(await client.batches.cancel(id)).toMatchObject({ status: 'cancelling' })
    expect((await client.batches.cancel(id)).status).toBe('cancelling')
    go.resolve()
    const batch = await gateway.ended(id)
    expect(batch).toMatchObject({
      status: 'cancelled',
      request_counts: { total: 10, completed: 2, failed: 0 },
    })
    expect(begun).toBe(2)
    expect(await gateway.linesOf(batch.output_file_id)).toHaveLength(2)
    const errors = await gateway.linesOf(batch.error_file_id)
    expect(errors).toHaveLength(8)
    for (const { response, error } of errors)
      expect([response, error?.code]).toEqual([null, 'batch_cancelled'])
  })

  it('cannot be cancelled once it has ended', async () => {
    await start()
    const { id } = await run([chatLine('a', 'hi')])
    expect(await failureOf(client.batches.cancel(id))).toMatchObject({ status: 409, code: 'batch_over' })
  })
})

describe('the key of a batch', () => {
  it('is asked for at each request: when it is revoked, what is left is refused', async () => {
    let begun = 0
    const go = Promise.withResolvers<void>()
    await start({
      concurrency: 1,
      models: {
        main: async () => {
          begun++
          await go.promise
          return 'ok'
        },
      },
    })
    const colleague = gateway.clientOf('la-colleague')
    const input_file_id = await gateway.upload([1, 2, 3].map((i) => chatLine(`${i}`, 'hi')))
    const { id } = await colleague.batches.create({ input_file_id, endpoint, completion_window: '24h' })
    await until(() => begun === 1)
    gateway.keys.delete('la-colleague')
    go.resolve()
    const batch = await gateway.ended(id)
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 1, failed: 2 } })
    for (const { response } of await gateway.linesOf(batch.error_file_id))
      expect([response?.status_code, response?.body.error.code]).toEqual([401, 'invalid_api_key'])
    expect(begun).toBe(1)
  })

  it('has its routes, its budget and its limits, as it would online', async () => {
    await start()
    gateway.keys.set('la-key', keyRecord({ id: 'key_1', routes: [] }))
    const refused = await run([chatLine('a', 'hi')])
    expect((await gateway.linesOf(refused.error_file_id))[0]?.response?.status_code).toBe(404)
    gateway.keys.set('la-key', keyRecord({ id: 'key_1' }))
    gateway.ledger.refuseWith = ledgerError('ledger.budget-exceeded', {
      keyId: 'key_1',
      limitUsd: 1,
      usedUsd: 1,
      neededUsd: 1,
    })
    const spent = await run([chatLine('a', 'hi'), chatLine('b', 'hi')])
    expect(spent.request_counts).toMatchObject({ completed: 0, failed: 2 })
    for (const { response } of await gateway.linesOf(spent.error_file_id))
      expect([response?.status_code, response?.body.error.code]).toEqual([429, 'insufficient_quota'])
  })

  it('shows its tenant the batch, and no other', async () => {
    await start({ works: false })
    const { id } = await create([chatLine('a', 'hi')])
    expect((await gateway.clientOf('la-colleague').batches.retrieve(id)).id).toBe(id)
    const stranger = gateway.clientOf('la-stranger')
    expect(await failureOf(stranger.batches.retrieve(id))).toBeInstanceOf(NotFoundError)
    expect(await failureOf(stranger.batches.cancel(id))).toBeInstanceOf(NotFoundError)
    expect((await stranger.batches.list()).data).toEqual([])
    const more = await Promise.all([1, 2, 3].map(() => create([chatLine('a', 'hi')])))
    const listed: string[] = []
    for await (const batch of client.batches.list({ limit: 2 })) listed.push(batch.id)
    expect(listed.slice(0, 4).toSorted()).toEqual([id, ...more.map((batch) => batch.id)].toSorted())
    for (const batch of listed) await client.batches.cancel(batch).catch(() => {})
  })
})

describe('beside batches', () => {
  it('a client is answered before a batch that began earlier, where one request runs at a time', async () => {
    const order: string[] = []
    await start({
      concurrency: 2,
      models: {
        main: (request) => {
          order.push(textOf(request as never))
          return 'ok'
        },
      },
      architecture: {
        deployments: [
          { id: 'main', engine: 'scripted', model: 'main', limits: { concurrency: 1, queue: 10 } },
        ],
      },
    })
    const { id } = await create(Array.from({ length: 30 }, (_, i) => chatLine(`${i}`, 'batch')))
    await until(() => order.length > 0)
    await client.chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: 'client' }] })
    const batch = await gateway.ended(id)
    expect(batch.request_counts).toMatchObject({ completed: 30 })
    expect(order).toHaveLength(31)
    expect(order.indexOf('client')).toBeLessThan(30)
  })

  it.each(['%00', 'a%00b', '..', '%ff', 'x'.repeat(3000)])(
    'no name of a file or a batch is a fault of ours: %s',
    async (name) => {
      await start({ works: false })
      const headers = { authorization: 'Bearer la-key' }
      for (const path of [
        `files/${name}`,
        `files/${name}/content`,
        `batches/${name}`,
        `messages/batches/${name}`,
      ]) {
        const { status } = await fetch(`${gateway.url}/v1/${path}`, { headers })
        expect([path, status >= 400 && status < 500]).toEqual([path, true])
      }
      for (const path of [`files?after=${name}`, `batches?after=${name}`, `files?limit=${name}`]) {
        const { status } = await fetch(`${gateway.url}/v1/${path}`, { headers })
        expect([path, status]).toEqual([path, 400])
      }
      expect((await fetch(`${gateway.url}/v1/files?purpose=${name}`, { headers })).status).toBe(200)
    },
  )
})
