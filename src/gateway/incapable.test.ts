// A deployment that cannot do what a request asks for: the next one is asked, and when there is none the client hears
// which field it was.

import { afterEach, describe, expect, it } from 'vitest'
import { createExtractiveModel } from '../llm/index.js'
import { startTestGateway, type TestGateway } from './__fixtures__/harness.js'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const messages = [{ role: 'user', content: 'What is it?' }]
const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }]
const deployment = (id: string) => ({ id, engine: 'scripted', model: id })
const extractive = () => createExtractiveModel({ id: 'extractive' })
const alone = () =>
  startTestGateway({
    architecture: {
      deployments: [deployment('extractive')],
      routes: [{ name: 'chat', strategy: { deployment: 'extractive' } }],
    },
    models: { extractive: extractive() },
  })

describe('a request that the only engine cannot honour', () => {
  it.each<[string, object]>([
    ['tool_choice', { tools, tool_choice: 'required' }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['modalities', { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } }],
    [
      'messages',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }],
          },
        ],
      },
    ],
  ])('is a 400 that names %s and the deployment', async (field, change) => {
    gateway = await alone()
    for (const stream of [false, true]) {
      const response = await gateway.post({ model: 'chat', messages, ...change, stream })
      expect(response.status).toBe(400)
      const { error } = (await response.json()) as { error: Record<string, string> }
      expect(error).toMatchObject({
        type: 'invalid_request_error',
        code: 'unsupported_parameter',
        param: field,
      })
      expect(error.message).toContain('extractive')
    }
  })

  it('goes to the next deployment where there is one', async () => {
    gateway = await startTestGateway({
      architecture: {
        deployments: [deployment('extractive'), deployment('main')],
        routes: [
          { name: 'chat', strategy: { fallback: [{ deployment: 'extractive' }, { deployment: 'main' }] } },
        ],
      },
      models: { extractive: extractive(), main: '{}' },
    })
    const response = await gateway.post({ model: 'chat', messages, response_format: { type: 'json_object' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-answered-by')).toBe('main')
  })

  it('is answered where tools are only offered', async () => {
    gateway = await alone()
    expect((await gateway.post({ model: 'chat', messages, tools })).status).toBe(200)
  })
})

describe('a prompt longer than the only engine reads', () => {
  const prompt = 'word '.repeat(2000)
  const said = [{ role: 'user', content: prompt }]
  it.each<[string, object, object]>([
    [
      '/v1/chat/completions',
      { messages: said },
      { error: { type: 'invalid_request_error', code: 'context_length_exceeded' } },
    ],
    [
      '/v1/responses',
      { input: prompt },
      { error: { type: 'invalid_request_error', code: 'context_length_exceeded' } },
    ],
    ['/v1/messages', { messages: said, max_tokens: 9 }, { error: { type: 'invalid_request_error' } }],
    [
      '/v1beta/models/chat:generateContent',
      { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
      { error: { status: 'INVALID_ARGUMENT' } },
    ],
  ])('is a 400 at %s', async (path, body, expected) => {
    const facts = { contextLength: 200, tools: false, vision: false, languages: [], priceKey: 'x' }
    gateway = await startTestGateway({
      architecture: {
        deployments: [deployment('extractive')],
        routes: [{ name: 'chat', strategy: { deployment: 'extractive' } }],
      },
      models: { extractive: createExtractiveModel({ id: 'extractive', facts }) },
    })
    const response = await gateway.postTo(path, { model: 'chat', ...body })
    expect(response.status).toBe(400)
    const answer = (await response.json()) as { error: { message: string } }
    expect(answer).toMatchObject(expected)
    expect(answer.error.message).toContain('fewer than 200')
  })
})

describe('fields beyond their range', () => {
  it.each([
    ['temperature', 9],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
  ])('%s is a 400', async (field, value) => {
    gateway = await startTestGateway()
    const response = await gateway.post({ model: 'chat', messages, [field]: value })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param: field } })
  })
})

describe('the name of the model in an answer', () => {
  it('is the route, streamed or whole', async () => {
    gateway = await alone()
    const whole = (await (await gateway.post({ model: 'chat', messages })).json()) as { model: string }
    const streamed = await (await gateway.post({ model: 'chat', messages, stream: true })).text()
    const names = [...streamed.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json ?? '').model)
    expect(names.length).toBeGreaterThan(1)
    expect([...new Set([whole.model, ...names])]).toEqual(['chat'])
  })
})
