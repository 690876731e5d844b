// Conversations that are compacted, by the OpenAI client, and gone on with.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { noUsage } from '../../core/index.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'
import { completion, sendJson, startUpstream } from '../__fixtures__/upstream.js'
import { packSummary } from './compaction.js'

let test: Awaited<ReturnType<typeof openTestConversations>>
let gateway: ResponsesGateway
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
const start = async (...given: Parameters<typeof test.start>) => {
  gateway = await test.start(...given)
  return gateway.client.responses
}
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  expect(problems).toEqual([])
})

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const heard = (n: number) =>
  gateway.model.calls[n]?.request.messages.map(({ role, parts }) => [
    role,
    parts.map((part) => (part.type === 'text' ? part.text : part.type)).join(),
  ])
const call = {
  type: 'function_call',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"city":"Taipei"}',
} as const
const result = { type: 'function_call_output', call_id: 'call_1', output: 'rain' } as const
const user = (content: string) => ({ role: 'user', content }) as const

describe('a compacted conversation', () => {
  it('is a summary by the model of the route, under an item that later requests may send', async () => {
    const responses = await start([
      { text: '一份摘要 – a summary', usage: { ...noUsage, output: { total: 9, reasoning: 0 } } },
      'one',
      'two',
      'three',
    ])
    const compacted = await responses.compact({
      model: 'chat',
      instructions: 'You are a weather desk.',
      input: [user('a'), { role: 'assistant', content: 'b' }, call, result, user('c')],
    })
    expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ type: 'compaction' }] })
    expect(compacted.usage.output_tokens).toBe(9)
    expect(JSON.stringify(compacted)).not.toContain('一份摘要')
    const [system, ...said] = heard(0) ?? []
    expect(system).toEqual(['system', 'You are a weather desk.'])
    expect(said.slice(0, -1)).toEqual([
      ['user', 'a'],
      ['assistant', 'b'],
      ['assistant', '[called weather with {"city":"Taipei"}]'],
      ['user', '[result of the call] rain'],
      ['user', 'c'],
    ])
    expect(gateway.ledger.attempts).toMatchObject([{ settled: { end: 'finished' } }])

    const input = [...compacted.output, user('go on')] as never
    const summary = ['user', 'Summary of the conversation so far:\n\n一份摘要 – a summary']
    const first = await responses.create({ model: 'chat', input })
    expect(heard(1)).toEqual([summary, ['user', 'go on']])
    await responses.create({ model: 'chat', input: 'and on', previous_response_id: first.id })
    expect(heard(2)?.[0]).toEqual(summary)
    await responses.create({ model: 'chat', input, store: false })
    expect(heard(3)).toEqual([summary, ['user', 'go on']])
    expect((await responses.inputItems.list(first.id, { order: 'asc' })).data[0]).toMatchObject({
      type: 'compaction',
    })
    expect((await responses.inputTokens.count({ model: 'chat', input })).input_tokens).toBeGreaterThan(5)
  })

  it('may be one that is kept, or compacted before', async () => {
    const responses = await start(['one', 'first summary', 'second summary'])
    const { id } = await responses.create({ model: 'chat', input: 'a' })
    const once = await responses.compact({ model: 'chat', previous_response_id: id })
    expect(heard(1)?.slice(0, 2)).toEqual([
      ['user', 'a'],
      ['assistant', 'one'],
    ])
    await responses.compact({ model: 'chat', input: [...once.output, user('b')] as never })
    expect(heard(2)?.[0]?.[1]).toContain('first summary')
  })

  it('keeps the calls that wait for their results', async () => {
    const responses = await start(['a summary', 'done'])
    const { output } = await responses.compact({ model: 'chat', input: [user('a'), call] })
    expect(output).toMatchObject([{ type: 'compaction' }, call])
    expect(heard(0)).toHaveLength(2)
    await responses.create({ model: 'chat', input: [...output, result] as never })
    expect(heard(1)?.map(([role]) => role)).toEqual(['user', 'assistant', 'tool'])
  })

  it('reaches a server as plain text, and that of another server by name does not', async () => {
    const upstream = await startUpstream((asked) => sendJson(asked, completion('Hello')))
    const responses = await start(upstream.model('main'))
    const { output } = await responses.compact({ model: 'chat', input: 'a' })
    await responses.create({ model: 'chat', input: [...output, user('b')] as never, store: false })
    expect(JSON.parse(upstream.calls.at(-1)?.body ?? '').messages).toEqual([
      { role: 'user', content: 'Summary of the conversation so far:\n\nHello' },
      { role: 'user', content: 'b' },
    ])
    const foreign = { type: 'compaction', encrypted_content: 'gAAAAABoxyz' } as const
    expect(await failureOf(responses.create({ model: 'chat', input: [foreign, user('b')] }))).toMatchObject({
      status: 400,
    })
    await upstream.close()
  })
})

describe('a compaction', () => {
  it.each([
    ['nothing to compact', {}, 'input'],
    ['a reference to nothing', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].id'],
    ['another’s response', { previous_response_id: 'resp_none' }, 'previous_response_id'],
    [
      'a summary that was changed',
      { input: [{ type: 'compaction', encrypted_content: `${packSummary('a').slice(0, -3)}!` }] },
      'input[0].encrypted_content',
    ],
  ])('is refused with %s, by name', async (_name, body, param) => {
    const responses = await start('unused')
    expect(await failureOf(responses.compact({ model: 'chat', ...body } as never))).toMatchObject({ param })
    expect(gateway.ledger.attempts).toEqual([])
  })

  it('fails where the model writes no whole summary', async () => {
    const responses = await start([{ text: ' ' }, { text: 'half a summ', finish: 'length' }])
    for (const _ of [1, 2])
      expect(await failureOf(responses.compact({ model: 'chat', input: 'a' }))).toMatchObject({
        status: 502,
        code: 'answer_invalid',
      })
  })

  it('is refused by a route that answers from documents', async () => {
    const search = async () => ({ passages: [] })
    const responses = await start('unused', {
      knowledge: { search, status: async () => ({}), version: () => '1' } as never,
      architecture: {
        knowledge: [{ id: 'docs', source: './docs' }],
        routes: [{ name: 'chat', strategy: { deployment: 'main' }, knowledge: 'docs' }],
      },
    })
    expect(await failureOf(responses.compact({ model: 'chat', input: 'a' }))).toMatchObject({
      status: 400,
      param: 'model',
    })
  })
})
