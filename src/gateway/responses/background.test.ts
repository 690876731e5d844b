// Responses in the background, by the OpenAI client: told at once, answered without it, followed and cancelled.

import { NotFoundError } from 'openai'
import { describe, expect, it } from 'vitest'
import {
  body,
  ended,
  eventsOf,
  eventsUntilFailure,
  failureOf,
  slowly,
  useBackgroundGateways,
} from '../__fixtures__/background.js'
import { llmError } from '../__fixtures__/errors.js'
import type { ResponsesGateway } from '../__fixtures__/responses-gateway.js'

const { conversations, time, start } = useBackgroundGateways()

describe('a response in the background', () => {
  it('is told at once, shows how far it is, and is kept when it has ended', async () => {
    const gateway = await start([slowly(['One', ' two', ' three']), 'four'])
    const { responses } = gateway.client
    const told = await responses.create({ ...body, stream: false, metadata: { a: 'b' } })
    expect(told).toMatchObject({ status: 'queued', background: true, output: [], metadata: { a: 'b' } })
    expect(await responses.retrieve(told.id)).toMatchObject({ status: 'in_progress', id: told.id })
    expect(gateway.ledger.attempts).toMatchObject([{ deployment: 'main', tenant: 'acme', keyId: 'key_1' }])
    expect(gateway.ledger.attempts[0]?.settled).toBeUndefined()
    await time().advance(3000)
    const whole = await ended(gateway, told.id)
    expect(whole).toMatchObject({ status: 'completed', output_text: 'One two three', background: true })
    expect(gateway.ledger.attempts).toMatchObject([{ settled: { end: 'finished' } }])
    const more = await responses.create({ model: 'chat', input: 'go on', previous_response_id: told.id })
    expect(more.output_text).toBe('four')
    expect(gateway.model.calls.at(-1)?.request.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ])
  })

  it('shows what has been said of a stream, with its last item in progress', async () => {
    const gateway = await start([slowly(['One', ' two', ' three'])])
    const stream = await gateway.client.responses.create({ ...body, stream: true })
    const [created] = await eventsOf(stream, 1)
    const id = created?.type === 'response.created' ? created.response.id : ''
    await time().advance(1000)
    await expect.poll(async () => (await gateway.client.responses.retrieve(id)).output_text).toBe('One two')
    expect(await gateway.client.responses.retrieve(id)).toMatchObject({
      status: 'in_progress',
      output: [{ type: 'message', status: 'in_progress' }],
    })
    await time().advance(1000)
    expect(await ended(gateway, id)).toMatchObject({ status: 'completed', output_text: 'One two three' })
  })

  it('is streamed, goes on without its client, and is followed from where that left, also when it has ended', async () => {
    const gateway = await start([slowly(['One', ' two', ' three'])])
    const { responses } = gateway.client
    const seen = await eventsOf(await responses.create({ ...body, stream: true }), 6)
    expect(seen.map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ])
    const id = seen[0]?.type === 'response.created' ? seen[0].response.id : ''
    const following = eventsOf(await responses.retrieve(id, { stream: true, starting_after: 5 }))
    await time().advance(3000)
    const rest = await following
    expect([rest[0]?.type, rest.at(-1)?.type]).toEqual(['response.output_text.delta', 'response.completed'])
    expect(rest.map(({ sequence_number }) => sequence_number)).toEqual(rest.map((_, i) => 6 + i))
    await ended(gateway, id)
    expect(await eventsOf(await responses.retrieve(id, { stream: true }))).toEqual([...seen, ...rest])
    expect(await eventsOf(await responses.retrieve(id, { stream: true, starting_after: 5 }))).toEqual(rest)
    expect(gateway.ledger.attempts).toMatchObject([{ settled: { end: 'finished' } }])
  })

  it('is cancelled, as often as one likes, with what it has said', async () => {
    const gateway = await start([slowly(['One', ' two', ' three'])])
    const { responses } = gateway.client
    const stream = await responses.create({ ...body, stream: true })
    const following = eventsOf(stream)
    await expect.poll(() => gateway.model.calls.length).toBe(1)
    const [created] = await eventsOf(await responses.retrieve(await idOf(gateway), { stream: true }), 1)
    const id = created?.type === 'response.created' ? created.response.id : ''
    const cancelled = await responses.cancel(id)
    expect(cancelled).toMatchObject({ status: 'cancelled', background: true })
    expect(cancelled.output).toMatchObject([{ content: [{ text: 'One' }] }])
    expect((await following).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'cancelled' },
    })
    expect(await responses.cancel(id)).toEqual(cancelled)
    expect(await responses.retrieve(id)).toMatchObject({ ...cancelled })
    expect(gateway.ledger.attempts).toMatchObject([{ settled: { end: 'cancelled' } }])
  })

  it('that has ended is not cancelled any more', async () => {
    const gateway = await start('Hello')
    const { id } = await gateway.client.responses.create(body)
    const whole = await ended(gateway, id)
    const { output_text: _text, ...same } = whole
    expect(await gateway.client.responses.cancel(id)).toEqual(same)
  })

  it('ends as failed where its engine fails, before or after its first content', async () => {
    const broken = llmError('llm.upstream-broke-off')
    const gateway = await start([
      { failBefore: broken },
      { text: ['One', ' two'], failAfter: { pieces: 1, error: broken } },
    ])
    for (const stream of [false, true]) {
      const told = stream
        ? (await eventsUntilFailure(await gateway.client.responses.create({ ...body, stream }))).id
        : (await gateway.client.responses.create({ ...body, stream })).id
      const failed = await ended(gateway, told)
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
      expect(failed.error?.message).toContain('main')
    }
    expect(gateway.ledger.attempts.map(({ settled }) => settled?.end)).toEqual(['failed', 'failed'])
  })

  it('adds to its conversation when it has ended, and may be deleted while it runs', async () => {
    const gateway = await start(['Hello', slowly(['One', ' two'])])
    const { responses, conversations } = gateway.client
    const conversation = await conversations.create()
    const first = await responses.create({ ...body, conversation: conversation.id })
    await ended(gateway, first.id)
    const items = async () => (await conversations.items.list(conversation.id)).data.length
    expect(await items()).toBe(2)
    const second = await responses.create({ ...body, conversation: conversation.id })
    await responses.delete(second.id)
    expect(await failureOf(responses.retrieve(second.id))).toBeInstanceOf(NotFoundError)
    expect(gateway.ledger.attempts.at(-1)).toMatchObject({ settled: { end: 'cancelled' } })
    expect(await items()).toBe(2)
  })

  it('is nobody else’s while it runs', async () => {
    const gateway = await start([slowly(['One', ' two'])])
    const { id } = await gateway.client.responses.create(body)
    for (const key of ['la-stranger', 'la-colleague']) {
      const { responses } = gateway.clientOf(key)
      for (const attempt of [
        () => responses.retrieve(id),
        () => responses.retrieve(id, { stream: true }),
        () => responses.cancel(id),
        () => responses.delete(id),
      ])
        expect(await failureOf(attempt())).toBeInstanceOf(NotFoundError)
    }
    expect(await gateway.client.responses.retrieve(id)).toMatchObject({ status: 'in_progress' })
    await gateway.client.responses.cancel(id)
  })

  it('has the guards of its route, also in the events that are kept', async () => {
    const gateway = await start([{ text: ['Write to ', 'amy.lin@example.com', ' today.'] }], {
      architecture: {
        guardrails: [{ id: 'careful', output: { personalData: 'redact' } }],
        routes: [{ name: 'chat', strategy: { deployment: 'main' }, guardrails: 'careful' }],
      },
    })
    const events = await eventsOf(await gateway.client.responses.create({ ...body, stream: true }))
    const last = events.at(-1)
    const id = last?.type === 'response.completed' ? last.response.id : ''
    const whole = await ended(gateway, id)
    const replayed = await eventsOf(await gateway.client.responses.retrieve(id, { stream: true }))
    expect(whole.output_text).toMatch(/^Write to .+ today\.$/)
    for (const said of [events, whole, replayed]) expect(JSON.stringify(said)).not.toContain('amy.lin')
  })

  it('has the deadline of its route, whatever its client waits for', async () => {
    const gateway = await start([{ text: ['One', ' two'], stallAfter: 1 }], {
      architecture: { routes: [{ name: 'chat', strategy: { deployment: 'main' }, timeoutMs: 300 }] },
    })
    const { id } = await gateway.client.responses.create(body, {
      headers: { 'x-stainless-timeout': '0.001' },
    })
    const failed = await ended(gateway, id)
    expect(failed).toMatchObject({ status: 'failed' })
    expect(failed.error?.message).toContain('deadline of 300 ms')
  })

  it('cannot be continued before it has ended', async () => {
    const gateway = await start([slowly(['One', ' two'])])
    const { id } = await gateway.client.responses.create(body)
    const failure = await failureOf(
      gateway.client.responses.create({ model: 'chat', input: 'go on', previous_response_id: id }),
    )
    expect(failure).toMatchObject({ status: 400, param: 'previous_response_id' })
    await gateway.client.responses.cancel(id)
  })
})

/** The id of the only response that runs. */
const idOf = async (_gateway: ResponsesGateway): Promise<string> => {
  const { rows } = await conversations().store.pool.query(
    'select id from conversations_response where lease_until is not null order by created_at desc limit 1',
  )
  return rows[0]?.id ?? ''
}
