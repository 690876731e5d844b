// How fast attempts are recorded: begin + settle through the journal, at several concurrencies, with the drain into
// an embedded database running beside it; then the drain alone. Run after `npm run build`:
//   node benchmarks/ledger.ts [--seconds 5] [--database URL] [--json]
// Without --database an embedded database is started, in a process of its own as the product does it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { silentLog, systemClock } from '../dist/core/index.js'
import { createCounters, type Ledger, openLedger, type SyncPolicy } from '../dist/ledger/index.js'
import { connectStore, embeddedConnection, startEmbeddedDatabase } from '../dist/store/index.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    database: { type: 'string' },
    json: { type: 'boolean', default: false },
    serve: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const usage = {
  input: { total: 800, cacheRead: 100, cacheWrite: 0 },
  output: { total: 200, reasoning: 0 },
}

interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
}
const results: Result[] = []
const report = (name: string, value: number, unit: string) => {
  results.push({ name, value, unit })
  if (!values.json)
    process.stderr.write(
      `${name.padEnd(48)} ${value.toLocaleString('en-US', { maximumFractionDigits: 3 }).padStart(12)} ${unit}\n`,
    )
}

/** The embedded database in a process of its own, as the product runs it. */
const startDatabase = async (socketDirectory: string) => {
  const child = spawn(
    process.execPath,
    [...process.execArgv, import.meta.filename, '--serve', socketDirectory],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
}

/** The child: serves until its standard input ends. */
const serveDatabase = async (socketDirectory: string) => {
  const database = await startEmbeddedDatabase({
    dataDirectory: join(socketDirectory, '..', 'data'),
    socketDirectory,
    onFatal: (error) => {
      throw error
    },
  })
  process.stdout.write('ready')
  process.stdin.resume()
  await once(process.stdin, 'end')
  await database.close()
}

if (values.serve !== undefined) {
  await serveDatabase(values.serve)
  process.exit(0)
}

const directory = await mkdtemp(join(tmpdir(), 'ledger-benchmark-'))
const stopDatabase = values.database ? undefined : await startDatabase(join(directory, 'run'))
const store = await connectStore({
  connection: values.database
    ? { connectionString: values.database }
    : embeddedConnection(join(directory, 'run')),
  log: silentLog,
})

const open = (name: string, sync: SyncPolicy): Promise<Ledger> =>
  openLedger({
    directory: join(directory, name),
    store,
    clock: systemClock,
    counters: createCounters({ clock: systemClock }),
    price: (_deployment, { input, output }) => ({
      usd: (input.total + 2 * output.total) / 1e6,
      version: '1',
    }),
    log: silentLog,
    sync,
  })

let requests = 0
const record = async (ledger: Ledger, latencies: number[]) => {
  const recorder = ledger.recorder({ tokensPerMinute: 1e12, monthlyBudgetUsd: 1e6 })
  const startedMs = performance.now()
  const attempt = await recorder.begin({
    requestId: `req_${++requests}`,
    attempt: 0,
    tenant: 'bank',
    keyId: 'key_1',
    route: 'support',
    deployment: 'local',
    architectureHash: `sha256:${'0'.repeat(64)}`,
    reservation: usage,
  })
  const begunMs = performance.now()
  // Where the upstream call would be: without a turn of the event loop nothing else could ever run.
  await turn()
  const endedMs = performance.now()
  await attempt.settle(
    { usage, usageSource: 'reported', end: 'finished' },
    { firstContentMs: 10, totalMs: 100 },
  )
  latencies.push(begunMs - startedMs, performance.now() - endedMs)
}

const quantile = (values: number[], p: number) => {
  const sorted = values.sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

/** Closed loop: `concurrency` callers, each with one attempt at a time. */
const measureRecording = async (sync: SyncPolicy, concurrency: number) => {
  const name = `record.${sync}.c${concurrency}`
  const ledger = await open(name, sync)
  const latencies: number[] = []
  const endMs = performance.now() + seconds * 1000
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const caller = async () => {
    while (performance.now() < endMs) await record(ledger, latencies)
  }
  await Promise.all(Array.from({ length: concurrency }, caller))
  const elapsedSeconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const attempts = latencies.length / 2
  report(`${name}.attemptsPerSecond`, attempts / elapsedSeconds, '1/s')
  report(`${name}.cpuPerAttempt`, (user + system) / attempts, 'us')
  report(`${name}.oneWrite.p50Ms`, quantile(latencies, 0.5), 'ms')
  report(`${name}.oneWrite.p99Ms`, quantile(latencies, 0.99), 'ms')
  report(`${name}.pendingRowsAtEnd`, ledger.health().pendingRows, 'rows')
  await ledger.close()
}

/** The drain alone: rows that gathered while nothing was draining, then one flush. */
const measureDrain = async (rows: number) => {
  const ledger = await open('drain', 'interval')
  const latencies: number[] = []
  for (let done = 0; done < rows; done += 500)
    await Promise.all(Array.from({ length: 500 }, () => record(ledger, latencies)))
  const pending = ledger.health().pendingRows
  const startedMs = performance.now()
  await ledger.flush()
  report('drain.rows', pending, 'rows')
  report('drain.rowsPerSecond', pending / ((performance.now() - startedMs) / 1000), 'rows/s')
  await ledger.close()
}

try {
  for (const concurrency of [1, 16, 128]) await measureRecording('interval', concurrency)
  await measureRecording('always', 16)
  await measureDrain(19_000)
} finally {
  await store.close()
  await stopDatabase?.()
  await rm(directory, { recursive: true })
}
if (values.json) {
  const environment = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  process.stdout.write(`${JSON.stringify({ bench: 'ledger', environment, metrics: results })}\n`)
}
