// A client of the Responses API in front of a server of the same API: bytes where nothing is kept, and nothing lost where
// the gateway keeps the answer itself.

import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createOpenAiResponsesModel } from '../../llm/index.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'
import { sendEvents, startUpstream, type Upstream } from '../__fixtures__/upstream.js'

const fixture = readFileSync(
  new URL('../../llm/wire/__fixtures__/openai-responses-reasoning-tools.sse', import.meta.url),
  'utf8',
)
const events = fixture.split(/(?<=\n\n)/)
const dataOf = (event: string) => JSON.parse(event.slice(event.indexOf('data: ') + 6))
/** With an event, a field and a kind of item that nobody here knows. */
const unknownEvent =
  'event: response.web_search_call.searching\ndata: {"type":"response.web_search_call.searching","sequence_number":2,"item_id":"ws_1","output_index":9,"x":[1]}\n\n'
const streamed = `: hello\n\n${events[0]}${unknownEvent}${events.slice(1).join('')}`.replace(
  '"completed_at":1764054603',
  '"completed_at":1764054603,"x_final":[1]',
)
const final = dataOf(events.findLast((event) => event.startsWith('event: response.completed')) ?? '').response
const hosted = { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', q: 1 } }
/** Written as nobody here writes JSON. */
const whole = JSON.stringify(
  { ...final, output: [hosted, ...final.output], x_unknown: { b: 1, a: 2 } },
  null,
  3,
)

let test: Awaited<ReturnType<typeof openTestConversations>>
let upstream: Upstream
let gateway: ResponsesGateway
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
beforeEach(async () => {
  upstream = await startUpstream((call) => {
    if (JSON.parse(call.body).stream) {
      sendEvents(call, streamed)
      call.response.end()
    } else {
      call.response.writeHead(200, { 'content-type': 'application/json' })
      call.response.end(whole)
    }
  })
  gateway = await test.start(upstream.model('main', 'sk-up', { create: createOpenAiResponsesModel }))
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const headers = { authorization: 'Bearer la-key' }
const post = async (body: string | object) => (await gateway.postTo('/v1/responses', body, headers)).text()
const get = async (path: string) => (await fetch(`${gateway.url}/v1/responses/${path}`, { headers })).text()
const sent = () => upstream.calls.at(-1)?.body ?? ''
const lastEvent = (text: string) => dataOf(text.trimEnd().split('\n\n').at(-1) ?? '')
const tool = { type: 'web_search', x_option: true }
const body = { model: 'chat', input: 'hi', tools: [tool], service_tier: 'flex', x_unknown: [1] }

describe('where nothing is kept', () => {
  it.each([
    ['a stream', true, () => streamed],
    ['a whole answer', false, () => whole],
  ])('%s and its request pass byte for byte, with the model replaced', async (_name, stream, answer) => {
    const text = `{ "model": "chat",  "store":false, "stream": ${stream}, "input":"hi", "x_unknown": {"b":1.0}, "tools": [{"type":"web_search"}] }`
    expect(await post(text)).toBe(answer())
    expect(sent()).toBe(text.replace('"chat"', '"main-model"'))
    expect(upstream.calls[0]?.request).toMatchObject({
      url: '/v1/responses',
      headers: { authorization: 'Bearer sk-up' },
    })
    expect(gateway.ledger.attempts).toMatchObject([
      {
        settled: {
          end: 'finished',
          usageSource: 'reported',
          usage: { input: { total: 320, cacheRead: 256 } },
        },
      },
    ])
  })
})

describe('where the answer is kept here', () => {
  it('the server is told to keep nothing, and gets every field it knows and we do not', async () => {
    await post(body)
    expect(JSON.parse(sent())).toEqual({ ...body, model: 'main-model', store: false })
  })

  it('a whole answer is kept with all that was in it, under an id of ours', async () => {
    const answered = JSON.parse(await post(body))
    expect(answered).toMatchObject({ store: true, model: 'chat', service_tier: final.service_tier })
    expect(answered.id).not.toBe(final.id)
    expect(answered.output).toEqual([hosted, ...final.output])
    expect(JSON.parse(await get(answered.id)).output).toEqual(answered.output)
  })

  it('a stream keeps the events and fields that only its server knows, counted anew', async () => {
    const text = await post({ ...body, stream: true })
    const said = text.split(/(?<=\n\n)/).map(dataOf)
    expect(said.map(({ sequence_number: number }) => number)).toEqual(said.map((_, i) => i))
    expect(said.find(({ type }) => type === 'response.web_search_call.searching')).toMatchObject({ x: [1] })
    const { response } = lastEvent(text)
    expect(response.output).toEqual(final.output)
    expect(response).toMatchObject({ service_tier: 'default', completed_at: 1764054603, x_final: [1] })
    expect(JSON.parse(await get(response.id))).toEqual(response)
  })

  it('`previous_response_id` is resolved here: the server is sent what was said, and no id', async () => {
    const first = lastEvent(await post({ ...body, stream: true })).response
    const outputs = ['call_A', 'call_B'].map((call_id) => ({
      type: 'function_call_output',
      call_id,
      output: '1',
    }))
    const foreign = { type: 'compaction', encrypted_content: 'gAAAAABoxyz' }
    await post({ ...body, input: [foreign, ...outputs], previous_response_id: first.id })
    const { input, previous_response_id: previous } = JSON.parse(sent())
    expect(previous).toBeUndefined()
    expect(input.map(({ type = 'message' }) => type)).toEqual([
      'message',
      'reasoning',
      'function_call',
      'function_call',
      'compaction',
      'function_call_output',
      'function_call_output',
    ])
    expect(input[1]).toMatchObject({ encrypted_content: 'gAAAAB' })
    expect(input[4]).toEqual(foreign)
  })

  it('an answer in the background has the same events, and is followed from anywhere', async () => {
    const text = await post({ ...body, stream: true, background: true })
    const said = text.split(/(?<=\n\n)/).map(dataOf)
    expect(said.slice(0, 3).map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
    ])
    expect(said.map(({ sequence_number: number }) => number)).toEqual(said.map((_, i) => i))
    const { response } = said.at(-1)
    expect(response).toMatchObject({ background: true, status: 'completed', output: final.output })
    expect(response.usage).toEqual(final.usage)
    expect(response).toMatchObject({ service_tier: 'default', completed_at: 1764054603, x_final: [1] })
    await expect.poll(async () => JSON.parse(await get(response.id))).toEqual(response)
    expect(await get(`${response.id}?stream=true`)).toBe(text)
    const rest = text.split(/(?<=\n\n)/).slice(8)
    expect(await get(`${response.id}?stream=true&starting_after=7`)).toBe(rest.join(''))
  })
})
