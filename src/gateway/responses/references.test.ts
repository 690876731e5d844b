// Items that a request only refers to, as the AI SDK sends back what it was answered.

import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { NotFoundError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../__fixtures__/client-gateway.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'

let test: Awaited<ReturnType<typeof openTestConversations>>
let gateway: ResponsesGateway
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
afterEach(async () => {
  await gateway.close()
})

const callThenText = [
  {
    events: [
      { type: 'reasoning', choice: 0, text: 'The user means Taipei.' },
      {
        type: 'tool-call',
        choice: 0,
        index: 0,
        id: 'call_1',
        name: 'weather',
        arguments: '{"city":"Taipei"}',
      },
    ],
    finish: 'tool_calls',
  },
  { text: '21 degrees.' },
] as const

const weather = tool({
  description: 'Tells the weather.',
  inputSchema: z.object({ city: z.string() }),
  execute: async () => ({ degrees: 21 }),
})
const start = async () => {
  gateway = await test.start(callThenText)
}
const reference = (id: string | undefined) => ({ type: 'item_reference' as const, id: id ?? '' })

describe('the AI SDK with its default provider options', () => {
  const model = () => createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'la-key' })('chat')
  const asks = { prompt: 'hi', tools: { weather }, stopWhen: isStepCount(2), maxRetries: 0 }
  const ways = {
    whole: async () => (await generateText({ model: model(), ...asks })).text,
    streamed: async () => streamText({ model: model(), ...asks }).text,
  }
  it.each(['whole', 'streamed'] as const)('calls a tool and goes on, %s', async (way) => {
    await start()
    expect(await ways[way]()).toBe('21 degrees.')
    expect(gateway.model.calls[1]?.request.messages).toMatchObject([
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'The user means Taipei.' }] },
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_1', arguments: '{"city":"Taipei"}' }] },
      { role: 'tool', parts: [{ type: 'tool-result', id: 'call_1' }] },
    ])
  })
})

describe('an item that is referred to', () => {
  const first = async () => {
    await start()
    const { output } = await gateway.client.responses.create({ model: 'chat', input: 'hi' })
    return output.find(({ type }) => type === 'function_call')?.id
  }
  const result = { type: 'function_call_output' as const, call_id: 'call_1', output: '{}' }

  it('is kept whole with the response that refers to it', async () => {
    const id = await first()
    const { responses } = gateway.client
    const next = await responses.create({ model: 'chat', input: [reference(id), result] })
    const { data } = await responses.inputItems.list(next.id, { order: 'asc' })
    expect(data).toMatchObject([{ id, type: 'function_call', name: 'weather' }, { call_id: 'call_1' }])
  })

  it('is found by an answer that is not stored, and counted', async () => {
    const id = await first()
    const { responses } = gateway.client
    const asked = { model: 'chat', input: [reference(id), result] }
    const { input_tokens } = await responses.inputTokens.count(asked)
    expect(input_tokens).toBeGreaterThan(0)
    expect((await responses.create({ ...asked, store: false })).output_text).toBe('21 degrees.')
  })

  it('is nobody else’s, and named where it is not there', async () => {
    const id = await first()
    for (const [key, wrong] of [
      ['la-colleague', id],
      ['la-stranger', id],
      ['la-key', 'msg_none'],
      ['la-key', 'msg_\0'],
    ] as const) {
      const failure = await failureOf(
        gateway
          .clientOf(key)
          .responses.create({ model: 'chat', input: [{ role: 'user', content: 'a' }, reference(wrong)] }),
      )
      expect(failure).toBeInstanceOf(NotFoundError)
      expect(failure).toMatchObject({ param: 'input[1].id' })
    }
    expect(gateway.model.calls).toHaveLength(1)
  })
})
