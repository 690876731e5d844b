// The official OpenAI client as a black box on /v1/files.

import type OpenAI from 'openai'
import { type BadRequestError, NotFoundError, toFile } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type BatchGateway,
  type BatchGatewayOptions,
  openTestBatches,
} from '../__fixtures__/batch-gateway.js'
import { connectRaw } from '../__fixtures__/raw-client.js'
import { errorOf } from '../__fixtures__/start-gateway.js'

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
  for (const by of [client, gateway.clientOf('la-stranger')])
    for await (const { id } of by.files.list()) await by.files.delete(id)
  await gateway.close()
  expect(problems).toEqual([])
})

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const upload = async (content: Uint8Array | string, more: object = {}, by = client) =>
  by.files.create({ file: await toFile(Buffer.from(content), 'a 檔.txt'), purpose: 'user_data', ...more })

describe('the OpenAI client', () => {
  it('finds a file again as it was, of any size and any bytes', async () => {
    await start()
    const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 7919) % 256))
    const file = await upload(bytes)
    expect(file).toMatchObject({ object: 'file', bytes: 700_001, filename: 'a 檔.txt', purpose: 'user_data' })
    expect(await client.files.retrieve(file.id)).toEqual(file)
    const again = Buffer.from(await (await client.files.content(file.id)).arrayBuffer())
    expect(again.equals(bytes)).toBe(true)
    const empty = await upload('')
    expect((await (await client.files.content(empty.id)).arrayBuffer()).byteLength).toBe(0)
  })

  it.each(['assistants', 'vision', 'user_data', 'batch'] as const)(
    'may leave a file of the purpose %s',
    async (purpose) => {
      await start()
      const file = await upload('some text', { purpose })
      expect([file.purpose, await (await client.files.content(file.id)).text()]).toEqual([
        purpose,
        'some text',
      ])
    },
  )

  it('lists files by purpose, in either order, page by page', async () => {
    await start()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await upload(`file ${i}`)).id)
    const batchFile = await gateway.upload([{}])
    const all: string[] = []
    for await (const { id } of client.files.list({ limit: 2, order: 'asc' })) all.push(id)
    expect(all).toEqual([...ids, batchFile])
    expect((await client.files.list({ purpose: 'batch' })).data.map(({ id }) => id)).toEqual([batchFile])
    const newest = await client.files.list({ limit: 1 })
    expect([newest.data[0]?.id, newest.has_more]).toEqual([batchFile, true])
    expect(await failureOf(client.files.list({ after: 'file_none' }))).toMatchObject({
      status: 400,
      param: 'after',
    })
  })

  it('deletes a file, and its content with it', async () => {
    await start()
    const { id } = await upload('secret')
    expect(await client.files.delete(id)).toEqual({ id, object: 'file', deleted: true })
    expect(await failureOf(client.files.content(id))).toBeInstanceOf(NotFoundError)
    expect(await failureOf(client.files.delete(id))).toBeInstanceOf(NotFoundError)
    const { rows } = await test.store.pool.query('select from files_piece where file_id = $1', [id])
    expect(rows).toHaveLength(0)
  })

  it("sees its own tenant's files, and no other's", async () => {
    await start()
    const { id } = await upload('ours')
    const colleague = gateway.clientOf('la-colleague')
    expect(await (await colleague.files.content(id)).text()).toBe('ours')
    const stranger = gateway.clientOf('la-stranger')
    for (const attempt of [
      () => stranger.files.retrieve(id),
      () => stranger.files.content(id),
      () => stranger.files.delete(id),
      () =>
        stranger.batches.create({ input_file_id: id, endpoint: '/v1/embeddings', completion_window: '24h' }),
    ])
      expect(await failureOf(attempt())).toBeInstanceOf(NotFoundError)
    expect((await stranger.files.list()).data).toEqual([])
    expect((await client.files.retrieve(id)).id).toBe(id)
  })

  it('is told what is wrong with an upload', async () => {
    await start()
    const refused = async (more: object) =>
      (await failureOf(upload('text', more))) as InstanceType<typeof BadRequestError>
    for (const purpose of ['fine-tune', 'evals'])
      expect(await refused({ purpose })).toMatchObject({ status: 400, param: 'purpose' })
    expect(await refused({ expires_after: { anchor: 'created_at', seconds: 5 } })).toMatchObject({
      status: 400,
      param: 'expires_after[seconds]',
    })
    const headers = { authorization: 'Bearer la-key' }
    const form = new FormData()
    form.set('purpose', 'batch')
    const noFile = await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form })
    expect([noFile.status, (await errorOf(noFile)).param]).toEqual([400, 'file'])
    const json = await gateway.postTo('/v1/files', {}, headers)
    expect([json.status, (await errorOf(json)).code]).toEqual([400, 'invalid_content_type'])
    const cut = await fetch(`${gateway.url}/v1/files`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nhalf',
    })
    expect([cut.status, (await errorOf(cut)).code]).toEqual([400, 'invalid_form'])
    expect((await client.files.list()).data).toEqual([])
  })

  it('keeps a file no longer than it says', async () => {
    await start()
    const file = await upload('soon gone', { expires_after: { anchor: 'created_at', seconds: 3600 } })
    expect((file.expires_at ?? 0) - file.created_at).toBe(3600)
    const batchFile = await client.files.retrieve(await gateway.upload([{}]))
    expect((batchFile.expires_at ?? 0) - batchFile.created_at).toBe(30 * 86_400)
    await test.store.pool.query(
      "update files_file set expires_at = now() - interval '1 second' where id = $1",
      [file.id],
    )
    expect(await failureOf(client.files.retrieve(file.id))).toBeInstanceOf(NotFoundError)
  })

  it('is refused a file over the limit of one file, or of its tenant', async () => {
    await start({ limits: { maxFileBytes: 300_000, maxTenantBytes: 500_000 } })
    const large = await failureOf(upload(Buffer.alloc(300_001)))
    expect(large).toMatchObject({ status: 413, code: 'file_too_large' })
    // Without a length in its head, it is found out on the way.
    const chunked = await fetch(`${gateway.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer la-key', 'content-type': 'multipart/form-data; boundary=x' },
      body: new Blob([
        '--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n',
        new Uint8Array(2_000_000),
      ]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([chunked.status, (await errorOf(chunked)).code]).toEqual([413, 'file_too_large'])
    await upload(Buffer.alloc(300_000))
    const quota = await failureOf(upload(Buffer.alloc(300_000)))
    expect(quota).toMatchObject({ status: 413, code: 'storage_limit_exceeded' })
    expect(String(quota)).toContain('maxTenantBytes')
    expect((await gateway.clientOf('la-stranger').files.list()).data).toEqual([])
    await upload(Buffer.alloc(300_000), {}, gateway.clientOf('la-stranger'))
    const strays = 'select from files_piece where file_id not in (select id from files_file)'
    expect((await test.store.pool.query(strays)).rows).toHaveLength(0)
  })
})

describe('an upload', () => {
  const head = [
    'POST /v1/files HTTP/1.1',
    'host: 127.0.0.1',
    'authorization: Bearer la-key',
    'content-type: multipart/form-data; boundary=x',
    'content-length: 900000',
    '',
    '--x',
    'content-disposition: form-data; name="file"; filename="f"',
    '',
    '',
  ].join('\r\n')
  const pieces = async () => {
    const strays = 'select from files_piece where file_id not in (select id from files_file)'
    return (await test.store.pool.query(strays)).rows.length
  }
  const untilPieces = async (count: number) => {
    while ((await pieces()) !== count) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('that does not go on is ended, and nothing of it stays', async () => {
    await start({ patience: { bodyIdleMs: 100 } })
    const client = await connectRaw(gateway.port)
    client.write(head)
    client.write(Buffer.alloc(300_000, 'a'))
    const answer = await client.ended()
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('"code":"request_timeout"')
    expect(await pieces()).toBe(0)
  })

  it('whose client leaves in the middle leaves nothing', async () => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write(head)
    client.write(Buffer.alloc(300_000, 'a'))
    await untilPieces(1)
    client.socket.destroy()
    await untilPieces(0)
    expect((await gateway.client.files.list()).data).toEqual([])
  })

  it('is refused before its body when it says that it is too large', async () => {
    await start()
    const client = await connectRaw(gateway.port)
    client.write(head.replace('900000', '90000000').replace('host:', 'expect: 100-continue\r\nhost:'))
    const answer = await client.ended()
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).not.toContain('100 Continue')
  })
})
