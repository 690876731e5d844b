import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../core/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { conversationMigrations, createConversations, endLeftResponses } from './index.js'
import type { Conversations, KeptResponse, Owner } from './records.js'

let test: TestStore
let open: Conversations[] = []
beforeAll(async () => {
  test = await startTestStore()
  await test.store.migrate('conversations', conversationMigrations)
})
afterAll(() => test.close())
afterEach(async () => {
  for (const kept of open) await kept.close()
  open = []
})

const dayMs = 86_400_000
const start = (clock: ManualClock = createManualClock(Date.UTC(2026, 0, 1)), retentionDays?: number) => {
  const kept = createConversations({
    store: test.store,
    clock,
    ...(retentionDays !== undefined && { retentionDays }),
  })
  open.push(kept)
  return kept
}

let owners = 0
const newOwner = (): Owner => ({ tenant: `tenant-${owners++}`, keyId: 'key_1' })
const item = (id: string) => ({ id, type: 'message', content: `text of ${id}` })
const response = (id: string, more: Partial<KeptResponse> = {}): KeptResponse => ({
  id,
  previousId: null,
  conversationId: null,
  input: [item(`in_${id}`)],
  response: { id, output: [item(`out_${id}`)] },
  ...more,
})

describe('kept responses', () => {
  it('come back as they were, whatever is written in them', async () => {
    const kept = start()
    const owner = newOwner()
    const odd = response('resp_1', { response: { id: 'resp_1', text: 'NUL \u0000, lone \ud800, 跨行 🏦' } })
    await kept.keepResponse(owner, odd, [])
    expect(await kept.findResponse(owner, 'resp_1')).toEqual(odd)
  })

  it('are found by the items they have said, also those that ran in the background', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.keepResponse(owner, response('a'), [])
    await kept.beginResponse(owner, { ...response('b', { response: { id: 'b' } }), ifAbandoned: {} })
    expect(await kept.findItems(owner, ['out_b', 'out_a'])).toEqual([item('out_a')])
    const { conversationId, response: ended } = response('b')
    await kept.endResponse(owner, { id: 'b', conversationId, response: ended, events: null }, [])
    expect(await kept.findItems(owner, ['out_b', 'in_a', 'out_a'])).toEqual([item('out_b'), item('out_a')])
    expect(await kept.findItems(newOwner(), ['out_a'])).toEqual([])
  })

  it('are a chain, oldest first, which says what is missing from it', async () => {
    const kept = start()
    const owner = newOwner()
    const ids = ['a', 'b', 'c']
    for (const [i, id] of ids.entries())
      await kept.keepResponse(owner, response(id, { previousId: ids[i - 1] ?? null }), [])
    const whole = await kept.chain(owner, 'c')
    expect([whole.responses.map(({ id }) => id), whole.missing]).toEqual([ids, null])
    expect(await kept.removeResponse(owner, 'a')).toBe(true)
    expect(await kept.removeResponse(owner, 'a')).toBe(false)
    const broken = await kept.chain(owner, 'c')
    expect([broken.responses.map(({ id }) => id), broken.missing]).toEqual([['b', 'c'], 'a'])
    expect(await kept.chain(owner, 'a')).toEqual({ responses: [], missing: null })
  })

  it('are seen by nobody else: no other tenant, and no other key of the tenant', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.keepResponse(owner, response('resp_1'), [])
    await kept.create(owner, { id: 'conv_1', metadata: {} })
    for (const other of [newOwner(), { ...owner, keyId: 'key_2' }]) {
      expect(await kept.findResponse(other, 'resp_1')).toBeUndefined()
      expect((await kept.chain(other, 'resp_1')).responses).toEqual([])
      expect(await kept.removeResponse(other, 'resp_1')).toBe(false)
      expect(await kept.find(other, 'conv_1')).toBeUndefined()
      expect(await kept.setMetadata(other, 'conv_1', {})).toBeUndefined()
      await kept.addItems(other, 'conv_1', [item('stranger')])
      expect(await kept.remove(other, 'conv_1')).toBe(false)
      await kept.keepResponse(other, response('resp_2', { previousId: 'resp_1' }), [])
      expect(await kept.chain(other, 'resp_2')).toMatchObject({
        responses: [{ id: 'resp_2' }],
        missing: 'resp_1',
      })
    }
    expect(await kept.items(owner, 'conv_1')).toEqual([])
    expect(await kept.findResponse(owner, 'resp_1')).toBeDefined()
  })

  it('are forgotten after their time, for readers at once and in the table within the hour', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1))
    const kept = start(clock, 2)
    const owner = newOwner()
    await kept.keepResponse(owner, response('old'), [])
    await clock.advance(dayMs)
    await kept.keepResponse(owner, response('new', { previousId: 'old' }), [])
    await clock.advance(dayMs - 1)
    expect(await kept.findResponse(owner, 'old')).toBeDefined()
    await clock.advance(1)
    expect(await kept.findResponse(owner, 'old')).toBeUndefined()
    expect(await kept.removeResponse(owner, 'old')).toBe(false)
    expect(await kept.chain(owner, 'new')).toMatchObject({ responses: [{ id: 'new' }], missing: 'old' })
    kept.start()
    await clock.advance(3_600_000)
    await kept.close()
    const { rows } = await test.store.pool.query('select id from conversations_response where tenant = $1', [
      owner.tenant,
    ])
    expect(rows).toEqual([{ id: 'new' }])
  })
})

describe('a running response', () => {
  const begun = (id: string, more: Partial<KeptResponse> = {}) => ({
    ...response(id, { response: { id, status: 'in_progress' }, ...more }),
    ifAbandoned: { id, status: 'failed' },
  })
  const ended = (id: string, conversationId: string | null = null) => ({
    id,
    conversationId,
    response: { id, status: 'completed' },
    events: 'event: a',
  })

  it('ends once, with its events, and adds to its conversation then', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.create(owner, { id: 'conv_1', metadata: {} })
    await kept.beginResponse(owner, begun('resp_1', { conversationId: 'conv_1' }))
    expect(await kept.findResponse(owner, 'resp_1')).toEqual({
      ...response('resp_1', { conversationId: 'conv_1' }),
      response: { id: 'resp_1', status: 'in_progress' },
    })
    expect(await kept.renewResponse(owner, 'resp_1')).toBe(true)
    expect(await kept.items(owner, 'conv_1')).toEqual([])
    expect(await kept.endResponse(owner, ended('resp_1', 'conv_1'), ['a', 'b'].map(item))).toBe(true)
    const late = { ...ended('resp_1', 'conv_1'), response: { id: 'resp_1', status: 'cancelled' } }
    expect(await kept.endResponse(owner, late, [item('c')])).toBe(false)
    expect(await kept.renewResponse(owner, 'resp_1')).toBe(false)
    expect((await kept.items(owner, 'conv_1')).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ response: { status: 'completed' } })
    expect(await kept.responseEvents(owner, 'resp_1')).toBe('event: a')
    expect(await kept.responseEvents(newOwner(), 'resp_1')).toBeNull()
  })

  it('is given up when it was not renewed, for every reader and for good', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1))
    const kept = start(clock)
    const owner = newOwner()
    await kept.beginResponse(owner, begun('resp_1'))
    await kept.beginResponse(owner, begun('resp_2', { previousId: 'resp_1' }))
    await clock.advance(20_000)
    expect(await kept.renewResponse(owner, 'resp_1')).toBe(true)
    await clock.advance(10_000)
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ response: { status: 'in_progress' } })
    expect((await kept.chain(owner, 'resp_2')).responses.map((one) => one.response.status)).toEqual([
      'in_progress',
      'failed',
    ])
    await clock.advance(20_000)
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ response: { status: 'failed' } })
    expect(await kept.endResponse(owner, ended('resp_1'), [])).toBe(false)
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ response: { status: 'failed' } })
  })

  it('is given up at once where nobody else uses the database', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.beginResponse(owner, begun('resp_1'))
    expect(await endLeftResponses(test.store)).toBeGreaterThan(0)
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ response: { status: 'failed' } })
  })

  it('that is deleted is not ended any more', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.beginResponse(owner, begun('resp_1'))
    expect(await kept.removeResponse(owner, 'resp_1')).toBe(true)
    expect(await kept.endResponse(owner, ended('resp_1'), [])).toBe(false)
    expect(await kept.findResponse(owner, 'resp_1')).toBeUndefined()
  })
})

describe('a conversation', () => {
  it('keeps its items in order, also those that responses add', async () => {
    const kept = start()
    const owner = newOwner()
    const created = await kept.create(owner, { id: 'conv_1', metadata: { topic: 'cards' } })
    expect(created.createdAt).toEqual(new Date(Date.UTC(2026, 0, 1)))
    await kept.addItems(owner, 'conv_1', ['a', 'b', 'c'].map(item))
    await kept.keepResponse(owner, response('resp_1', { conversationId: 'conv_1' }), ['d', 'e'].map(item))
    expect((await kept.items(owner, 'conv_1')).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await kept.findResponse(owner, 'resp_1')).toMatchObject({ conversationId: 'conv_1' })
    expect(await kept.removeItem(owner, 'conv_1', 'b')).toBe(true)
    expect(await kept.removeItem(owner, 'conv_1', 'b')).toBe(false)
    expect((await kept.items(owner, 'conv_1')).map(({ id }) => id)).toEqual(['a', 'c', 'd', 'e'])
    expect(await kept.setMetadata(owner, 'conv_1', { topic: 'loans' })).toMatchObject({
      metadata: { topic: 'loans' },
    })
    expect(await kept.remove(owner, 'conv_1')).toBe(true)
    expect(await kept.items(owner, 'conv_1')).toEqual([])
    expect(await kept.findResponse(owner, 'resp_1')).toBeDefined()
  })

  it('that is deleted while it is answered loses nothing of the response', async () => {
    const kept = start()
    const owner = newOwner()
    await kept.keepResponse(owner, response('resp_1', { conversationId: 'gone' }), [item('a')])
    expect(await kept.findResponse(owner, 'resp_1')).toBeDefined()
    expect(await kept.items(owner, 'gone')).toEqual([])
  })
})
