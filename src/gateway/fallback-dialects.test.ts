// A stream that fails before its content falls back, whichever API the server speaks and the client asks in. The
// events that only open an answer are no content.

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
import { chunk, finish, sendEvents, startUpstream } from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

const event = (data: { readonly type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'in_progress',
  model: 'm',
  output: [],
}
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1 },
}
const overloaded = { type: 'overloaded_error', message: 'Overloaded' }

interface Server {
  readonly create: (options: HttpModelOptions) => HttpChatModel
  /** What it says before its first content. */
  readonly opening: string
  /** How it says that it has failed. */
  readonly failure: string
}

const servers: Readonly<Record<string, Server>> = {
  'openai-chat': {
    create: createOpenAiCompatibleModel,
    opening: chunk({ role: 'assistant', content: '' }),
    failure: `data: ${JSON.stringify({ error: { ...overloaded, type: 'server_error', code: 'overloaded' } })}\n\n`,
  },
  'openai-responses': {
    create: createOpenAiResponsesModel,
    opening:
      event({ type: 'response.created', response } as { type: string }) +
      event({ type: 'response.in_progress', response } as { type: string }),
    failure: event({
      type: 'response.failed',
      response: { ...response, status: 'failed', error: { code: 'server_error', message: 'Overloaded' } },
    } as { type: string }),
  },
  'anthropic-messages': {
    create: createAnthropicMessagesModel,
    opening: event({ type: 'message_start', message } as { type: string }) + event({ type: 'ping' }),
    failure: event({ type: 'error', error: overloaded } as { type: string }),
  },
  gemini: {
    create: createGeminiModel,
    opening: `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text: '' }] } }] })}\n\n`,
    failure: `data: ${JSON.stringify({ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } })}\n\n`,
  },
}

const text = { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }
const clients: Readonly<Record<string, readonly [path: string, body: object]>> = {
  'openai-chat': ['/v1/chat/completions', ask('x', { stream: true })],
  'openai-responses': ['/v1/responses', { model: 'chat', input: 'x', stream: true, store: false }],
  'anthropic-messages': ['/v1/messages', ask('x', { stream: true, max_tokens: 10 })],
  gemini: ['/v1beta/models/chat:streamGenerateContent?alt=sse', text],
}

const pairs = Object.keys(servers).flatMap((server) => Object.keys(clients).map((client) => [server, client]))

describe.each(pairs)('a stream of %s for a client of %s', (server = '', client = '') => {
  it.each(['an error event', 'an end', 'a reset'])(
    'that fails before its content by %s is replaced by the next',
    async (how) => {
      const { create, opening, failure } = servers[server] as Server
      const first = await startUpstream(({ response: out, ...call }) => {
        sendEvents({ ...call, response: out }, opening + (how === 'an error event' ? failure : ''))
        if (how === 'a reset') setImmediate(() => out.socket?.resetAndDestroy())
        else out.end()
      })
      const second = await startUpstream((call) => {
        sendEvents(call, chunk({ content: 'from the second' }) + finish)
        call.response.end()
      })
      const gateway = await startTestGateway({
        architecture: {
          deployments: ['first', 'second'].map((id) => ({ id, engine: 'openai-compatible', model: id })),
          routes: [
            { name: 'chat', strategy: { fallback: [{ deployment: 'first' }, { deployment: 'second' }] } },
          ],
        },
        models: { first: first.model('first', undefined, { create }), second: second.model('second') },
      })
      opened.push(first, second, gateway)
      const [path, body] = clients[client] ?? ['', {}]
      const answer = await gateway.postTo(path, body)
      const said = await answer.text()
      expect(answer.status).toBe(200)
      expect(said).toContain('from the second')
      expect(said).not.toMatch(/"error":\s*\{|resp_1|msg_1|"role":\s*"assistant","content":""/)
      expect(gateway.ledger.attempts.map(({ deployment, settled }) => [deployment, settled?.end])).toEqual([
        ['first', 'failed'],
        ['second', 'finished'],
      ])
    },
  )
})
