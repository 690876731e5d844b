// A soak: `serve` in a process of its own with everything on, a mixed load from another, and the mock provider with its
// own invoice in a third. What the ledger says is read through the product's own API.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startRole } from '../../src/cli/bench-gateway/start-role.js'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { architectureSchema, formatArchitecture } from '../../src/spec/index.js'
import {
  failingModel,
  type InvoiceLine,
  type SoakOrder,
  type SoakResult,
  soakRoutes,
} from '../../src/verify/index.js'
import { inspectorOf, type Memory, memoryOf } from './heap-of.js'
import { type LedgerSums, readLedger } from './ledger-sums.js'
import { runJson } from './run-command.js'

export interface SoakOptions {
  readonly seconds: number
  readonly perSecond: number
  readonly seed: string
  /** When memory is looked at, in seconds from the start. */
  readonly memoryAt: readonly number[]
}

export interface SoakOutcome {
  readonly load: SoakResult
  readonly invoice: readonly InvoiceLine[]
  readonly ledger: LedgerSums
  /** What `llm-architect ledger --by deployment` prints. */
  readonly printed: readonly { readonly group: string; readonly attempts: number; readonly costUsd: string }[]
  readonly memory: readonly Memory[]
  /** What `serve` wrote to standard error last. */
  readonly errors: string
}

/** US dollars per million tokens; in nano-dollars per token it is a thousand times as much. */
const usdPerMillion = {
  mock: { input: 1, output: 4 },
  [failingModel]: { input: 2, output: 8 },
  embedder: { input: 0.02, output: 0 },
}
const prices = Object.fromEntries(
  Object.entries(usdPerMillion).map(([model, { input, output }]) => [
    model,
    { input: Math.round(input * 1000), output: Math.round(output * 1000) },
  ]),
)

export const runGatewaySoak = async (options: SoakOptions): Promise<SoakOutcome> => {
  const undo: (() => unknown)[] = []
  try {
    return await soak(options, undo)
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

/** @param undo is given what is to be undone afterwards, the last first */
const soak = async (options: SoakOptions, undo: (() => unknown)[]): Promise<SoakOutcome> => {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'))
  undo.push(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  const start = async (role: Parameters<typeof startRole>[0]) => {
    const started = await startRole(role, process.env)
    undo.push(() => started.child.close())
    return started
  }
  const upstream = await start({ role: 'upstream', prices })
  const load = await start({ role: 'load' })
  const file = join(directory, 'architecture.yaml')
  writeFileSync(file, formatArchitecture(architectureOf(`http://127.0.0.1:${upstream.port}/v1`)))
  const serve = await startServeProcess(file, ['--port', '0'], ['--inspect=127.0.0.1:0'])
  undo.push(() => {
    serve.stop()
    return serve.exited
  })
  await serve.ready
  const inspector = inspectorOf(serve.errors())
  const order = { ...(await targetOf(serve)), ...options }
  const soaking = load.child.request<SoakResult>('soak', order)
  const memory = watchMemory(serve.pid, inspector, options.memoryAt)
  const result = await soaking
  const invoice = await upstream.child.request<InvoiceLine[]>('invoice', {})
  const ledger = await readLedger(serve)
  const { document } = await runJson('ledger', '--by', 'deployment', '--architecture', file)
  const printed = document.groups
  return { load: result, invoice, ledger, printed, memory: await memory, errors: serve.errors() }
}

const watchMemory = async (pid: number, inspector: string, at: readonly number[]): Promise<Memory[]> => {
  const startMs = performance.now()
  const found: Memory[] = []
  for (const seconds of at) {
    await delay(Math.max(0, startMs + seconds * 1000 - performance.now()))
    found.push(await memoryOf(pid, inspector))
  }
  return found
}

const targetOf = async (serve: ServeProcess): Promise<Pick<SoakOrder, 'host' | 'port' | 'headers'>> => {
  const { secret } = await callAdmin<{ secret: string }>(serve, {
    method: 'POST',
    path: '/admin/keys',
    body: {
      name: 'soak',
      requestsPerMinute: 100_000_000,
      tokensPerMinute: 100_000_000_000,
      monthlyBudgetUsd: 1_000_000,
    },
  })
  const { hostname, port } = new URL(serve.url)
  return { host: hostname, port: Number(port), headers: { authorization: `Bearer ${secret}` } }
}

/** Keys, budget, ledger, metrics, guards on both sides, an answer cache, kept responses, retries and a fallback. */
const architectureOf = (address: string) => {
  const deployment = (model: keyof typeof usdPerMillion, more: object = {}) => ({
    id: model,
    engine: 'openai-compatible',
    model,
    address,
    price: usdPerMillion[model],
    ...more,
  })
  // It fails on purpose, all the time: it is to be called all the same.
  const breaker = { consecutiveFailures: 0, failureRate: 1 }
  const route = (name: string, strategy: object) => ({
    name,
    strategy,
    guardrails: 'default',
    // Full within the first seconds, so that what grows afterwards is no cache.
    cache: { maxEntries: 200 },
  })
  return architectureSchema.parse({
    version: 1,
    name: 'soak',
    server: { port: 0, requireKeys: true },
    deployments: [
      deployment('mock', { breaker, retry: { attempts: 2, baseDelayMs: 20 } }),
      deployment(failingModel, { breaker, retry: { attempts: 2, baseDelayMs: 20 } }),
      deployment('embedder', { kind: 'embedding' }),
    ],
    routes: [
      route(soakRoutes.chat, { deployment: 'mock' }),
      route(soakRoutes.fallback, { fallback: [{ deployment: failingModel }, { deployment: 'mock' }] }),
      { name: soakRoutes.embedding, strategy: { deployment: 'embedder' } },
    ],
    guardrails: [{ id: 'default' }],
  })
}
