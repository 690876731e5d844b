// The system under test as HTTP shows it: chat, search, ledger, health. Knows nothing of what it is asked for.

import { z } from 'zod'
import { createHttpTransport } from './http-transport.js'
import { type ChatReply, readReply } from './read-reply.js'

export interface SystemAddress {
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly adminToken?: string | undefined
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
  /** Names of tools that may be called, with arguments of any kind. */
  readonly tools?: readonly string[]
  readonly signal: AbortSignal
}

export const createSystemClient = (address: SystemAddress): SystemClient => {
  const transport = createHttpTransport(address.baseUrl)
  return {
    chat: async ({ model, question, stream = false, tools = [], signal }) => {
      const body = {
        model,
        messages: [{ role: 'user', content: question }],
        ...(tools.length > 0 ? { tools: tools.map(toolNamed) } : {}),
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      }
      const response = await transport.send({
        method: 'POST',
        path: '/v1/chat/completions',
        token: address.apiKey,
        body,
        signal,
      })
      return readReply(response)
    },
    search: async ({ knowledge, query, limit }) => {
      const path = `/v1/vector_stores/${encodeURIComponent(knowledge)}/search`
      const body = { query, max_num_results: limit }
      const found = await transport.json({ method: 'POST', path, token: address.apiKey, body }, searchBody)
      return found.data.map((hit) => ({
        path: hit.filename,
        text: hit.content.map(({ text }) => text).join('\n'),
      }))
    },
    ledger: async (fromMs) => {
      const entries: LedgerEntry[] = []
      let after: string | undefined
      do {
        const query = `limit=1000&since=${Math.floor(fromMs)}${after ? `&after=${encodeURIComponent(after)}` : ''}`
        const call = { method: 'GET' as const, path: `/admin/ledger?${query}`, token: address.adminToken }
        const page = await transport.json(call, ledgerBody)
        entries.push(...page.rows.map(ledgerEntry))
        after = page.next ?? undefined
      } while (after !== undefined)
      return entries
    },
    close: () => transport.close(),
  }
}

const toolNamed = (name: string) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
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
