import { afterEach, describe, expect, it } from 'vitest'
import { errorFactory } from '../core/index.js'
import { createGuardrails, guardrailsError } from '../guardrails/index.js'
import { ledgerMessages } from '../ledger/index.js'
import { ask, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'

let gateway: TestGateway
const start = async (options?: TestOptions) => {
  gateway = await startTestGateway(options)
  return gateway
}
afterEach(() => gateway.close())

interface ErrorAnswer {
  readonly status: number
  readonly message: string
  readonly code: string | null
}
const errorOf = async (response: Response): Promise<ErrorAnswer> => ({
  status: response.status,
  ...((await response.json()) as { error: Omit<ErrorAnswer, 'status'> }).error,
})

describe('a bad request', () => {
  it.each([
    ['broken JSON', '{"model": "chat",}', { status: 400, code: 'invalid_json' }],
    ['no body', '', { status: 400, code: 'invalid_json' }],
    ['a list', '[]', { status: 400, code: 'invalid_value', param: 'body' }],
    ['too deep', '['.repeat(200), { status: 400, code: 'invalid_json' }],
    ['no model', '{"messages": []}', { status: 400, code: 'missing_required_parameter', param: 'model' }],
    [
      'no messages',
      '{"model":"chat"}',
      { status: 400, code: 'missing_required_parameter', param: 'messages' },
    ],
    ['empty messages', '{"model":"chat","messages":[]}', { status: 400, param: 'messages' }],
    [
      'a wrong role',
      JSON.stringify({ model: 'chat', messages: [{ role: 'boss', content: 'x' }] }),
      { status: 400, param: 'messages[0].role' },
    ],
    ['n = 0', JSON.stringify(ask('x', { n: 0 })), { status: 400, param: 'n' }],
    ['stream as text', JSON.stringify(ask('x', { stream: 'yes' })), { status: 400, param: 'stream' }],
    ['max_tokens = -1', JSON.stringify(ask('x', { max_tokens: -1 })), { status: 400, param: 'max_tokens' }],
    ['tools as text', JSON.stringify(ask('x', { tools: 'all' })), { status: 400, param: 'tools' }],
    [
      'an unknown model',
      JSON.stringify({ ...ask('x'), model: 'gpt-9' }),
      { status: 404, code: 'model_not_found', param: 'model' },
    ],
  ])('%s is told apart', async (_name, body, expected) => {
    await start()
    const error = await errorOf(await gateway.post(body))
    expect(error).toMatchObject({ type: 'invalid_request_error', ...expected })
    expect(gateway.ledger.attempts).toEqual([])
  })

  it.each([
    ['no json_schema', undefined, 'missing_required_parameter', ''],
    ['json_schema as text', '{}', 'invalid_value', ''],
    ['a json_schema without a name', { schema: {} }, 'missing_required_parameter', '.name'],
    ['a json_schema with a number for a name', { name: 1, schema: {} }, 'invalid_value', '.name'],
  ])('%s is told apart where one is asked for', async (_name, schema, code, part) => {
    await start()
    const format = { type: 'json_schema', json_schema: schema }
    expect(await errorOf(await gateway.post(ask('x', { response_format: format })))).toMatchObject({
      status: 400,
      code,
      param: `response_format.json_schema${part}`,
    })
    const whole = { type: 'json_schema', json_schema: { name: 'any', schema: {} } }
    expect((await gateway.post(ask('x', { response_format: whole }))).status).toBe(200)
  })

  it('says where JSON broke, in the language of its reader', async () => {
    await start()
    const english = await errorOf(await gateway.post('{\n "model" "chat"}'))
    expect(english.message).toContain('position 11 (line 2, column 10) ":" is expected')
    const chinese = await errorOf(await gateway.post('{\n "model" "chat"}', { 'accept-language': 'zh-TW' }))
    expect(chinese.message).toContain('位置 11（第 2 行第 10 欄）應為「:」')
  })

  it('that is not UTF-8 is told the byte', async () => {
    await start()
    const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff]), Buffer.from('"}')])
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body })
    expect((await errorOf(response)).message).toContain('position 10')
  })

  it('with unknown fields passes', async () => {
    await start()
    expect((await gateway.post(ask('x', { top_k: 5, chat_template_kwargs: { a: 1 } }))).status).toBe(200)
  })
})

describe('a wrong address', () => {
  it.each([
    ['POST', '/chat/completions', 404, '/v1/chat/completions'],
    ['POST', '/v1/v1/chat/completions', 404, '/v1/chat/completions'],
    ['POST', '/v1/chat/completions/', 404, '/v1/chat/completions'],
    ['GET', '/v1/chat/completions', 405, 'POST'],
    ['DELETE', '/v1/models/chat', 405, 'GET'],
  ])('%s %s is answered %i with a hint', async (method, path, status, hint) => {
    await start()
    const response = await fetch(gateway.url + path, { method })
    expect(response.status).toBe(status)
    expect((await errorOf(response)).message).toContain(hint)
  })

  it('of 405 names the methods in Allow', async () => {
    await start()
    expect((await fetch(`${gateway.url}/v1/models`, { method: 'POST' })).headers.get('allow')).toBe('GET')
  })
})

describe('a caller without a key', () => {
  it.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['origin', 'https://evil.example'],
  ])('is refused when %s tells that it is not at this machine', async (name, value) => {
    await start()
    const response = await gateway.post(ask('hi'), { [name]: value })
    expect(await errorOf(response)).toMatchObject({ status: 403, code: 'origin_refused' })
  })
})

describe('a refusal of the ledger', () => {
  const ledgerError = errorFactory(ledgerMessages)
  it('for a full journal is 503', async () => {
    await start()
    gateway.ledger.refuseWith = ledgerError('ledger.journal-full', { directory: '/data', reason: 'ENOSPC' })
    expect(await errorOf(await gateway.post(ask('x')))).toMatchObject({
      status: 503,
      code: 'ledger_unavailable',
    })
  })

  it('for a spent budget is 429 insufficient_quota, not to be repeated', async () => {
    await start()
    gateway.ledger.refuseWith = ledgerError('ledger.budget-exceeded', {
      keyId: 'k',
      limitUsd: 1,
      usedUsd: 1,
      neededUsd: 0.1,
    })
    const response = await gateway.post(ask('x'))
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(await errorOf(response)).toMatchObject({
      status: 429,
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    })
  })

  it('for tokens per minute is 429 with Retry-After', async () => {
    await start()
    gateway.ledger.refuseWith = ledgerError('ledger.token-limit-exceeded', {
      keyId: 'k',
      limit: 1000,
      needed: 500,
      retryAfterMs: 4200,
    })
    const response = await gateway.post(ask('x'))
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('1000')
    expect(await errorOf(response)).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      type: 'tokens',
    })
  })
})

describe('a failure of our own', () => {
  it('shows the request id and nothing else', async () => {
    const guardrails = {
      ...createGuardrails({ policies: [] }),
      check: () => {
        throw new Error('secret detail /etc/passwd')
      },
    }
    await start({
      architecture: {
        guardrails: [{ id: 'g' }],
        routes: [{ name: 'chat', strategy: { deployment: 'main' }, guardrails: 'g' }],
      },
      guardrails,
    })
    const response = await gateway.post(ask('x'))
    const error = await errorOf(response)
    expect(error).toMatchObject({ status: 500, type: 'server_error', code: 'internal_error' })
    expect(error.message).toContain(response.headers.get('x-request-id'))
    expect(JSON.stringify(error)).not.toContain('passwd')
  })

  it('keeps blocked input at 400 content_filter', async () => {
    const guardrails = {
      ...createGuardrails({ policies: [] }),
      check: () => {
        throw guardrailsError('guardrails.blocked', { stage: 'input', kinds: ['jailbreak-persona'] })
      },
    }
    await start({
      architecture: {
        guardrails: [{ id: 'g' }],
        routes: [{ name: 'chat', strategy: { deployment: 'main' }, guardrails: 'g' }],
      },
      guardrails,
    })
    expect(await errorOf(await gateway.post(ask('x')))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      code: 'content_filter',
      param: null,
    })
  })
})
