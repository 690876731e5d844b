// A system for tests of verify: the HTTP surface of the gateway as far as verify speaks to it, with every fault a
// sabotage needs. Shares no code with the gateway.

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { request as send } from 'undici'

export interface FakeAnswer {
  readonly text: string
  /** Refused by a guard. */
  readonly isBlocked?: boolean
  readonly citations?: readonly { readonly url: string; readonly start: number; readonly end: number }[]
  /** Made where the request offers a tool of the name. */
  readonly call?: { readonly name: string; readonly arguments: string }
  readonly answeredBy?: string
}

export interface FakeSystemOptions {
  readonly answer?: (question: string) => FakeAnswer
  readonly search?: (knowledge: string, query: string) => readonly { path: string; text: string }[]
  /** A provider that answers in place of `answer`, and what the ledger thinks it charges, in nano-dollars. */
  readonly upstream?: {
    readonly address: string
    readonly prices: {
      readonly inputNanoUsd: number
      readonly cachedInputNanoUsd: number
      readonly outputNanoUsd: number
    }
  }
  /** Where ledger rows are kept; without it they are in memory. */
  readonly ledgerFile?: string
  /** Every n-th ledger row is not written. */
  readonly loseEvery?: number
  readonly firstContentMs?: number
  readonly gapMs?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** What request number i (from 0) does instead of answering. */
  readonly fault?: (index: number) => 'cut-off' | 'http-500' | 'drop' | undefined
  readonly isCacheHit?: (index: number) => boolean
}

export interface FakeSystem {
  readonly url: string
  readonly adminToken: string
  /** Headers of every chat request. */
  readonly requests: readonly IncomingMessage['headers'][]
  close(): Promise<void>
}

interface Body {
  readonly model?: string
  readonly stream?: boolean
  readonly query?: string
  readonly messages?: readonly { readonly content: string }[]
  readonly tools?: readonly { readonly function: { readonly name: string } }[]
}

interface Row {
  readonly requestId: string
  readonly deployment: string
  readonly startedAtMs: number
  readonly outputTokens: number
  readonly end: string
  readonly usageSource: string
  readonly costUsd: string | null
}

const adminToken = 'fake-admin'
const pieces = 5

export const startFakeSystem = async (options: FakeSystemOptions = {}): Promise<FakeSystem> => {
  const requests: IncomingMessage['headers'][] = []
  const rows: Row[] = readRows(options.ledgerFile)
  let written = 0
  const record = (row: Row) => {
    written += 1
    if (options.loseEvery && written % options.loseEvery === 0) return
    rows.push(row)
    if (options.ledgerFile) appendFileSync(options.ledgerFile, `${JSON.stringify(row)}\n`)
  }
  const chat = async (request: IncomingMessage, response: ServerResponse, body: Body) => {
    const index = requests.push(request.headers) - 1
    const call = { index, body, response, requestId: `req-${process.pid}-${index}` }
    const fault = options.fault?.(index)
    if (fault === 'drop') return response.destroy()
    if (fault === 'http-500') return sendJson(response, 500, { error: { code: 'broken', message: 'broken' } })
    if (options.upstream) return relay(call, options.upstream, record)
    await answer(call, { ...options, cutOff: fault === 'cut-off' })
  }
  const server = createServer((request, response) => {
    const handle = async () => {
      const url = new URL(request.url ?? '/', 'http://fake')
      if (url.pathname === '/admin/ledger') return listRows(request, response, { url, rows })
      const body = JSON.parse(await readText(request)) as Body
      const store = /^\/v1\/vector_stores\/([^/]+)\/search$/.exec(url.pathname)?.[1]
      if (store === undefined) return chat(request, response, body)
      const hits = options.search?.(decodeURIComponent(store), body.query ?? '') ?? []
      sendJson(response, 200, {
        data: hits.map(({ path, text }) => ({ filename: path, content: [{ type: 'text', text }] })),
      })
    }
    handle().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    adminToken,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Call {
  readonly index: number
  readonly body: Body
  readonly response: ServerResponse
  readonly requestId: string
}

const answer = async (call: Call, options: FakeSystemOptions & { readonly cutOff: boolean }) => {
  const { body, response, index, requestId } = call
  const question = body.messages?.at(-1)?.content ?? ''
  const {
    text,
    isBlocked,
    citations = [],
    call: wanted,
    answeredBy = 'small',
  } = options.answer?.(question) ?? { text: 'one two three four five' }
  if (isBlocked) return sendJson(response, 400, { error: { code: 'content_filter', message: 'refused' } })
  const annotations = citations.map(({ url, start, end }) => ({
    type: 'url_citation',
    url_citation: { url, title: '', start_index: start, end_index: end },
  }))
  const usage = { prompt_tokens: options.inputTokens ?? 20, completion_tokens: options.outputTokens ?? 10 }
  const headers = {
    'x-request-id': requestId,
    'x-cache': options.isCacheHit?.(index) ? 'hit' : 'miss',
    'x-answered-by': answeredBy,
  }
  const isOffered = body.tools?.some((tool) => tool.function.name === wanted?.name)
  const head = { id: `answer-${index}`, model: body.model }
  await pause(options.firstContentMs ?? 0)
  if (!body.stream) {
    const calls = isOffered ? [{ id: 'call', type: 'function', function: wanted }] : undefined
    const message = { role: 'assistant', content: text, annotations, tool_calls: calls }
    response.writeHead(200, { ...headers, 'content-type': 'application/json' })
    return response.end(JSON.stringify({ ...head, choices: [{ message, finish_reason: 'stop' }], usage }))
  }
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' })
  const event = (fields: object) => response.write(`data: ${JSON.stringify({ ...head, ...fields })}\n\n`)
  event({ choices: [{ delta: { role: 'assistant', content: '' } }] })
  for (let i = 0; i < pieces; i++) {
    if (i > 0) await pause(options.gapMs ?? 1)
    if (i === 3 && options.cutOff) return response.destroy()
    const [start, end] = [
      Math.floor((text.length * i) / pieces),
      Math.floor((text.length * (i + 1)) / pieces),
    ]
    event({ choices: [{ delta: { content: text.slice(start, end) } }] })
  }
  event({ choices: [{ delta: { annotations }, finish_reason: 'stop' }] })
  event({ choices: [], usage })
  return response.end('data: [DONE]\n\n')
}

interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
}

const relay = async (
  { body, response, requestId }: Call,
  { address, prices }: NonNullable<FakeSystemOptions['upstream']>,
  record: (row: Row) => void,
) => {
  const startedAtMs = Date.now()
  const row = {
    requestId,
    deployment: 'fake',
    startedAtMs,
    outputTokens: 0,
    usageSource: 'none',
    costUsd: null,
  }
  const upstream = await send(`${address}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify(body),
  })
  const headers = { 'x-request-id': requestId, 'content-type': String(upstream.headers['content-type']) }
  const text = await upstream.body.text().catch(() => undefined)
  if (text === undefined || upstream.statusCode !== 200) {
    record({ ...row, end: 'failed', costUsd: text === undefined ? '0.000001' : null })
    response.writeHead(text === undefined ? 200 : 502, headers)
    return response.end(text === undefined ? 'data: {"error":{"code":"cut"}}\n\ndata: [DONE]\n\n' : '{}')
  }
  const [json = '{}'] = /\{"prompt_tokens":.*?\}\}/.exec(text) ?? []
  const usage = JSON.parse(json) as Usage
  const cached = usage.prompt_tokens_details.cached_tokens
  const nano =
    (usage.prompt_tokens - cached) * prices.inputNanoUsd +
    cached * prices.cachedInputNanoUsd +
    usage.completion_tokens * prices.outputNanoUsd
  record({
    ...row,
    end: 'finished',
    usageSource: 'reported',
    outputTokens: usage.completion_tokens,
    costUsd: (nano / 1e9).toFixed(9),
  })
  response.writeHead(200, headers)
  return response.end(text)
}

const readRows = (file: string | undefined): Row[] =>
  file === undefined || !existsSync(file)
    ? []
    : readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))

const listRows = (
  request: IncomingMessage,
  response: ServerResponse,
  { url, rows }: { readonly url: URL; readonly rows: readonly Row[] },
) => {
  if (request.headers.authorization !== `Bearer ${adminToken}`)
    return sendJson(response, 401, { error: { code: 'admin', message: 'wrong token' } })
  const since = Number(url.searchParams.get('since') ?? 0)
  const after = Number(url.searchParams.get('after') ?? 0)
  const found = rows.filter(({ startedAtMs }) => startedAtMs >= since)
  // Pages smaller than asked for, so that reading on is tested.
  const page = found.slice(after, after + 50)
  sendJson(response, 200, { rows: page, next: after + 50 < found.length ? String(after + 50) : null })
}

const readText = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
