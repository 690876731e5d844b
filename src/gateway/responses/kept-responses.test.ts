// Responses and conversations that the OpenAI client leaves here and asks for again.

import type OpenAI from 'openai'
import { APIError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../__fixtures__/client-gateway.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'

let test: Awaited<ReturnType<typeof openTestConversations>>
let gateway: ResponsesGateway
let client: OpenAI
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
const start = async (...given: Parameters<typeof test.start>) => {
  gateway = await test.start(...given)
  client = gateway.client
}
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  expect(problems).toEqual([])
})

const ask = (more: object = {}) => client.responses.create({ model: 'chat', input: 'hi', ...more })
/** What the model was given at its n-th call: who spoke, and what. */
const heard = (n: number) =>
  gateway.model.calls[n]?.request.messages.map(({ role, parts }) => [
    role,
    parts.map((part) => (part.type === 'text' ? part.text : part.type)).join(),
  ])
const countRows = async () => {
  const { rows } = await test.store.pool.query('select count(*)::int as count from conversations_response')
  return rows[0].count as number
}

describe('a kept response', () => {
  it('is continued with its input and output, and without its instructions', async () => {
    await start(['one', 'two', 'three'])
    const first = await ask({ instructions: 'Be brief.', input: 'a' })
    const second = await ask({ instructions: 'Be long.', input: 'b', previous_response_id: first.id })
    const third = await ask({ input: 'c', previous_response_id: second.id })
    expect(third.previous_response_id).toBe(second.id)
    expect(heard(1)).toEqual([
      ['system', 'Be long.'],
      ['user', 'a'],
      ['assistant', 'one'],
      ['user', 'b'],
    ])
    expect(heard(2)).toEqual([
      ['user', 'a'],
      ['assistant', 'one'],
      ['user', 'b'],
      ['assistant', 'two'],
      ['user', 'c'],
    ])
  })

  it('is retrieved, also as the stream it could have been, and deleted', async () => {
    await start()
    const { id, output } = await ask()
    expect((await client.responses.retrieve(id)).output).toEqual(output)
    const types: string[] = []
    for await (const event of await client.responses.retrieve(id, { stream: true })) types.push(event.type)
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed'])
    const headers = { authorization: 'Bearer la-key' }
    const rest = await fetch(`${gateway.url}/v1/responses/${id}?stream=true&starting_after=1`, { headers })
    expect((await rest.text()).split('\n\n').length - 1).toBe(types.length - 2)
    await client.responses.delete(id)
    expect(await failureOf(client.responses.retrieve(id))).toBeInstanceOf(NotFoundError)
    expect(await failureOf(client.responses.delete(id))).toBeInstanceOf(NotFoundError)
  })

  it('lists what it was asked, page by page', async () => {
    await start(['one', 'two'])
    const first = await ask({
      input: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    })
    const second = await ask({ input: 'c', previous_response_id: first.id })
    const asc = await client.responses.inputItems.list(second.id, { order: 'asc', limit: 3 })
    expect(asc.data).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'a' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
      { role: 'assistant', content: [{ text: 'one' }] },
    ])
    expect(asc.has_more).toBe(true)
    const texts: unknown[] = []
    for await (const item of client.responses.inputItems.list(second.id, { limit: 1 }))
      if (item.type === 'message') texts.push(item.content[0])
    expect(texts).toMatchObject([{ text: 'c' }, { text: 'one' }, { text: 'b' }, { text: 'a' }])
    const wrong = await failureOf(client.responses.inputItems.list(second.id, { after: 'msg_none' }))
    expect(wrong).toBeInstanceOf(BadRequestError)
    expect(wrong).toMatchObject({ param: 'after' })
  })

  it('is nobody else’s: not another tenant’s, nor another key’s', async () => {
    await start()
    const { id } = await ask()
    const conversation = await client.conversations.create()
    for (const key of ['la-stranger', 'la-colleague']) {
      const { responses, conversations } = gateway.clientOf(key)
      for (const attempt of [
        () => responses.retrieve(id),
        () => responses.delete(id),
        () => responses.cancel(id),
        () => responses.inputItems.list(id),
        () => responses.create({ model: 'chat', input: 'hi', previous_response_id: id }),
        () => responses.create({ model: 'chat', input: 'hi', conversation: conversation.id }),
        () => conversations.retrieve(conversation.id),
        () => conversations.update(conversation.id, { metadata: {} }),
        () => conversations.delete(conversation.id),
        () => conversations.items.list(conversation.id),
        () => conversations.items.create(conversation.id, { items: [{ role: 'user', content: 'x' }] }),
      ])
        expect(await failureOf(attempt())).toBeInstanceOf(NotFoundError)
    }
    expect(gateway.model.calls).toHaveLength(1)
    expect((await client.responses.retrieve(id)).id).toBe(id)
  })

  it('that a database could not even look for is not found, as any other', async () => {
    await start(['one'])
    const [response, conversation] = ['resp_\0', 'conv_\0']
    const failures = await Promise.all(
      [
        client.responses.retrieve(response),
        client.responses.delete(response),
        client.responses.cancel(response),
        ask({ previous_response_id: response }),
        ask({ conversation }),
        client.conversations.retrieve(conversation),
        client.conversations.items.list(conversation),
        client.conversations.delete(conversation),
      ].map(failureOf),
    )
    for (const failure of failures) expect(failure).toBeInstanceOf(NotFoundError)
  })

  it('cannot be cancelled, since it does not run in the background', async () => {
    await start()
    const { id } = await ask()
    expect(await failureOf(client.responses.cancel(id))).toBeInstanceOf(BadRequestError)
  })

  it('is not kept where it says so: nothing is written', async () => {
    await start(['one', 'two', 'three'])
    const before = await countRows()
    const response = await ask({ store: false })
    expect(await failureOf(client.responses.retrieve(response.id))).toBeInstanceOf(NotFoundError)
    expect(await countRows()).toBe(before)
    const first = await ask()
    const second = await ask({ store: false, previous_response_id: first.id })
    expect(second).toMatchObject({ store: false, previous_response_id: first.id })
    expect(heard(2)).toHaveLength(3)
    expect(await countRows()).toBe(before + 1)
  })

  it('names what is missing when one before it was deleted', async () => {
    await start(['one', 'two'])
    const first = await ask()
    const second = await ask({ previous_response_id: first.id })
    await client.responses.delete(first.id)
    const failure = await failureOf(ask({ previous_response_id: second.id }))
    expect(failure).toBeInstanceOf(NotFoundError)
    expect(failure).toMatchObject({ param: 'previous_response_id' })
    expect(String(failure)).toContain(first.id)
  })

  it('that cannot be kept is an error, streamed or not, and no clean end', async () => {
    const keepResponse = () => Promise.reject(new Error('the database is away'))
    await start('Hello', { conversations: { keepResponse } as never })
    expect(await failureOf(ask())).toMatchObject({ status: 503, code: 'store_unavailable' })
    const stream = await client.responses.create({ model: 'chat', input: 'hi', stream: true })
    const types: string[] = []
    const failure = await failureOf(
      (async () => {
        for await (const event of stream) types.push(event.type)
      })(),
    )
    expect(failure).toBeInstanceOf(APIError)
    expect(failure).toMatchObject({ code: 'store_unavailable' })
    expect(types).not.toContain('response.completed')
  })
})

describe('a conversation', () => {
  it('is created, changed, retrieved and deleted', async () => {
    await start()
    const created = await client.conversations.create({
      metadata: { topic: 'cards' },
      items: [{ role: 'user', content: 'a' }],
    })
    expect(created).toMatchObject({ object: 'conversation', metadata: { topic: 'cards' } })
    await client.conversations.update(created.id, { metadata: { topic: 'loans' } })
    expect(await client.conversations.retrieve(created.id)).toMatchObject({ metadata: { topic: 'loans' } })
    expect(await client.conversations.delete(created.id)).toMatchObject({ deleted: true })
    expect(await failureOf(client.conversations.retrieve(created.id))).toBeInstanceOf(NotFoundError)
  })

  it('holds items that are added, listed, retrieved and deleted', async () => {
    await start()
    const { id } = await client.conversations.create()
    expect((await client.conversations.items.list(id)).data).toEqual([])
    const added = await client.conversations.items.create(id, {
      items: [
        { role: 'user', content: 'a' },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
      ],
    })
    expect(added.data.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call_output'])
    const listed = await client.conversations.items.list(id, { order: 'asc' })
    expect(listed.data).toEqual(added.data)
    const [first] = added.data
    const itemId = first?.id ?? ''
    expect(await client.conversations.items.retrieve(itemId, { conversation_id: id })).toEqual(first)
    expect(await client.conversations.items.delete(itemId, { conversation_id: id })).toMatchObject({ id })
    expect((await client.conversations.items.list(id)).data).toHaveLength(2)
    const wrong = await failureOf(
      client.conversations.items.create(id, { items: Array(21).fill({ role: 'user', content: 'x' }) }),
    )
    expect(wrong).toMatchObject({ status: 400, param: 'items' })
  })

  it('comes before the input of a response, and takes its input and output', async () => {
    await start(['one', 'two', 'three'])
    const { id } = await client.conversations.create({ items: [{ role: 'user', content: 'a' }] })
    const first = await ask({ input: 'b', conversation: id })
    expect(first.conversation).toEqual({ id })
    const stream = client.responses.stream({ model: 'chat', input: 'c', conversation: { id } })
    const second = await stream.finalResponse()
    expect(heard(1)).toEqual([
      ['user', 'a'],
      ['user', 'b'],
      ['assistant', 'one'],
      ['user', 'c'],
    ])
    expect((await client.conversations.items.list(id, { order: 'asc' })).data).toHaveLength(5)
    await ask({ input: 'd', previous_response_id: second.id })
    expect(heard(2)?.map(([, text]) => text)).toEqual(['a', 'b', 'one', 'c', 'two', 'd'])
  })
})
