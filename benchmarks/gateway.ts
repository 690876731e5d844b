// What the gateway costs: throughput beside a bare dispatch proxy, latency beside a direct call, streamed and not,
// all interleaved in one run. Run after `npm run build`:
//   node benchmarks/gateway.ts [--rounds 5] [--seconds 3] [--rate 100] [--connections 16] [--warm 4000]
// `warm` is how many requests of each kind a process answers before anything is measured: until it is compiled, its
// CPU time is several times what it will be.
// Prints one JSON document. Every process is a child of this one, which is the load generator.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closedLoop, openLoop } from './gateway/load.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '100' },
    connections: { type: 'string', default: '16' },
    warm: { type: 'string', default: '4000' },
  },
})
const ms = Number(values.seconds) * 1000
const connections = Number(values.connections)

interface Child {
  readonly process: ChildProcess
  readonly port: number
  /** CPU time so far, in ms. */
  cpuMs(): Promise<number>
}
const children: Child[] = []
/** Starts a script of this folder, which prints its port. */
const start = async (script: string, ...args: string[]): Promise<Child> => {
  const path = join(import.meta.dirname, 'gateway', script)
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const readNumber = async () => Number(String((await once(child.stdout, 'data'))[0]))
  const started: Child = {
    process: child,
    port: await readNumber(),
    cpuMs: () => {
      child.stdin.write('\n')
      return readNumber()
    },
  }
  children.push(started)
  return started
}

const quantile = (sorted: readonly number[], p: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
const ascending = (samples: readonly number[]) => [...samples].sort((a, b) => a - b)
const median = (samples: readonly number[]) => quantile(ascending(samples), 0.5)

const socketDirectory = await mkdtemp(join(tmpdir(), 'benchmark-gateway-'))
try {
  const upstream = await start('mock-upstream.ts')
  const origin = `http://127.0.0.1:${upstream.port}`
  await start('database-process.ts', socketDirectory)
  const targets = {
    direct: upstream,
    dispatch: await start('dispatch-proxy.ts', origin),
    lean: await start('gateway-process.ts', origin, 'lean', socketDirectory),
    full: await start('gateway-process.ts', origin, 'full', socketDirectory),
  }
  type Name = keyof typeof targets
  const names = Object.keys(targets) as Name[]
  const samples = new Map<string, number[]>()
  const keep = (name: string, value: number) => samples.set(name, [...(samples.get(name) ?? []), value])

  for (const isStream of [false, true])
    for (const name of names)
      for (let asked = 0; asked < Number(values.warm); )
        asked += (await closedLoop({ port: targets[name].port, isStream }, connections, 500)).requests
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [kind, isStream] of [['json', false] as const, ['sse', true] as const]) {
      const rates: Partial<Record<Name, number>> = {}
      const costs: Partial<Record<Name, number>> = {}
      for (const name of names) {
        const before = await targets[name].cpuMs()
        const { requests, seconds } = await closedLoop(
          { port: targets[name].port, isStream },
          connections,
          ms,
        )
        rates[name] = requests / seconds
        costs[name] = ((await targets[name].cpuMs()) - before) / requests
        keep(`${kind}.${name}.requestsPerSecond`, requests / seconds)
        keep(`${kind}.${name}.cpuPerRequestMs`, costs[name])
      }
      for (const name of ['lean', 'full'] as const) {
        keep(`${kind}.${name}.throughputRatioToDispatch`, (rates[name] ?? 0) / (rates.dispatch ?? 1))
        keep(`${kind}.${name}.cpuRatioToDispatch`, (costs.dispatch ?? 0) / (costs[name] ?? 1))
      }
      const direct = await openLoop({ port: targets.direct.port, isStream }, Number(values.rate), ms)
      for (const name of ['dispatch', 'lean', 'full'] as const) {
        const through = await openLoop({ port: targets[name].port, isStream }, Number(values.rate), ms)
        for (const [label, p] of [['P50Ms', 0.5] as const, ['P99Ms', 0.99] as const]) {
          keep(
            `${kind}.${name}.added${label}`,
            quantile(ascending(through.total), p) - quantile(ascending(direct.total), p),
          )
          keep(
            `${kind}.${name}.addedFirstByte${label}`,
            quantile(ascending(through.first), p) - quantile(ascending(direct.first), p),
          )
        }
      }
    }
  const metrics = [...samples].map(([name, found]) => ({
    name: `gateway.${name}`,
    value: median(found),
    unit: name.endsWith('Ms') ? 'ms' : name.endsWith('PerSecond') ? '1/s' : 'ratio',
    low: Math.min(...found),
    high: Math.max(...found),
    n: found.length,
  }))
  const environment = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    loadAverage: loadavg()[0],
    ratePerSecond: Number(values.rate),
    connections,
  }
  process.stdout.write(`${JSON.stringify({ bench: 'gateway', environment, metrics }, null, 2)}\n`)
} finally {
  for (const { process: child } of children) child.stdin?.end()
  await Promise.all(
    children.map(({ process: child }) => (child.exitCode === null ? once(child, 'exit') : undefined)),
  )
  await rm(socketDirectory, { recursive: true, force: true })
}
