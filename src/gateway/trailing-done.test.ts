// A stream of the Messages API, of Gemini's or of Responses that ends with the mark of chat completions, as vLLM ends it, is
// whole: also where the mark comes in one piece with the last event, and with comments between the events.

import { afterEach, describe, expect, it } from 'vitest'
import { createAnthropicMessagesModel, createGeminiModel, createOpenAiResponsesModel } from '../llm/index.js'
import { ask, startTestGateway } from './__fixtures__/harness.js'
import { sendEvents, startUpstream } from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

const event = (value: object) =>
  `event: ${(value as { type: string }).type}\ndata: ${JSON.stringify(value)}\n\n`
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] }

const answer = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' }
const response = {
  ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed' },
  output: [{ ...answer, content: [{ type: 'output_text', text: 'Hi', annotations: [] }] }],
  usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
}

const servers = {
  'anthropic-messages': {
    create: createAnthropicMessagesModel,
    events:
      event({
        type: 'message_start',
        message: { ...message, usage: { input_tokens: 3, output_tokens: 1 } },
      }) +
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }) +
      event({ type: 'content_block_stop', index: 0 }) +
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }) +
      event({ type: 'message_stop' }),
  },
  gemini: {
    create: createGeminiModel,
    events: `data: ${JSON.stringify({
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
    })}\n\n`,
  },
  'openai-responses': {
    create: createOpenAiResponsesModel,
    events:
      event({ type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }) +
      event({ type: 'response.completed', response }),
  },
} as const

describe.each(Object.entries(servers))(
  'a stream of %s with comments and [DONE]',
  (_name, { create, events }) => {
    it.each(['/v1/chat/completions', '/v1/messages'])('ends clean for a client of %s', async (path) => {
      const upstream = await startUpstream((call) => {
        const commented = events.replaceAll('\n\n', '\n\n: still here\n\n')
        sendEvents(call, `${commented}data: [DONE]\n\n`)
        call.response.end()
      })
      const gateway = await startTestGateway({
        models: { main: upstream.model('main', undefined, { create }) },
      })
      opened.push(upstream, gateway)
      const answer = await gateway.postTo(path, ask('x', { stream: true, max_tokens: 9 }))
      const text = await answer.text()
      expect(text).toContain('Hi')
      expect(text).not.toContain('error')
      expect(text).toMatch(/"finish_reason":\s*"stop"|"stop_reason":\s*"end_turn"/)
      expect(gateway.ledger.attempts).toMatchObject([
        { settled: { end: 'finished', usageSource: 'reported' } },
      ])
    })
  },
)
