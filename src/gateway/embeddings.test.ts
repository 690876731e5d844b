import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { createOpenAiEmbeddingModel, createPortEmbeddingModel, type EmbeddingModel } from '../llm/index.js'
import { keyRecord, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'
import {
  dimensions,
  startVectorUpstream,
  type VectorUpstream,
  vectorOf,
} from './__fixtures__/vector-upstream.js'

let upstream: VectorUpstream
let gateway: TestGateway
const models: { close(): Promise<void> }[] = []
beforeEach(async () => {
  upstream = await startVectorUpstream()
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
  await Promise.all(models.splice(0).map((model) => model.close()))
})

const engine = (id: string, address = upstream.address): EmbeddingModel => {
  const timeouts = { connectMs: 500, firstContentMs: 300, idleMs: 300 }
  const model = createOpenAiEmbeddingModel({
    deployment: { id, model: 'e5', address, timeouts, contextLength: 512, noTokenInput: false },
    clock: systemClock,
  })
  models.push(model)
  return model
}

const deployments = [
  { id: 'main', engine: 'scripted', model: 'main' },
  { id: 'first', kind: 'embedding', engine: 'vllm', model: 'e5' },
  { id: 'second', kind: 'embedding', engine: 'vllm', model: 'e5' },
]
const routes = [
  { name: 'chat', strategy: { deployment: 'main' } },
  { name: 'vectors', strategy: { fallback: [{ deployment: 'first' }, { deployment: 'second' }] } },
]

const start = async ({ architecture, ...options }: TestOptions = {}) => {
  gateway = await startTestGateway({
    embeddingModels: { first: engine('first'), second: engine('second') },
    ...options,
    architecture: { deployments, routes, ...architecture },
  })
}
interface Body {
  readonly error: { readonly code: string; readonly message: string }
  readonly data: readonly { readonly embedding: number[] | string }[]
  readonly usage: { readonly prompt_tokens: number }
}
const post = async (body: Record<string, unknown>, headers?: Record<string, string>) => {
  const response = await gateway.postTo('/v1/embeddings', { model: 'vectors', ...body }, headers)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

describe('the openai client', () => {
  let client: OpenAI
  const connect = async (options: TestOptions = {}) => {
    await start({ ...options, architecture: { server: { requireKeys: true }, ...options.architecture } })
    gateway.keys.set('la-key', keyRecord({ routes: ['vectors', 'chat'] }))
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'la-key', maxRetries: 0 })
  }

  it.each([undefined, 'float', 'base64'] as const)('gets vectors (encoding_format %s)', async (format) => {
    await connect()
    const answer = await client.embeddings.create({
      model: 'vectors',
      input: ['a fee', '手續費'],
      ...(format && { encoding_format: format }),
    })
    expect(answer.usage).toEqual({ prompt_tokens: 14, total_tokens: 14 })
    expect(answer.model).toBe('vectors')
    const vectors = answer.data.map(({ embedding }) => embedding as unknown as number[] | string)
    const numbers = vectors.map((vector) =>
      typeof vector === 'string'
        ? [...new Float32Array(new Uint8Array(Buffer.from(vector, 'base64')).buffer)]
        : vector,
    )
    expect(numbers).toEqual([vectorOf('a fee'), vectorOf('手續費')])
  })

  it('sends one text, one list of token ids and several, with what it wants of them', async () => {
    await connect()
    for (const input of ['a fee', [1, 2, 3], [[1, 2], [3]]])
      await client.embeddings.create({ model: 'vectors', input, dimensions, user: 'u-1' })
    expect(upstream.calls.map(({ body }) => body.input)).toEqual([['a fee'], [[1, 2, 3]], [[1, 2], [3]]])
    expect(upstream.calls[0]?.body).toMatchObject({ model: 'e5', dimensions, user: 'u-1' })
  })

  it('is told what is wrong in the shape of its errors', async () => {
    await connect()
    const refused = (params: object) =>
      client.embeddings.create({ model: 'vectors', input: 'a', ...params }).then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(await refused({ input: [] })).toBeInstanceOf(BadRequestError)
    expect(await refused({ model: 'nothing' })).toBeInstanceOf(NotFoundError)
    expect(await refused({ model: 'chat' })).toMatchObject({
      status: 400,
      code: 'model_not_supported',
      param: 'model',
      message: expect.stringContaining('/v1/chat/completions'),
    })
    const chat = client.chat.completions.create({
      model: 'vectors',
      messages: [{ role: 'user', content: 'a' }],
    })
    await expect(chat).rejects.toMatchObject({
      status: 400,
      code: 'model_not_supported',
      message: expect.stringContaining('/v1/embeddings'),
    })
  })

  it('lists embedding models beside chat', async () => {
    await connect()
    const listed = await client.models.list()
    expect(listed.data).toMatchObject([
      { id: 'chat', kind: 'chat' },
      { id: 'vectors', kind: 'embedding', context_length: 512 },
    ])
  })
})

describe('POST /v1/embeddings', () => {
  it('names everything that is wrong at once', async () => {
    await start()
    const { status, body } = await post({ input: [''], encoding_format: 'int8', dimensions: 0 })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'invalid_value', param: 'input' })
    for (const field of ['input', 'encoding_format', 'dimensions'])
      expect(body.error.message).toContain(`"${field}" must be`)
    const alone = await post({ dimensions: 3 })
    expect(alone.body.error).toMatchObject({ code: 'missing_required_parameter', param: 'input' })
  })

  it.each([
    '',
    [],
    ['a', ''],
    ['a', 1],
    [1.5],
    [[1], []],
    [-1],
    { a: 1 },
    Array.from({ length: 2049 }, () => 'a'),
  ])('refuses the input %j', async (input) => {
    await start()
    expect((await post({ input })).status).toBe(400)
    expect(upstream.calls).toHaveLength(0)
  })

  it('journals the attempt before the call and settles it with what the upstream reports', async () => {
    await start()
    const { headers } = await post({ input: ['a fee', 'an app'] })
    expect(headers.get('x-upstream-request-id')).toBe('up-1')
    expect(gateway.ledger.attempts).toMatchObject([
      {
        route: 'vectors',
        deployment: 'first',
        attempt: 0,
        tenant: 'default',
        reservation: { input: { total: 4 }, output: { total: 0 } },
        settled: { end: 'finished', usageSource: 'reported', usage: { input: { total: 14 } } },
      },
    ])
    expect((await gateway.metrics.read()).text).toMatch(/route="vectors".*status="200"/)
  })

  it('estimates what an upstream does not report', async () => {
    await start()
    upstream.behaviour.hasNoUsage = true
    expect((await post({ input: 'a'.repeat(40) })).body.usage.prompt_tokens).toBe(10)
    expect(gateway.ledger.attempts[0]?.settled).toMatchObject({ usageSource: 'estimated' })
  })

  it('asks the next deployment when one fails, each in a row of its own', async () => {
    const broken = await startVectorUpstream()
    broken.behaviour.status = 503
    await start({ embeddingModels: { first: engine('first', broken.address), second: engine('second') } })
    expect((await post({ input: 'a' })).status).toBe(200)
    await broken.close()
    expect((await post({ input: 'a' })).status).toBe(200)
    expect(gateway.ledger.attempts.map((row) => [row.deployment, row.attempt, row.settled?.end])).toEqual([
      ['first', 0, 'failed'],
      ['second', 1, 'finished'],
      ['first', 0, 'failed'],
      ['second', 1, 'finished'],
    ])
  })

  it('asks a deployment again and with its next key, spares one that stays broken, and keeps to a deadline', async () => {
    const broken = await startVectorUpstream()
    broken.behaviour.status = 503
    models.push(broken)
    const places = ['one', 'two'].map((name) => ({ name: `env:${name}`, fingerprint: name }))
    await start({
      architecture: {
        deployments: deployments.map((deployment) => ({
          ...deployment,
          retry: { attempts: 2, baseDelayMs: 1 },
          breaker: { consecutiveFailures: 2, openMs: 60_000 },
        })),
      },
      embeddingModels: { first: engine('first', broken.address), second: engine('second') },
      keys: { embedding: new Map([['first', { others: [engine('first', broken.address)], places }]]) },
    })
    for (let i = 0; i < 3; i++) expect((await post({ input: 'a fee' })).status).toBe(200)
    expect(gateway.ledger.attempts.map(({ attempt, deployment }) => [attempt, deployment])).toEqual([
      [0, 'first'],
      [1, 'first'],
      [2, 'second'],
      [0, 'first'],
      [1, 'first'],
      [2, 'second'],
      [0, 'second'],
    ])
    upstream.behaviour.isSilent = true
    const late = await post({ input: 'a fee' }, { 'x-request-timeout-ms': '50' })
    expect([late.status, late.body.error.code]).toEqual([504, 'deadline_exceeded'])
  })

  it('gives up on an upstream that is silent, and counts what it may have used', async () => {
    await start()
    upstream.behaviour.isSilent = true
    const { status, body } = await post({ input: 'a fee' })
    expect([status, body.error.code]).toEqual([504, 'upstream_timeout'])
    expect(gateway.ledger.attempts.map(({ settled }) => settled?.usageSource)).toEqual(['partial', 'partial'])
  })

  it.each([
    ['too few vectors', { data: [] }],
    ['no numbers', { data: [{ index: 0, embedding: ['a'] }] }],
    ['an index that is not there', { data: [{ index: 7, embedding: [1] }] }],
    ['base64 of no whole numbers', { data: [{ index: 0, embedding: 'AAA=' }] }],
    ['no JSON', 'hello'],
  ])('passes nothing on of an answer with %s', async (_what, answer) => {
    await start()
    upstream.behaviour.answer = answer
    expect(await post({ input: 'a' })).toMatchObject({
      status: 502,
      body: { error: { code: 'upstream_unavailable' } },
    })
  })

  it('tells the client what the upstream finds wrong with the request', async () => {
    await start()
    upstream.behaviour.status = 422
    expect(await post({ input: 'a' })).toMatchObject({
      status: 422,
      body: { error: { message: /status 422/ } },
    })
    expect(gateway.ledger.attempts).toHaveLength(1)
  })

  it('keeps to the limits of the key', async () => {
    await start({ architecture: { limits: { requestsPerMinute: 1 } } })
    const first = await post({ input: 'a' })
    expect([first.status, first.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '0'])
    expect((await post({ input: 'a' })).status).toBe(429)
    expect(upstream.calls).toHaveLength(1)
  })

  it('redacts or blocks by the policy of its route, and takes no token ids past it', async () => {
    const guardrails = [
      { id: 'strict', input: { personalData: 'redact', secrets: 'block', injection: 'off' } },
    ]
    const guarded = routes.map((route) =>
      route.name === 'vectors' ? { ...route, guardrails: 'strict' } : route,
    )
    await start({ architecture: { guardrails, routes: guarded } })
    await post({ input: ['mail to ann.lee@example.com', 'no secret'] })
    const [mail, other] = upstream.calls[0]?.body.input ?? []
    expect(mail).not.toContain('ann.lee@example.com')
    expect(other).toBe('no secret')
    const key = `sk-${'a1B2'.repeat(12)}`
    expect((await post({ input: `the key is ${key}` })).body.error.code).toBe('content_filter')
    expect((await post({ input: [1, 2] })).body.error).toMatchObject({
      code: 'unsupported_value',
      param: 'input',
    })
    expect(upstream.calls).toHaveLength(1)
  })

  it('tells the audit trail of answers and refusals', async () => {
    const entries: unknown[] = []
    await start({ audit: { append: (entry) => entries.push(entry) } })
    await post({ input: 'a' })
    upstream.behaviour.status = 500
    await post({ input: 'a' })
    expect(entries).toMatchObject([
      { route: 'vectors', answeredBy: 'first', end: 'finished', content: expect.any(Uint8Array) },
      { answeredBy: 'none', end: 'refused', errorCode: 'gateway.no-answer' },
    ])
  })

  it('serves models that run in another process, as floats and as base64', async () => {
    const asked: unknown[] = []
    const local = createPortEmbeddingModel({
      id: 'first',
      contextLength: 512,
      embedTexts: async ({ texts, inputType }) => {
        asked.push([texts, inputType])
        return { vectors: texts.map(() => [0.5, -0.25]), inputTokens: 9 }
      },
    })
    await start({ embeddingModels: { first: local, second: engine('second') } })
    const { body } = await post({ input: ['a', 'b'], input_type: 'query' })
    expect(body.data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -0.25],
      [0.5, -0.25],
    ])
    expect(asked).toEqual([[['a', 'b'], 'query']])
    expect(body.usage.prompt_tokens).toBe(9)
    const encoded = await post({ input: 'a', encoding_format: 'base64' })
    expect(encoded.body.data[0]?.embedding).toBe(
      Buffer.from(Float32Array.of(0.5, -0.25).buffer).toString('base64'),
    )
    expect((await post({ input: [1, 2] })).body.error.code).toBe('unsupported_value')
    expect((await post({ input: 'a', dimensions: 7 })).status).toBe(400)
  })
})
