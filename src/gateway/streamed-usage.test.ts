// What the ledger has of an answer whose prompt was partly cached: the same, whether it came whole or streamed, in
// whichever API the server tells it.

import { afterEach, describe, expect, it } from 'vitest'
import {
  createAnthropicMessagesModel,
  createGeminiModel,
  createOpenAiCompatibleModel,
  createOpenAiResponsesModel,
  type HttpChatModel,
  type HttpModelOptions,
} from '../llm/index.js'
import { ask, startTestGateway } from './__fixtures__/harness.js'
import { chunk, completion, sendEvents, sendJson, startUpstream } from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

const event = (data: object) => `event: ${(data as { type: string }).type}\ndata: ${JSON.stringify(data)}\n\n`
const data = (value: object) => `data: ${JSON.stringify(value)}\n\n`

interface Server {
  readonly create: (options: HttpModelOptions) => HttpChatModel
  readonly whole: object
  readonly events: string
  /** What it wrote to its cache, where its API tells. */
  readonly cacheWrite: number
}

const chatUsage = {
  prompt_tokens: 110,
  completion_tokens: 20,
  total_tokens: 130,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 5 },
}

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  output: [
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 110,
    output_tokens: 20,
    total_tokens: 130,
    input_tokens_details: { cached_tokens: 60 },
    output_tokens_details: { reasoning_tokens: 5 },
  },
}

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null }
const cached = { input_tokens: 40, cache_read_input_tokens: 60, cache_creation_input_tokens: 10 }
const answered = { output_tokens: 20, output_tokens_details: { thinking_tokens: 5 } }

const candidate = { index: 0, content: { role: 'model', parts: [{ text: 'Hi' }] } }
const prompted = { promptTokenCount: 110, cachedContentTokenCount: 60 }
const metadata = { ...prompted, candidatesTokenCount: 15, thoughtsTokenCount: 5, totalTokenCount: 130 }

const servers: Readonly<Record<string, Server>> = {
  'openai-chat': {
    create: createOpenAiCompatibleModel,
    whole: { ...completion('Hi'), usage: chatUsage },
    events:
      chunk({ role: 'assistant', content: 'Hi' }) +
      chunk({}, { finish_reason: 'stop' }) +
      data({
        id: 'chatcmpl-up',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'up',
        choices: [],
        usage: chatUsage,
      }) +
      'data: [DONE]\n\n',
    cacheWrite: 0,
  },
  'openai-responses': {
    create: createOpenAiResponsesModel,
    whole: response,
    events:
      event({
        type: 'response.created',
        response: { ...response, status: 'in_progress', output: [], usage: null },
      }) + event({ type: 'response.completed', response }),
    cacheWrite: 0,
  },
  'anthropic-messages': {
    create: createAnthropicMessagesModel,
    whole: {
      ...message,
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { ...cached, ...answered },
    },
    // The prompt is told at the start alone, as the API's documentation has it.
    events:
      event({
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { ...cached, output_tokens: 1 } },
      }) +
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }) +
      event({ type: 'content_block_stop', index: 0 }) +
      event({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: answered,
      }) +
      event({ type: 'message_stop' }),
    cacheWrite: 10,
  },
  gemini: {
    create: createGeminiModel,
    whole: { candidates: [{ ...candidate, finishReason: 'STOP' }], usageMetadata: metadata },
    // Each event repeats what was used so far.
    events:
      data({ candidates: [candidate], usageMetadata: { ...prompted, totalTokenCount: 110 } }) +
      data({ candidates: [{ index: 0, content: {}, finishReason: 'STOP' }], usageMetadata: metadata }),
    cacheWrite: 0,
  },
}

const clients: Readonly<Record<string, readonly [path: string, body: object]>> = {
  'openai-chat': ['/v1/chat/completions', ask('x')],
  'anthropic-messages': ['/v1/messages', ask('x', { max_tokens: 10 })],
}
const pairs = Object.keys(servers).flatMap((server) => Object.keys(clients).map((client) => [server, client]))

describe.each(pairs)('an answer of %s for a client of %s', (name = '', client = '') => {
  it.each([true, false])(
    'costs what its server reports, cached tokens once (streamed: %s)',
    async (stream) => {
      const { create, whole, events, cacheWrite } = servers[name] as Server
      const upstream = await startUpstream((call) => {
        if (!stream) return sendJson(call, whole)
        sendEvents(call, events)
        call.response.end()
      })
      const gateway = await startTestGateway({
        models: { main: upstream.model('main', undefined, { create }) },
      })
      opened.push(upstream, gateway)
      const [path, body] = clients[client] ?? ['', {}]
      const answer = await gateway.postTo(path, { ...body, stream })
      expect(await answer.text()).toContain('Hi')
      expect(gateway.ledger.attempts.map(({ settled }) => settled)).toMatchObject([
        {
          end: 'finished',
          usageSource: 'reported',
          usage: { input: { total: 110, cacheRead: 60, cacheWrite }, output: { total: 20, reasoning: 5 } },
        },
      ])
    },
  )
})
