// A server of another host, as far as a test wants it to behave.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../core/index.js'
import { createOpenAiCompatibleModel, type HttpChatModel, type HttpModelOptions } from '../../llm/index.js'

export interface UpstreamCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
  /** Resolves when the caller is gone or has everything. */
  readonly closed: Promise<void>
}

type UpstreamTimeouts = HttpModelOptions['deployment']['timeouts']

/** Limits of time in ms, where a test wants other ones than the short ones it gets. */
interface ModelChanges extends Partial<UpstreamTimeouts> {
  /** The engine it is called by; default: OpenAI's chat completions. */
  readonly create?: (options: HttpModelOptions) => HttpChatModel
}

export interface Upstream {
  readonly address: string
  readonly calls: readonly UpstreamCall[]
  model(id: string, apiKey?: string, changes?: ModelChanges): HttpChatModel
  close(): Promise<void>
}

export const startUpstream = async (
  behave: (call: UpstreamCall, index: number) => void | Promise<void>,
): Promise<Upstream> => {
  const calls: UpstreamCall[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      const closed = new Promise<void>((resolve) => response.once('close', () => resolve()))
      const call = { request, response, body, closed }
      calls.push(call)
      void behave(call, calls.length - 1)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const models: HttpChatModel[] = []
  return {
    address,
    calls,
    model: (id, apiKey, { create = createOpenAiCompatibleModel, ...timeouts } = {}) => {
      const model = create({
        deployment: {
          id,
          model: `${id}-model`,
          address,
          quirks: {},
          timeouts: { connectMs: 500, firstContentMs: 1_000, idleMs: 300, ...timeouts },
        },
        facts: { contextLength: 8192, tools: true, vision: false, languages: [], priceKey: id },
        ...(apiKey !== undefined && { apiKey }),
        clock: systemClock,
      })
      models.push(model)
      return model
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      // Calls that a test broke off fail a close, and are what that test was about.
      await Promise.all(models.map((model) => model.close().catch(() => {})))
    },
  }
}

export const chunk = (delta: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-up',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'up',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  })}\n\n`

export const finish = `${chunk({}, { finish_reason: 'stop' })}data: [DONE]\n\n`

export const completion = (content: string) => ({
  id: 'chatcmpl-up',
  object: 'chat.completion',
  created: 1,
  model: 'up',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs: null }],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  system_fingerprint: 'fp_1',
})

export const sendJson = ({ response }: UpstreamCall, value: unknown, status = 200, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

export const sendEvents = ({ response }: UpstreamCall, text: string) => {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(text)
}
