// The official Anthropic client as a black box on /v1/messages/batches.

import Anthropic from '@anthropic-ai/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type BatchGateway,
  type BatchGatewayOptions,
  openTestBatches,
} from '../__fixtures__/batch-gateway.js'
import { until } from '../__fixtures__/start-gateway.js'

let test: Awaited<ReturnType<typeof openTestBatches>>
let gateway: BatchGateway
let batches: Anthropic['messages']['batches']
beforeAll(async () => {
  test = await openTestBatches()
})
afterAll(() => test.close())
const start = async (options: BatchGatewayOptions = {}) => {
  gateway = await test.start(options)
  batches = gateway.anthropic.messages.batches
}
afterEach(() => gateway.close())

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const usage = { input: { total: 9, cacheRead: 0, cacheWrite: 0 }, output: { total: 5, reasoning: 0 } }
const request = (custom_id: string, more: object = {}) => ({
  custom_id,
  params: { model: 'chat', max_tokens: 64, messages: [{ role: 'user' as const, content: 'hi' }], ...more },
})
const ended = async (id: string) => {
  for (;;) {
    const batch = await batches.retrieve(id)
    if (batch.processing_status === 'ended') return batch
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const resultsOf = async (id: string) => {
  const results: Anthropic.Messages.MessageBatchIndividualResponse[] = []
  for await (const result of await batches.results(id)) results.push(result)
  return results
}

describe('a batch of the Anthropic client', () => {
  it('answers each request once, succeeded or errored, in the shapes of its API', async () => {
    await start({ models: { main: { text: 'Hello', usage } } })
    const made = await batches.create({
      requests: [request('one'), request('two', { model: 'none' }), request('three')],
    })
    expect(made).toMatchObject({
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: { processing: 3, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      ended_at: null,
      results_url: null,
      archived_at: null,
      cancel_initiated_at: null,
    })
    expect(made.id).toMatch(/^msgbatch_/)
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(86_400_000)
    const batch = await ended(made.id)
    expect(batch.request_counts).toEqual({ processing: 0, succeeded: 2, errored: 1, canceled: 0, expired: 0 })
    expect(Date.parse(String(batch.ended_at))).toBeGreaterThanOrEqual(Date.parse(made.created_at))
    expect(batch.results_url).toBe(`${gateway.url}/v1/messages/batches/${made.id}/results`)
    const results = await resultsOf(made.id)
    expect(results).toMatchObject([
      {
        custom_id: 'one',
        result: {
          type: 'succeeded',
          message: {
            type: 'message',
            role: 'assistant',
            content: [{ type: 'text', text: 'Hello' }],
            stop_reason: 'end_turn',
            usage: { input_tokens: 9, output_tokens: 5 },
          },
        },
      },
      {
        custom_id: 'two',
        result: { type: 'errored', error: { type: 'error', error: { type: 'not_found_error' } } },
      },
      { custom_id: 'three', result: { type: 'succeeded' } },
    ])
    expect(gateway.ledger.attempts).toHaveLength(2)
  })

  it('lists batches, newest first, in both directions, and none of OpenAI or of another tenant', async () => {
    await start({ works: false })
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift((await batches.create({ requests: [request('a')] })).id)
    const listed: string[] = []
    for await (const { id } of batches.list({ limit: 2 })) listed.push(id)
    expect(listed.slice(0, 3)).toEqual(ids)
    const before = await batches.list({ before_id: String(ids[2]), limit: 1 })
    expect(before.data.map(({ id }) => id)).toEqual([ids[1]])
    expect((await gateway.anthropicOf('la-stranger').messages.batches.list()).data).toEqual([])
    expect((await gateway.client.batches.list()).data).toEqual([])
    expect(await failureOf(batches.list({ after_id: 'msgbatch_none' }))).toMatchObject({ status: 400 })
    for (const id of ids) await batches.cancel(id)
  })

  it('is cancelled: what is under way ends, and the rest is canceled', async () => {
    let begun = 0
    const go = Promise.withResolvers<void>()
    await start({
      concurrency: 1,
      models: {
        main: async () => {
          begun++
          await go.promise
          return 'late'
        },
      },
    })
    const { id } = await batches.create({ requests: [request('a'), request('b'), request('c')] })
    await until(() => begun === 1)
    const cancelling = await batches.cancel(id)
    expect(cancelling.processing_status).toBe('canceling')
    expect(cancelling.cancel_initiated_at).not.toBeNull()
    const early = await fetch(`${gateway.url}/v1/messages/batches/${id}/results`, {
      headers: { 'x-api-key': 'la-key' },
    })
    expect([early.status, await early.json()]).toMatchObject([
      409,
      { type: 'error', error: { type: 'invalid_request_error' } },
    ])
    expect(await failureOf(batches.delete(id))).toMatchObject({ status: 409 })
    go.resolve()
    expect((await ended(id)).request_counts).toMatchObject({ succeeded: 1, canceled: 2 })
    expect((await resultsOf(id)).map(({ result }) => result.type)).toEqual([
      'succeeded',
      'canceled',
      'canceled',
    ])
    expect((await batches.cancel(id)).processing_status).toBe('ended')
  })

  it('is deleted with its results', async () => {
    await start()
    const { id } = await batches.create({ requests: [request('a')] })
    await ended(id)
    expect(await batches.delete(id)).toEqual({ id, type: 'message_batch_deleted' })
    expect(await failureOf(batches.retrieve(id))).toBeInstanceOf(Anthropic.NotFoundError)
    expect(await failureOf(batches.results(id))).toBeInstanceOf(Anthropic.NotFoundError)
  })

  it("is not there for another tenant's key", async () => {
    await start()
    const { id } = await batches.create({ requests: [request('a')] })
    await ended(id)
    const other = gateway.anthropicOf('la-stranger').messages.batches
    for (const attempt of [
      () => other.retrieve(id),
      () => other.cancel(id),
      () => other.results(id),
      () => other.delete(id),
    ])
      expect(await failureOf(attempt())).toBeInstanceOf(Anthropic.NotFoundError)
    expect((await resultsOf(id)).map(({ result }) => result.type)).toEqual(['succeeded'])
  })

  it.each([
    ['no requests', []],
    ['an id twice', [request('a'), request('a')]],
    ['an id of other characters', [request('a b')]],
    ['no params', [{ custom_id: 'a' } as never]],
  ])('is refused with %s', async (_what, requests) => {
    await start({ works: false })
    const error = await failureOf(batches.create({ requests }))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ error: { type: 'error', error: { type: 'invalid_request_error' } } })
    expect(String(error)).toContain('requests')
  })

  it('says of a request that asks for a stream that there is none', async () => {
    await start()
    const { id } = await batches.create({ requests: [request('a', { stream: true })] })
    await ended(id)
    expect(await resultsOf(id)).toMatchObject([
      { result: { type: 'errored', error: { error: { type: 'invalid_request_error' } } } },
    ])
  })
})
