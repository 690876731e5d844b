// The system under test as HTTP shows it: chat, search, ledger, health. Knows nothing of what it is asked for.

import { Agent, type Dispatcher, request } from 'undici'
import { z } from 'zod'
import { createSseParser } from '../llm/index.js'
import { verifyError } from './messages.js'

export interface SystemAddress {
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly adminToken?: string | undefined
}

export interface Citation {
  /** `PATH#START-END`. */
  readonly url: string
  /** The span of the answer it supports, in UTF-16 offsets. */
  readonly start: number
  readonly end: number
}

export interface ChatReply {
  readonly status: number
  readonly requestId: string | null
  /** The answer's own `id`, as its engine gave it. */
  readonly completionId: string | null
  readonly text: string
  readonly finishReason: string | null
  readonly citations: readonly Citation[]
  readonly errorCode: string | null
  /** Whether the whole answer arrived: a finish reason, and of a stream its end mark. */
  readonly isComplete: boolean
}

export interface SearchHit {
  readonly path: string
  readonly text: string
}

export interface LedgerEntry {
  readonly requestId: string
  readonly deployment: string
  readonly outputTokens: number
  readonly end: string
  readonly usageSource: string
  /** Whole nano-dollars; null when the row has no price. */
  readonly nanoUsd: bigint | null
}

export interface SystemClient {
  /** Asks a route. Never rejects for an HTTP error: that is an answer, too. @throws `verify.system-away` */
  chat(chat: ChatQuestion): Promise<ChatReply>
  /** @throws `verify.system-answer` | `verify.system-away` */
  search(query: {
    readonly knowledge: string
    readonly query: string
    readonly limit: number
  }): Promise<SearchHit[]>
  /** Ledger rows that started at or after a time. @param fromMs wall-clock ms since 1970 */
  ledger(fromMs: number): Promise<LedgerEntry[]>
  close(): Promise<void>
}

export interface ChatQuestion {
  readonly model: string
  readonly question: string
  readonly stream?: boolean
  readonly signal: AbortSignal
}

const answerTimeoutMs = 60_000

export const createSystemClient = (address: SystemAddress): SystemClient => {
  const dispatcher = new Agent({ connections: 64, pipelining: 1 })
  const base = address.baseUrl.replace(/\/$/, '')
  const send = async (call: Call) => {
    const { method, path, token, body, signal } = call
    try {
      return await request(`${base}${path}`, {
        dispatcher,
        method,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        headersTimeout: answerTimeoutMs,
        bodyTimeout: answerTimeoutMs,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw verifyError(
        'verify.system-away',
        { method, path, detail: error instanceof Error ? error.message : String(error) },
        { retryable: true, cause: error },
      )
    }
  }
  const json = async (call: Call): Promise<unknown> => {
    const response = await send(call)
    const text = await response.body.text()
    const body = parseJson(text)
    if (response.statusCode < 400 && body !== undefined) return body
    const message = errorBody.safeParse(body).data?.error.message ?? text.slice(0, 200)
    const { method, path } = call
    throw verifyError('verify.system-answer', { method, path, status: response.statusCode, message })
  }
  return {
    chat: async ({ model, question, stream = false, signal }) => {
      const body = {
        model,
        messages: [{ role: 'user', content: question }],
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      }
      const response = await send({
        method: 'POST',
        path: '/v1/chat/completions',
        token: address.apiKey,
        body,
        signal,
      })
      return readReply(response)
    },
    search: async ({ knowledge, query, limit }) => {
      const found = await json({
        method: 'POST',
        path: `/v1/vector_stores/${encodeURIComponent(knowledge)}/search`,
        token: address.apiKey,
        body: { query, max_num_results: limit },
      })
      return searchBody.parse(found).data.map((hit) => ({
        path: hit.filename,
        text: hit.content.map(({ text }) => text).join('\n'),
      }))
    },
    ledger: async (fromMs) => {
      const entries: LedgerEntry[] = []
      let after: string | undefined
      do {
        const query = `limit=1000&since=${Math.floor(fromMs)}${after ? `&after=${encodeURIComponent(after)}` : ''}`
        const page = ledgerBody.parse(
          await json({ method: 'GET', path: `/admin/ledger?${query}`, token: address.adminToken }),
        )
        entries.push(...page.rows.map(ledgerEntry))
        after = page.next ?? undefined
      } while (after !== undefined)
      return entries
    },
    close: () => dispatcher.destroy(),
  }
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal
}

const errorBody = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().default('') }),
})

const searchBody = z.object({
  data: z.array(
    z.object({
      filename: z.string(),
      content: z.array(z.object({ text: z.string() })),
    }),
  ),
})

const ledgerBody = z.object({
  rows: z.array(
    z.object({
      requestId: z.string(),
      deployment: z.string(),
      outputTokens: z.number(),
      end: z.string(),
      usageSource: z.string(),
      costUsd: z.string().nullable(),
    }),
  ),
  next: z.string().nullish(),
})

const ledgerEntry = ({ costUsd, ...row }: z.infer<typeof ledgerBody>['rows'][number]): LedgerEntry => ({
  ...row,
  nanoUsd: costUsd === null ? null : nanoUsdOf(costUsd),
})

/** Exact: the ledger writes decimal text with at most nine decimals. */
const nanoUsdOf = (usd: string): bigint => {
  const [whole = '0', fraction = ''] = usd.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const annotation = z.object({
  type: z.literal('url_citation'),
  url_citation: z.object({ url: z.string(), start_index: z.number(), end_index: z.number() }),
})

const completion = z.object({
  id: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: body().optional(),
        delta: body().optional(),
      }),
    )
    .default([]),
})

function body() {
  return z.object({ content: z.string().nullish(), annotations: z.array(z.unknown()).optional() })
}

const readReply = async (response: Dispatcher.ResponseData): Promise<ChatReply> => {
  const id = response.headers['x-request-id']
  const head = { status: response.statusCode, requestId: typeof id === 'string' ? id : null }
  const chunks: Uint8Array[] = []
  let isWhole = true
  try {
    for await (const chunk of response.body) chunks.push(chunk as Uint8Array)
  } catch {
    isWhole = false
  }
  const bytes = Buffer.concat(chunks)
  const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
  const messages = isStream
    ? createSseParser()
        .push(bytes)
        .map(({ data }) => data)
    : [bytes.toString('utf8')]
  const isEnded = isWhole && (!isStream || messages.at(-1) === '[DONE]')
  return { ...head, ...collectReply(messages.map(parseJson), isEnded) }
}

const collectReply = (
  messages: readonly unknown[],
  isEnded: boolean,
): Omit<ChatReply, 'status' | 'requestId'> => {
  let text = ''
  let completionId: string | null = null
  let finishReason: string | null = null
  let errorCode: string | null = null
  const citations: Citation[] = []
  for (const message of messages) {
    const failure = errorBody.safeParse(message).data?.error
    if (failure) errorCode = failure.code ?? 'error'
    const answer = completion.safeParse(message).data
    completionId ??= answer?.id ?? null
    const choice = answer?.choices[0]
    const said = choice?.message ?? choice?.delta
    text += said?.content ?? ''
    finishReason = choice?.finish_reason ?? finishReason
    for (const cited of said?.annotations ?? []) {
      const citation = annotation.safeParse(cited).data?.url_citation
      if (citation)
        citations.push({ url: citation.url, start: citation.start_index, end: citation.end_index })
    }
  }
  const isComplete = isEnded && finishReason !== null && errorCode === null
  return { completionId, text, finishReason, citations, errorCode, isComplete }
}
