import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { createOpenAiCompatibleModel, createScriptedModel, type OpenAiCompatibleModel } from '../llm/index.js'
import { keyRecord, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'

interface Asked {
  readonly path: string
  readonly raw: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
  readonly body: any
}
const asked: Asked[] = []
let respond: (response: ServerResponse, body: Asked['body']) => void

const upstream = createServer(async (request, response) => {
  const raw = await text(request)
  const body = JSON.parse(raw)
  asked.push({ path: request.url ?? '', raw, body })
  respond(response, body)
})

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const head = { id: 'cmpl-up', object: 'text_completion', created: 7, model: 'qwen' }
const logprobs = {
  text_offset: [0, 5],
  token_logprobs: [null, -0.5],
  tokens: ['Hello', ' you'],
  top_logprobs: [null, { ' you': -0.5, ' all': -1.5 }],
}
const whole = (choices: readonly object[]) => JSON.stringify({ ...head, choices, usage })
const sayWhole = (response: ServerResponse, body: string) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(body)
}
const chunk = (text: string, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, text, logprobs: null, finish_reason: finish, ...more }] })}\n\n`
const usageChunk = `data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`
const done = 'data: [DONE]\n\n'
const sayEvents = (response: ServerResponse, events: readonly string[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) response.write(event)
  response.end()
}

let gateway: TestGateway
let model: OpenAiCompatibleModel
beforeEach(async () => {
  asked.length = 0
  respond = (response) =>
    sayWhole(response, whole([{ index: 0, text: ' you', logprobs: null, finish_reason: 'length' }]))
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
})
afterEach(async () => {
  await gateway.close()
  await model.close()
  upstream.closeAllConnections()
  upstream.close()
  await once(upstream, 'close')
})

const start = async (options: TestOptions = {}) => {
  const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  model = createOpenAiCompatibleModel({
    deployment: {
      id: 'vllm',
      model: 'qwen',
      address,
      quirks: { noStreamUsage: false, maxTokensField: 'max_completion_tokens', developerAsSystem: true },
      timeouts: { connectMs: 500, firstContentMs: 500, idleMs: 500 },
    },
    facts: { contextLength: 4096, tools: true, vision: false, languages: [], priceKey: 'qwen' },
    clock: systemClock,
  })
  const strategy = { deployment: 'vllm' }
  gateway = await startTestGateway({
    models: { vllm: model, chat: createScriptedModel({ id: 'chat', script: 'Hello', clock: systemClock }) },
    ...options,
    architecture: {
      server: { requireKeys: true },
      deployments: [
        { id: 'vllm', engine: 'vllm', model: 'qwen' },
        { id: 'chat', engine: 'scripted', model: 'chat' },
      ],
      prompts: [{ id: 'polite', system: { en: 'Be polite.' } }],
      guardrails: [{ id: 'strict', input: { personalData: 'redact' }, output: { personalData: 'redact' } }],
      routes: [
        { name: 'raw', strategy },
        { name: 'guarded', strategy, guardrails: 'strict' },
        { name: 'chat', strategy: { deployment: 'chat' } },
        { name: 'either', strategy: { fallback: [{ deployment: 'chat' }, strategy] } },
        { name: 'prompted', strategy, prompt: 'polite' },
      ],
      ...options.architecture,
    },
  })
  gateway.keys.set('la-key', keyRecord())
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'la-key', maxRetries: 0 })
}
const headers = { authorization: 'Bearer la-key' }

describe('POST /v1/completions', () => {
  it('goes to the completions endpoint as it came, and comes back as it was', async () => {
    await start()
    const sent = '{ "model": "raw",  "prompt":"Hello","max_tokens":2, "logprobs":1,"top_k":5,"echo":true }'
    const answer = ` ${whole([{ index: 0, text: 'Hello you', logprobs, finish_reason: 'length', stop_reason: null }])} `
    respond = (response) => sayWhole(response, answer)
    const response = await gateway.postTo('/v1/completions', sent, headers)
    expect(await response.text()).toBe(answer)
    expect(asked).toMatchObject([{ path: '/v1/completions', raw: sent.replace('"raw"', '"qwen"') }])
    expect(gateway.ledger.attempts).toMatchObject([
      {
        deployment: 'vllm',
        settled: { usage: { input: { total: 3 }, output: { total: 2 } }, usageSource: 'reported' },
      },
    ])
  })

  it('gives the openai client texts, several prompts and choices', async () => {
    const client = await start()
    const prompts = [
      ['a', 'b'],
      [1, 2],
      [[1, 2], [3]],
    ]
    respond = (response, { prompt, n = 1 }) => {
      const count = (Array.isArray(prompt[0]) || typeof prompt[0] === 'string' ? prompt.length : 1) * n
      const choices = Array.from({ length: count }, (_, index) => ({
        index,
        text: `text ${index}`,
        logprobs: null,
        finish_reason: 'stop',
      }))
      sayWhole(response, whole(choices))
    }
    const counts: number[] = []
    for (const prompt of prompts) {
      const { choices } = await client.completions.create({
        model: 'raw',
        prompt,
        n: 2,
        best_of: 3,
        suffix: '!',
      })
      counts.push(choices.length)
    }
    expect(counts).toEqual([4, 2, 4])
    expect(asked.map(({ body }) => [body.prompt, body.best_of, body.suffix])).toEqual(
      prompts.map((prompt) => [prompt, 3, '!']),
    )
  })

  it('streams as the engine does, without the usage nobody asked for', async () => {
    const client = await start()
    const events = [
      chunk('Hel'),
      ': keep-alive\n\n',
      chunk('lo', null, { token_ids: [9] }),
      chunk('', 'stop'),
      usageChunk,
      done,
    ]
    respond = (response) => sayEvents(response, events)
    const body = { model: 'raw', prompt: 'Say', stream: true }
    const response = await gateway.postTo('/v1/completions', body, headers)
    expect(await response.text()).toBe(events.filter((event) => event !== usageChunk).join(''))
    expect(asked[0]?.body.stream_options).toEqual({ include_usage: true })
    expect(gateway.ledger.attempts[0]?.settled).toMatchObject({ usageSource: 'reported' })
    const stream = await client.completions.create({
      model: 'raw',
      prompt: 'Say',
      stream: true,
      stream_options: { include_usage: true },
    })
    let said = ''
    let total: number | undefined
    for await (const part of stream) {
      said += part.choices[0]?.text ?? ''
      total ??= part.usage?.total_tokens
    }
    expect([said, total]).toEqual(['Hello', 5])
  })

  it('ends a stream that breaks off with an error, never with [DONE]', async () => {
    const client = await start()
    respond = (response) => sayEvents(response, [chunk('Hel'), done])
    const stream = await client.completions.create({ model: 'raw', prompt: 'Say', stream: true })
    const read = async () => {
      for await (const part of stream) expect(part.choices[0]?.text).toBe('Hel')
    }
    await expect(read()).rejects.toMatchObject({ code: 'upstream_broke_off' })
    expect(gateway.ledger.attempts[0]?.settled).toMatchObject({ end: 'failed', usageSource: 'partial' })
  })

  it('passes guardrails on the way in and out, whatever the text is in', async () => {
    const client = await start()
    respond = (response, { stream }) =>
      stream
        ? sayEvents(response, [
            chunk('write to wang@'),
            chunk('example.com now'),
            chunk('', 'stop'),
            usageChunk,
            done,
          ])
        : sayWhole(
            response,
            whole([{ index: 0, text: 'write to wang@example.com', logprobs: null, finish_reason: 'stop' }]),
          )
    const asking = { model: 'guarded', prompt: ['I am li@example.com', 'Hi'], suffix: 'from li@example.com' }
    const answer = await client.completions.create(asking)
    expect(asked[0]?.body).toMatchObject({
      prompt: ['I am [EMAIL]', 'Hi'],
      suffix: 'from [EMAIL]',
      model: 'qwen',
    })
    expect(answer).toMatchObject({ object: 'text_completion', choices: [{ text: 'write to [EMAIL]' }] })
    let said = ''
    for await (const part of await client.completions.create({ ...asking, prompt: 'Hi', stream: true })) {
      expect(part.object).toBe('text_completion')
      said += part.choices[0]?.text ?? ''
    }
    expect(said).toBe('write to [EMAIL] now')
  })

  it('refuses a route that would make a chat of it, and token ids that nobody could check', async () => {
    const client = await start()
    const refused = (body: object) =>
      client.completions
        .create({ model: 'raw', prompt: 'a', ...body } as OpenAI.CompletionCreateParamsNonStreaming)
        .catch((error: unknown) => error)
    expect(await refused({ model: 'chat' })).toMatchObject({
      status: 400,
      param: 'prompt',
      message: expect.stringContaining('raw text'),
    })
    expect(await refused({ model: 'prompted' })).toMatchObject({
      status: 400,
      param: 'model',
      message: expect.stringContaining('/v1/chat/completions'),
    })
    expect(await refused({ model: 'guarded', prompt: [1, 2] })).toMatchObject({
      status: 400,
      param: 'prompt',
    })
    expect(await refused({ model: 'guarded', prompt_embeds: 'AAAA' })).toMatchObject({ status: 400 })
    expect(asked).toEqual([])
    expect(await refused({ model: 'either' })).toMatchObject({ choices: [{ text: ' you' }] })
  })

  it('names the field that is wrong', async () => {
    const client = await start()
    for (const [field, value] of [
      ['prompt', undefined],
      ['prompt', []],
      ['prompt', [1, 'a']],
      ['n', 0],
      ['max_tokens', -1],
      ['logprobs', true],
      ['suffix', 7],
      ['stop', [7]],
    ] as const)
      await expect(
        client.completions.create({
          model: 'raw',
          prompt: 'a',
          [field]: value,
        } as OpenAI.CompletionCreateParamsNonStreaming),
      ).rejects.toMatchObject({ status: 400, param: field })
  })

  it('shows what the engine says is wrong with the request', async () => {
    const client = await start()
    respond = (response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          error: { message: 'best_of must be n', type: 'BadRequestError', param: 'best_of' },
        }),
      )
    }
    await expect(client.completions.create({ model: 'raw', prompt: 'a' })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('best_of must be n'),
    })
  })

  it.each([
    [404, { detail: 'Not Found' }],
    [
      404,
      {
        error: {
          message: 'This is a chat model and not supported in the v1/completions endpoint.',
          code: 'model_not_found',
        },
      },
    ],
    [405, { error: 'Method Not Allowed' }],
    [501, {}],
  ])('says what to change where the server has no such endpoint: %i %j', async (status, body) => {
    const client = await start()
    respond = (response) => response.writeHead(status).end(JSON.stringify(body))
    for (const [model, stream] of [
      ['raw', false],
      ['raw', true],
      ['either', false],
    ] as const) {
      const failure = await client.completions
        .create({ model, prompt: 'Say', stream })
        .catch((error: unknown) => error)
      expect(failure).toMatchObject({ status: 400, param: model === 'raw' ? 'model' : 'prompt' })
    }
    const { error } = (await (
      await gateway.postTo('/v1/completions', { model: 'raw', prompt: 'Say' }, headers)
    ).json()) as { error: { message: string } }
    expect(error.message).toContain('/v1/chat/completions')
    expect(error.message).toContain(`${status}`)
    expect(gateway.ledger.attempts[0]?.settled).toMatchObject({ end: 'failed' })
  })

  it('does not take a model that the server does not know for a missing endpoint', async () => {
    await start()
    const body = { object: 'error', message: 'The model `qwen` does not exist.', code: 404 }
    respond = (response) => response.writeHead(404).end(JSON.stringify(body))
    const response = await gateway.postTo('/v1/completions', { model: 'raw', prompt: 'Say' }, headers)
    expect(response.status).toBe(502)
  })

  it('is limited as chats are', async () => {
    const client = await start()
    gateway.keys.set('la-key', keyRecord({ requestsPerMinute: 1 }))
    await client.completions.create({ model: 'raw', prompt: 'a' })
    await expect(client.completions.create({ model: 'raw', prompt: 'a' })).rejects.toMatchObject({
      status: 429,
    })
  })
})
