// The official OpenAI client as a black box: what our clients will really do.

import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { errorFactory } from '../core/index.js'
import { ledgerMessages } from '../ledger/index.js'
import {
  brokenOff,
  failureOf,
  firstAttempt,
  stalled,
  startClientGateway,
} from './__fixtures__/client-gateway.js'
import { llmError } from './__fixtures__/errors.js'
import { keyRecord, type TestGateway, type TestOptions } from './__fixtures__/harness.js'

let gateway: TestGateway
let client: OpenAI
const start = async (options: TestOptions = {}) => {
  gateway = await startClientGateway(options)
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'la-key', maxRetries: 0 })
}
afterEach(() => gateway.close())

const messages = [{ role: 'user' as const, content: 'hi' }]
const ask = () => client.chat.completions.create({ model: 'chat', messages })

describe('the openai client', () => {
  it('gets an answer', async () => {
    await start({ models: { main: 'Hello' } })
    const answer = await ask()
    expect(answer.choices[0]?.message.content).toBe('Hello')
    expect(answer._request_id).toMatch(/^req_/)
  })

  it('streams an answer with usage', async () => {
    const usage = { input: { total: 5, cacheRead: 2, cacheWrite: 0 }, output: { total: 2, reasoning: 0 } }
    await start({ models: { main: { text: ['Hel', 'lo'], usage } } })
    const stream = await client.chat.completions.create({
      model: 'chat',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let finish: string | null | undefined
    let prompt: number | undefined
    for await (const piece of stream) {
      text += piece.choices[0]?.delta.content ?? ''
      finish ??= piece.choices[0]?.finish_reason
      prompt ??= piece.usage?.prompt_tokens
    }
    expect([text, finish, prompt]).toEqual(['Hello', 'stop', 5])
  })

  it('streams tool calls', async () => {
    const call = { type: 'tool-call', choice: 0, index: 0 } as const
    await start({
      models: {
        main: {
          events: [
            { ...call, id: 'call_1', name: 'weather', arguments: '' },
            { ...call, arguments: '{"city":' },
            { ...call, arguments: '"Taipei"}' },
          ],
          finish: 'tool_calls',
        },
      },
    })
    const final = await client.chat.completions.stream({ model: 'chat', messages }).finalChatCompletion()
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: 'call_1',
      function: { name: 'weather', arguments: '{"city":"Taipei"}' },
    })
  })

  it('lists and gets models', async () => {
    await start()
    expect((await client.models.list()).data.map((model) => model.id)).toEqual(['chat'])
    expect((await client.models.retrieve('chat')).object).toBe('model')
    await expect(client.models.retrieve('nope')).rejects.toBeInstanceOf(NotFoundError)
  })

  it('raises its own error for a wrong key, an unknown model and a wrong field', async () => {
    await start()
    const stranger = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'la-wrong', maxRetries: 0 })
    const wrongKey = await stranger.chat.completions.create({ model: 'chat', messages }).catch((e) => e)
    expect(wrongKey).toBeInstanceOf(AuthenticationError)
    expect(wrongKey).toMatchObject({ status: 401, code: 'invalid_api_key' })
    const unknown = await client.chat.completions.create({ model: 'gpt-9', messages }).catch((e) => e)
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' })
    const wrong = await client.chat.completions.create({ model: 'chat', messages, n: 0 }).catch((e) => e)
    expect(wrong).toBeInstanceOf(BadRequestError)
    expect(wrong).toMatchObject({ param: 'n' })
  })

  it('raises its own error for limits, budgets and upstreams that are down', async () => {
    const ledgerError = errorFactory(ledgerMessages)
    await start({ models: { main: { failBefore: llmError('llm.upstream-unreachable') } } })
    const down = await ask().catch((e) => e)
    expect(down).toBeInstanceOf(InternalServerError)
    expect(down).toMatchObject({ status: 502, code: 'upstream_unavailable' })
    expect(down.message).toContain('main (llm.upstream-unreachable)')
    gateway.ledger.refuseWith = ledgerError('ledger.budget-exceeded', {
      keyId: 'k',
      limitUsd: 1,
      usedUsd: 1,
      neededUsd: 1,
    })
    const spent = await ask().catch((e) => e)
    expect(spent).toBeInstanceOf(RateLimitError)
    expect(spent).toMatchObject({ code: 'insufficient_quota' })
    gateway.keys.set('la-key', keyRecord({ requestsPerMinute: 1 }))
    await ask().catch(() => {})
    const limited = await ask().catch((e) => e)
    expect(limited).toBeInstanceOf(RateLimitError)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('raises an error in the middle of a stream that breaks off', async () => {
    await start({ models: { main: brokenOff } })
    const stream = await client.chat.completions.create({ model: 'chat', messages, stream: true })
    let text = ''
    const failure = await failureOf(
      (async () => {
        for await (const piece of stream) text += piece.choices[0]?.delta.content ?? ''
      })(),
    )
    expect(text).toBe('ab')
    expect(failure).toBeInstanceOf(APIError)
    expect(failure).toMatchObject({ code: 'upstream_broke_off' })
  })

  it('ends the call upstream when it aborts', async () => {
    await start({ models: { main: stalled } })
    const stream = await client.chat.completions.create({ model: 'chat', messages, stream: true })
    for await (const piece of stream) if (piece.choices[0]?.delta.content) break
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })
})
