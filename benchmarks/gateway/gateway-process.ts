// The product's gateway in a process of its own: keys, budgets, the ledger with its journal and its database (in a
// further process), guardrails and the exact cache, as `serve` puts them together. Prints its port.
// Second argument: `full`, or `lean` for keys and ledger alone.

import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, createRenderer, silentLog, systemClock } from '../../dist/core/index.js'
import {
  createGateway,
  createHttpServer,
  createResilience,
  gatewayMessages,
} from '../../dist/gateway/index.js'
import { createGuardrails } from '../../dist/guardrails/index.js'
import { createCounters, ledgerMessages, openLedger } from '../../dist/ledger/index.js'
import { createOpenAiCompatibleModel, llmMessages } from '../../dist/llm/index.js'
import { architectureSchema } from '../../dist/spec/index.js'
import { connectStore, embeddedConnection } from '../../dist/store/index.js'
import { createMetrics } from '../../dist/telemetry/index.js'
import { tellCpu } from './tell-cpu.ts'

const [address = '', mode = 'full', socketDirectory = ''] = process.argv.slice(2)
const isFull = mode === 'full'
const architecture = architectureSchema.parse({
  version: 1,
  name: 'benchmark',
  server: { requireKeys: true },
  deployments: [{ id: 'mock', engine: 'openai-compatible', model: 'mock', address: `${address}/v1` }],
  routes: [
    {
      name: 'chat',
      strategy: { deployment: 'mock' },
      ...(isFull && { guardrails: 'default', cache: {} }),
    },
  ],
  guardrails: [{ id: 'default' }],
})
const [deployment] = architecture.deployments
if (!deployment) throw new Error('no deployment')

const clock = systemClock
const counters = createCounters({ clock })
const store = await connectStore({ connection: embeddedConnection(socketDirectory), log: silentLog })
const ledger = await openLedger({
  directory: await mkdtemp(join(tmpdir(), 'benchmark-journal-')),
  store,
  clock,
  counters,
  log: silentLog,
  price: (_id, { input, output }) => ({ usd: (input.total + 4 * output.total) / 1e6, version: 'benchmark' }),
})
const key = {
  id: 'key_benchmark',
  name: 'benchmark',
  tenant: 'default',
  groups: [],
  routes: null,
  requestsPerMinute: 100_000_000,
  tokensPerMinute: 100_000_000_000,
  monthlyBudgetUsd: 1_000_000,
  createdAt: new Date(0),
  expiresAt: null,
  revokedAt: null,
}
const gateway = createGateway({
  architecture,
  architectureHash: 'sha256:benchmark',
  models: new Map([
    [
      'mock',
      createOpenAiCompatibleModel({
        deployment,
        facts: { contextLength: 8192, tools: true, vision: false, languages: [], priceKey: 'mock' },
        clock,
      }),
    ],
  ]),
  keyring: { find: (secret) => (secret === 'la-benchmark' ? key : undefined) },
  ledger,
  counters,
  resilience: createResilience({ clock, counters, random: createRandom('benchmark'), log: silentLog }),
  guardrails: createGuardrails({ policies: architecture.guardrails }),
  costUsd: (_id, { input, output }) => (input.total + 4 * output.total) / 1e6,
  metrics: createMetrics(),
  render: createRenderer(gatewayMessages, llmMessages, ledgerMessages),
  log: silentLog,
  clock,
})
const server = createHttpServer(() => gateway.handle)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
tellCpu()
