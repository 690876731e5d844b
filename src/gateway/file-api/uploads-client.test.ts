// The official OpenAI client as a black box on /v1/uploads.

import { createHash } from 'node:crypto'
import type OpenAI from 'openai'
import { toFile } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createManualClock } from '../../core/index.js'
import {
  type BatchGateway,
  type BatchGatewayOptions,
  openTestBatches,
} from '../__fixtures__/batch-gateway.js'

let test: Awaited<ReturnType<typeof openTestBatches>>
let gateway: BatchGateway
let client: OpenAI
beforeAll(async () => {
  test = await openTestBatches()
})
afterAll(() => test.close())
const start = async (options: BatchGatewayOptions = {}) => {
  gateway = await test.start({ works: false, ...options })
  client = gateway.client
}
afterEach(async () => {
  const problems = await gateway.problems()
  for await (const { id } of client.files.list()) await client.files.delete(id)
  await gateway.close()
  expect(problems).toEqual([])
})

const begin = (bytes: number, more: object = {}, by = client) =>
  by.uploads.create({ bytes, filename: '大檔.txt', mime_type: 'text/plain', purpose: 'user_data', ...more })
const send = async (uploadId: string, content: Uint8Array | string, by = client) =>
  (await by.uploads.parts.create(uploadId, { data: await toFile(Buffer.from(content), 'part') })).id
const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const piecesLeft = async () => {
  const { rows } = await test.store.pool.query('select count(*) from files_piece')
  return Number(rows[0].count)
}

describe('the OpenAI client', () => {
  it('makes a file of parts, in the order it names, with bytes as they were', async () => {
    await start()
    const halves = [Buffer.alloc(300_000, 'a'), Buffer.alloc(300_001, 'b')] as const
    const whole = Buffer.concat(halves)
    const upload = await begin(whole.length, { expires_after: { anchor: 'created_at', seconds: 3_600 } })
    expect(upload).toMatchObject({
      status: 'pending',
      bytes: 600_001,
      filename: '大檔.txt',
      purpose: 'user_data',
    })
    expect(upload.expires_at - upload.created_at).toBe(3_600)
    const second = await send(upload.id, halves[1])
    const first = await send(upload.id, halves[0])
    const md5 = createHash('md5').update(whole).digest('hex')
    const done = await client.uploads.complete(upload.id, { part_ids: [first, second], md5 })
    expect(done).toMatchObject({ id: upload.id, status: 'completed', file: { bytes: 600_001 } })
    const id = done.file?.id ?? ''
    expect((await client.files.retrieve(id)).expires_at).toBeGreaterThan(upload.created_at)
    expect(Buffer.from(await (await client.files.content(id)).arrayBuffer()).equals(whole)).toBe(true)
    // An answer may be lost on its way: asked again, it is the same.
    expect(await client.uploads.complete(upload.id, { part_ids: [first, second] })).toEqual(done)
    expect(await piecesLeft()).toBe(3)
  })

  it('may send a batch so', async () => {
    await start()
    const upload = await begin(5, { purpose: 'batch' })
    const done = await client.uploads.complete(upload.id, { part_ids: [await send(upload.id, 'lines')] })
    expect((done.file?.expires_at ?? 0) - (done.file?.created_at ?? 0)).toBe(30 * 86_400)
  })

  it('is told what does not fit, and may try again', async () => {
    await start()
    const upload = await begin(6)
    const part = await send(upload.id, 'abc')
    const other = await send(upload.id, 'def')
    const completed = (part_ids: string[], md5?: string) =>
      failureOf(client.uploads.complete(upload.id, { part_ids, ...(md5 && { md5 }) }))
    expect(await completed([part])).toMatchObject({ status: 400, param: 'part_ids' })
    expect(await completed([part, 'part_none'])).toMatchObject({ status: 400, param: 'part_ids' })
    expect(await completed([other, part], createHash('md5').update('abcdef').digest('hex'))).toMatchObject({
      status: 400,
      param: 'md5',
    })
    expect((await client.files.list()).data).toEqual([])
    expect(await failureOf(send(upload.id, 'more than six'))).toMatchObject({ status: 400, param: 'data' })
    expect(await failureOf(begin(0))).toMatchObject({ status: 400, param: 'bytes' })
    expect(await failureOf(begin(5, { purpose: 'fine-tune' }))).toMatchObject({
      status: 400,
      param: 'purpose',
    })
    expect(await completed([part, other])).toMatchObject({ status: 'completed' })
  })

  it('cancels an upload, or lets it expire, and nothing is left of it', async () => {
    const clock = createManualClock(Date.parse('2026-11-26T10:00:00Z'))
    await start({ clock })
    const before = await piecesLeft()
    const upload = await begin(3)
    const part = await send(upload.id, 'abc')
    expect(await client.uploads.cancel(upload.id)).toMatchObject({ status: 'cancelled' })
    expect(await piecesLeft()).toBe(before)
    expect(await failureOf(client.uploads.complete(upload.id, { part_ids: [part] }))).toMatchObject({
      status: 400,
      code: 'upload_over',
    })
    const late = await begin(3)
    await clock.advance(3_600_000)
    expect(await failureOf(send(late.id, 'abc'))).toMatchObject({ status: 400, code: 'upload_over' })
  })

  it("does not see another tenant's", async () => {
    await start()
    const upload = await begin(3)
    const stranger = gateway.clientOf('la-stranger')
    expect(await failureOf(send(upload.id, 'abc', stranger))).toMatchObject({ status: 404 })
    expect(await failureOf(stranger.uploads.cancel(upload.id))).toMatchObject({ status: 404 })
  })

  it('is refused before the first byte what would be too large, uploads under way included', async () => {
    await start({ limits: { maxFileBytes: 1_000, maxTenantBytes: 1_500 } })
    expect(await failureOf(begin(1_001))).toMatchObject({ status: 413, code: 'file_too_large' })
    const { id } = await begin(1_000)
    expect(await failureOf(begin(501))).toMatchObject({ status: 413, code: 'storage_limit_exceeded' })
    await client.uploads.cancel(id)
    expect(await begin(501)).toMatchObject({ status: 'pending' })
  })
})
