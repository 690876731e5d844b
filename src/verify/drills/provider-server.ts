// A provider of chat completions that keeps its own invoice: OpenAI-compatible, streaming or not, with failures and
// broken connections by seed. Shares nothing with the gateway, so that its invoice is an independent witness.

import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../core/index.js'
import { chargeOf, type PlannedReply, planReply } from './plan-reply.js'
import type { InvoiceLine, ProviderOptions } from './provider-options.js'

export interface ProviderServer {
  /** Base address of its API, as `deployments[].address` wants it. */
  readonly address: string
  close(): Promise<void>
}

interface ProviderRequest {
  readonly model?: string
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly messages?: readonly { readonly content?: unknown }[]
}

interface Exchange {
  readonly response: ServerResponse
  readonly body: ProviderRequest
  readonly reply: PlannedReply
  readonly completionId: string
}

/** Listens on a free port of loopback. */
export const startProvider = async (
  options: ProviderOptions,
  { clock }: { readonly clock: Clock },
): Promise<ProviderServer> => {
  let calls = 0
  const invoice = (line: InvoiceLine) => appendFileSync(options.invoiceFile, `${JSON.stringify(line)}\n`)

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(await readBody(request)) as ProviderRequest
    const index = calls++
    const completionId = `chatcmpl-mock-${index}`
    const stream = body.stream ?? false
    const reply = planReply({ index, prompt: promptOf(body), stream }, options)
    const sent = request.headers['x-request-id']
    const charge = () =>
      invoice({
        completionId,
        requestId: typeof sent === 'string' ? sent : null,
        ended: reply.ended,
        inputTokens: reply.inputTokens,
        cachedInputTokens: reply.cachedInputTokens,
        outputTokens: reply.outputTokens,
        nanoUsd: chargeOf(reply, options.prices),
      })
    const exchange = { response, body, reply, completionId }
    if (reply.ended === 'refused') {
      charge()
      return sendJson(response, 500, {
        error: { message: 'The mock fails now and then.', type: 'server_error', code: null },
      })
    }
    if (stream) return sendStream(exchange, { charge, pause: () => clock.sleep(options.chunkDelayMs) })
    charge()
    sendJson(response, 200, completion(exchange))
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions'))
      return sendJson(response, 404, {
        error: { message: 'Not here.', type: 'invalid_request_error', code: null },
      })
    // A client that went away, as the drills make it do, ends its own call alone.
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const promptOf = ({ messages = [] }: ProviderRequest) =>
  messages
    .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content ?? '')))
    .join('\n')

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const usageOf = (reply: PlannedReply) => ({
  prompt_tokens: reply.inputTokens,
  completion_tokens: reply.outputTokens,
  total_tokens: reply.inputTokens + reply.outputTokens,
  prompt_tokens_details: { cached_tokens: reply.cachedInputTokens },
})

const head = ({ completionId, body }: Exchange, object: string) => ({
  id: completionId,
  object,
  created: 1_750_000_000,
  model: body.model ?? 'proving-model',
})

const completion = (exchange: Exchange) => ({
  ...head(exchange, 'chat.completion'),
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: exchange.reply.pieces.join('') },
      finish_reason: 'stop',
    },
  ],
  usage: usageOf(exchange.reply),
})

const sendStream = async (
  exchange: Exchange,
  { charge, pause }: { charge(): void; pause(): Promise<void> },
): Promise<void> => {
  const { response, reply, body } = exchange
  const send = (fields: object) =>
    response.write(`data: ${JSON.stringify({ ...head(exchange, 'chat.completion.chunk'), ...fields })}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [i, piece] of reply.pieces.entries()) {
    await pause()
    if (response.destroyed) return
    const delta = i === 0 ? { role: 'assistant', content: piece } : { content: piece }
    send({ choices: [{ index: 0, delta, finish_reason: null }] })
  }
  charge()
  if (reply.ended === 'cut-off') {
    await pause()
    response.destroy()
    return
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  if (body.stream_options?.include_usage) send({ choices: [], usage: usageOf(reply) })
  response.end('data: [DONE]\n\n')
}
