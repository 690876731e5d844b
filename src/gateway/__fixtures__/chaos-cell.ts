// One cell of the chaos matrix: one fault, one client, one dialect, streamed or whole, through a gateway of its own.

import { systemClock } from '../../core/index.js'
import { createOpenAiCompatibleModel, type OpenAiCompatibleModel } from '../../llm/index.js'
import type { ChaosDialect } from './chaos-dialects.js'
import { type ChaosUpstream, type Fault, startChaosUpstream } from './chaos-upstreams.js'
import { startTestGateway, type TestGateway } from './harness.js'
import { connectRaw, post, type RawClient } from './raw-client.js'
import { chunk, completion, finish, sendEvents, sendJson, startUpstream } from './upstream.js'

/** What the client does; `stays-backed` is one that stays, on a route with a second deployment that is well. */
export const clients = ['stays', 'stays-backed', 'disconnects', 'never-reads'] as const
export type ChaosClient = (typeof clients)[number]

export interface Cell {
  readonly fault: Fault
  readonly client: ChaosClient
  readonly dialect: ChaosDialect
  readonly isStream: boolean
}

export interface CellResult {
  readonly cell: Cell
  /** `error CODE` or `STATUS CODE`, `fallback`, `cancelled`; `clean end` and `nothing` are what must not be. */
  readonly outcome: string
  /** From the request until client and ledger had everything. */
  readonly tookMs: number
  readonly rows: number
  readonly settledRows: number
  /** Requests that reached the faulty server and the good one. */
  readonly requests: number
  /** Connections to the faulty server that were still open at the end. */
  readonly leftOpen: number
}

export const deadlineMs = 1_500
const timeouts = { connectMs: 5_000, firstContentMs: 5_000, idleMs: 5_000 }
const stalledMs = 300

/** Whether the cell has to fill every buffer on the way to its client. */
export const isHeavy = ({ client, isStream }: Cell): boolean => client === 'never-reads' && isStream

export const runCell = async (cell: Cell): Promise<CellResult> => {
  const { fault, isStream } = cell
  const first = createSignal()
  const faulty = await startChaosUpstream(fault, { withFiller: isHeavy(cell), begun: first.given })
  const good = await startUpstream((call) => {
    if (isStream) {
      sendEvents(call, chunk({ content: 'from the second' }) + finish)
      call.response.end()
    } else sendJson(call, completion('from the second'))
  })
  const model = createOpenAiCompatibleModel({
    deployment: {
      id: 'faulty',
      model: 'faulty',
      address: faulty.address,
      quirks: { noStreamUsage: false, maxTokensField: 'max_completion_tokens', developerAsSystem: false },
      timeouts: { ...timeouts, firstContentMs: fault.firstContentMs ?? timeouts.firstContentMs },
    },
    facts: { contextLength: 8192, tools: true, vision: false, languages: [], priceKey: 'faulty' },
    clock: systemClock,
  })
  const gateway = await startGateway(cell, model, good.model('good'))
  try {
    return await observe(cell, {
      gateway,
      faulty,
      begin: first.give,
      requests: () => faulty.requests() + good.calls.length,
    })
  } finally {
    await gateway.close()
    await faulty.close()
    await good.close()
    // What is still under way is what the cell is about: it was looked at above.
    await model.close().catch(() => {})
  }
}

const startGateway = (cell: Cell, faulty: OpenAiCompatibleModel, good: OpenAiCompatibleModel) => {
  const ids = cell.client === 'stays-backed' ? ['faulty', 'good'] : ['faulty']
  return startTestGateway({
    architecture: {
      deployments: ids.map((id) => ({ id, engine: 'openai-compatible', model: id })),
      routes: [{ name: 'chat', strategy: { fallback: ids.map((deployment) => ({ deployment })) } }],
    },
    models: { faulty, good },
    patience: { stalledMs },
  })
}

interface Parts {
  /** Tells the faulty server that its first content has arrived. */
  readonly begin: () => void
  readonly gateway: TestGateway
  readonly faulty: ChaosUpstream
  readonly requests: () => number
}

const observe = async (cell: Cell, { gateway, faulty, begin, requests }: Parts): Promise<CellResult> => {
  const { dialect, isStream, client } = cell
  const { attempts } = gateway.ledger
  const raw = await connectRaw(gateway.port)
  const startedMs = performance.now()
  const isLate = () => performance.now() - startedMs > deadlineMs + 3_000
  if (client === 'never-reads') raw.socket.pause()
  const body = JSON.stringify(dialect.body(isStream))
  raw.write(post(dialect.path(isStream), body, [`x-request-timeout-ms: ${deadlineMs}`, 'connection: close']))
  await until(() => attempts.length > 0 || isLate())
  const isDone = () => attempts.every(({ settled }) => settled !== undefined) || isLate()
  if (client === 'disconnects') {
    await pause(20)
    raw.socket.destroy()
  } else if (client === 'never-reads') {
    begin()
    await until(isDone)
  } else {
    // A dialect that tells calls whole shows nothing of one that has only begun.
    void Promise.race([raw.until(/Once|pay/), pause(500)]).then(begin)
    await Promise.race([raw.ended(), until(isLate)])
  }
  await until(isDone)
  const tookMs = performance.now() - startedMs
  // What has been written for it, once it reads after all.
  raw.socket.resume()
  await Promise.race([raw.ended(), pause(2_000)])
  await until(() => faulty.connections() === 0 || performance.now() - startedMs > tookMs + 500)
  const settledRows = attempts.filter(({ settled }) => settled).length
  const outcome = outcomeOf(cell, raw)
  raw.socket.destroy()
  return {
    cell,
    outcome,
    tookMs,
    rows: attempts.length,
    settledRows,
    requests: requests(),
    leftOpen: faulty.connections(),
  }
}

const outcomeOf = (cell: Cell, raw: RawClient): string => {
  const { client, dialect, isStream } = cell
  if (client === 'disconnects') return 'cancelled'
  const text = raw.received()
  const endOfHead = text.indexOf('\r\n\r\n')
  const head = text.slice(0, Math.max(0, endOfHead))
  const rest = text.slice(endOfHead + 4)
  const body = /transfer-encoding: chunked/i.test(head) ? withoutChunks(rest) : rest
  if (body.includes('from the second')) return 'fallback'
  const status = Number(head.split(' ')[1])
  const code = dialect.errorCode(body)
  if (dialect.endsClean(body, isStream)) return 'clean end'
  // Whether it is told what happened, if it ever reads on, depends on how much its system had taken.
  if (isHeavy(cell) && status === 200) return isOver(raw) ? 'cancelled' : 'nothing'
  if (code !== undefined) return status === 200 ? `error ${code}` : `${status} ${code}`
  return 'nothing'
}

const isOver = ({ socket }: RawClient) => socket.readableEnded || socket.destroyed

const createSignal = () => {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** The body that was sent in HTTP chunks. All of it is ASCII, so that characters are bytes. */
const withoutChunks = (text: string): string => {
  let body = ''
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at)
    const length = end < 0 ? 0 : Number.parseInt(text.slice(at, end), 16)
    if (!(length > 0)) return body
    body += text.slice(end + 2, end + 2 + length)
    at = end + 2 + length + 2
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const until = async (isDone: () => boolean) => {
  while (!isDone()) await pause(5)
}
