// /v1/responses in front of servers: one that speaks chat completions, and one whose own dialect it is.

import { readFileSync } from 'node:fs'
import { BadRequestError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import {
  answerStream,
  type ChatModel,
  codecs,
  createFrame,
  createScriptedModel,
  originOf,
} from '../../llm/index.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'
import { completion, sendJson, startUpstream, type Upstream } from '../__fixtures__/upstream.js'

let test: Awaited<ReturnType<typeof openTestConversations>>
let gateway: ResponsesGateway
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  // OpenAI's servers write `user: null`, which their own description does not allow; it is passed on.
  expect(problems.filter((problem) => !problem.startsWith('Response/user must be string'))).toEqual([])
})

const ask = (more: object = {}) => gateway.client.responses.create({ model: 'chat', input: 'hi', ...more })

describe('a chat completions server', () => {
  let upstream: Upstream
  beforeAll(async () => {
    upstream = await startUpstream((call) => sendJson(call, completion('Hello')))
  })
  afterAll(() => upstream.close())
  const sent = () => JSON.parse(upstream.calls.at(-1)?.body ?? '')

  it('gets what it can express in its own words, and one message for one turn', async () => {
    gateway = await test.start(upstream.model('main'))
    const calls = ['call_1', 'call_2'].map((call_id) => ({
      type: 'function_call',
      call_id,
      name: 'weather',
      arguments: '{}',
    }))
    const first = await ask({
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Look' }] },
        { type: 'message', role: 'assistant', content: 'Looking.' },
        ...calls,
        ...calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'rain' })),
      ],
    })
    await ask({
      previous_response_id: first.id,
      instructions: 'Be kind.',
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      parallel_tool_calls: false,
      metadata: { a: 'b' },
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      top_logprobs: 2,
      max_output_tokens: 9,
      truncation: 'disabled',
      prompt_cache_key: 'k',
    })
    expect(sent()).toEqual({
      model: 'main-model',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Look' },
        {
          role: 'assistant',
          content: 'Looking.',
          tool_calls: calls.map(({ call_id: id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'hi' },
      ],
      reasoning_effort: 'low',
      verbosity: 'low',
      response_format: { type: 'json_object' },
      parallel_tool_calls: false,
      logprobs: true,
      top_logprobs: 2,
      max_completion_tokens: 9,
    })
  })

  it.each([
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ truncation: 'auto' }, 'truncation'],
    [{ max_tool_calls: 3 }, 'max_tool_calls'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
  ])('refuses what only OpenAI has, by name: %j', async (change, param) => {
    gateway = await test.start(upstream.model('main'))
    const before = upstream.calls.length
    for (const stream of [false, true]) {
      const failure = await ask({ ...change, stream }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(BadRequestError)
      expect(failure).toMatchObject({ param })
    }
    expect(upstream.calls).toHaveLength(before)
  })
})

describe('a Responses server', () => {
  const dialect = 'openai-responses'
  const stream = readFileSync(
    new URL('../../llm/wire/__fixtures__/openai-responses-reasoning-tools.sse', import.meta.url),
  )
  const upstreamId = /"id":\s*"(resp_[^"]+)"/.exec(stream.toString())?.[1] ?? 'none'
  const scripted = createScriptedModel({ id: 'main', script: '', clock: systemClock })
  /** What an engine gives that passes the bytes of its server on. */
  const model = (onRequest: (origin: string | undefined, extra: object) => void): ChatModel => ({
    ...scripted,
    open: async (request) => {
      onRequest(originOf(request)?.dialect, request.extra)
      const bytes = request.stream ? stream : Buffer.from('')
      const frame = createFrame({ dialect, framing: 'sse', bytes }, (all) =>
        codecs[dialect].createStreamDecoder().push(all),
      )
      return answerStream({ answeredBy: { deployment: 'main', model: 'main' }, frames: [frame] })
    },
  })
  const read = async (body: object) => {
    const response = await gateway.postTo(
      '/v1/responses',
      { model: 'chat', input: 'hi', stream: true, ...body },
      { authorization: 'Bearer la-key' },
    )
    return response.text()
  }

  it('is told to store nothing, and its answer is kept under an id of ours', async () => {
    let extra: object = {}
    gateway = await test.start(
      model((_origin, given) => {
        extra = given
      }),
    )
    const text = await read({ metadata: { a: 'b' } })
    expect(extra).toEqual({ store: false })
    expect(text).not.toContain(upstreamId)
    const final = JSON.parse(text.trim().split('\n\n').at(-1)?.split('data: ')[1] ?? '')
    expect(final).toMatchObject({ type: 'response.completed', response: { store: true, model: 'chat' } })
    const kept = await gateway.client.responses.retrieve(final.response.id)
    expect(kept.output).toEqual(final.response.output)
    expect(kept.output.map(({ type }) => type)).toContain('reasoning')
    expect(kept.metadata).toEqual({ a: 'b' })
  })

  it('passes as it is, in both directions, where nothing is stored', async () => {
    let origin: string | undefined
    gateway = await test.start(
      model((given) => {
        origin = given
      }),
    )
    expect(await read({ store: false })).toBe(stream.toString())
    expect(origin).toBe(dialect)
  })
})
