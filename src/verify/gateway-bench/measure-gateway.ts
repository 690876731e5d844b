// The rounds of `bench gateway`: every system in turn within each round, so that what the machine does meanwhile hits
// all of them alike, and every figure a ratio or a difference within its round. Starts nothing itself.

import { type Interval, meanInterval, quantile, type Target, verdictOf } from '../../stats/index.js'
import { type BenchMetric, benchMetric } from '../bench-metric.js'
import type { BenchSystem } from './bench-system.js'
import { type GuardedStreams, measureGuards } from './measure-guards.js'
import type { BenchLoadResult, BenchOrder } from './raw-load.js'
import type { BenchMode } from './raw-request.js'

export interface GatewayBench {
  /** Asked directly: the mock upstream. */
  readonly direct: BenchSystem
  readonly dispatch: BenchSystem
  readonly gateway: BenchSystem
  /** nginx where there is one, and `--peer`s. */
  readonly peers: readonly BenchSystem[]
  readonly rounds: number
  /** Of each measurement. */
  readonly seconds: number
  readonly connections: number
  /** Of the open loop. */
  readonly perSecond: number
  /** Of the paced load. */
  readonly streams: number
  /** Streams through guards, by language; see `measure-guards.ts`. */
  readonly guarded: readonly GuardedStreams[]
  readonly runLoad: (order: BenchOrder) => Promise<BenchLoadResult>
  readonly onRound?: (round: number) => void
}

/** @throws `verify.bench-answer`: a system that does not answer well is not measured */
export const measureGateway = async (bench: GatewayBench): Promise<readonly BenchMetric[]> => {
  const samples = createSamples()
  await warmUp(bench)
  for (let round = 0; round < bench.rounds; round++) {
    bench.onRound?.(round)
    for (const mode of ['json', 'sse'] as const) await measureThroughput(bench, mode, samples)
    await measureAdded(bench, samples)
    await measurePaced(bench, samples)
    await measureGuards(bench, (figure, ms) => samples.add(figure, 'ms', ms))
  }
  return samples.metrics()
}

type Unit = 'ratio' | 'ms' | '1/s'
type Samples = ReturnType<typeof createSamples>

const createSamples = () => {
  const found = new Map<string, { readonly unit: Unit; readonly values: number[] }>()
  return {
    add: (name: string, unit: Unit, value: number) => {
      const entry = found.get(name) ?? { unit, values: [] }
      entry.values.push(value)
      found.set(name, entry)
    },
    /** The median of the rounds, with Student's interval of their mean. */
    metrics: (): readonly BenchMetric[] =>
      [...found].map(([name, { unit, values }]) =>
        judged(name, unit, { ...meanInterval(values), value: median(values) }),
      ),
  }
}

const targets: Readonly<Record<string, Target>> = {
  'json.throughputRatioToDispatch': { op: '>=', value: 0.5 },
  'sse.throughputRatioToDispatch': { op: '>=', value: 0.6 },
  'added.p50Ms': { op: '<=', value: 0.5 },
  'added.p99Ms': { op: '<=', value: 3 },
  'added.ttftP50Ms': { op: '<=', value: 0.5 },
  'added.ttftP99Ms': { op: '<=', value: 3 },
  'paced.addedToDispatchP50Ms': { op: '<=', value: 3 },
}
/** Through guards an answer begins as late as without. */
const targetOf = (name: string): Target | undefined =>
  targets[name] ?? targets[name.replace(/^guards\.\w+\.\w+\.(?=ttft)/, 'added.')]

/** A figure passes or fails only if its whole interval does; `pass` is null where that is open. */
const judged = (name: string, unit: Unit, interval: Interval): BenchMetric => {
  const metric = benchMetric(`gateway.${name}`, unit, interval)
  const target = targetOf(name)
  if (!target) return metric
  const verdict = verdictOf({ target, interval })
  return { ...metric, target: target.value, pass: verdict === 'inconclusive' ? null : verdict === 'pass' }
}

const median = (values: readonly number[]) => quantile(values, 0.5)

/** The engine of every process compiles what it runs often; that is not measured. */
const warmUp = async ({ direct, dispatch, gateway, peers, connections, seconds, runLoad }: GatewayBench) => {
  for (const mode of ['json', 'sse'] as const)
    for (const { target } of [direct, dispatch, gateway, ...peers])
      await runLoad({ target, mode, seconds: Math.min(4, seconds), load: { connections } })
}

const measureThroughput = async (bench: GatewayBench, mode: 'json' | 'sse', samples: Samples) => {
  const { direct, dispatch, gateway, peers, connections, seconds, runLoad } = bench
  const rates = new Map<BenchSystem, number>()
  for (const system of [direct, dispatch, gateway, ...peers]) {
    const before = await system.cpuMs()
    const { requests, seconds: took } = await runLoad({
      target: system.target,
      mode,
      seconds,
      load: { connections },
    })
    const after = await system.cpuMs()
    rates.set(system, requests / took)
    samples.add(`${mode}.${system.name}.requestsPerSecond`, '1/s', requests / took)
    if (before !== undefined && after !== undefined)
      samples.add(`${mode}.${system.name}.cpuMsPerRequest`, 'ms', (after - before) / requests)
  }
  const ratioTo = (system: BenchSystem) => (rates.get(gateway) ?? 0) / (rates.get(system) ?? 1)
  samples.add(`${mode}.throughputRatioToDispatch`, 'ratio', ratioTo(dispatch))
  for (const peer of peers) samples.add(`${mode}.ratioToPeer.${peer.name}`, 'ratio', ratioTo(peer))
}

const quantiles = [
  ['p50Ms', 0.5],
  ['p99Ms', 0.99],
] as const

/** What the gateway adds to a direct call, and for comparison what the bare proxy adds. */
const measureAdded = async (bench: GatewayBench, samples: Samples) => {
  const { direct, dispatch, gateway, perSecond, seconds, runLoad } = bench
  const ask = (system: BenchSystem, mode: BenchMode) =>
    runLoad({ target: system.target, mode, seconds, load: { perSecond } })
  for (const [mode, prefix, take] of [
    ['json', '', ({ totalMs }: BenchLoadResult) => totalMs],
    ['sse', 'ttft', ({ firstMs }: BenchLoadResult) => firstMs],
  ] as const) {
    const base = take(await ask(direct, mode))
    for (const [name, system] of [
      ['added', gateway],
      ['dispatchAdded', dispatch],
    ] as const) {
      const times = take(await ask(system, mode))
      for (const [label, p] of quantiles) {
        const figure = prefix === '' ? label : `${prefix}${label[0]?.toUpperCase()}${label.slice(1)}`
        samples.add(`${name}.${figure}`, 'ms', quantile(times, p) - quantile(base, p))
      }
    }
  }
}

/** Many streams whose events come at the pace of a fast model: how much later the last one is through. */
const measurePaced = async (bench: GatewayBench, samples: Samples) => {
  const { dispatch, gateway, streams, seconds, runLoad } = bench
  const ask = async ({ target }: BenchSystem) =>
    median((await runLoad({ target, mode: 'paced', seconds, load: { connections: streams } })).totalMs)
  const bare = await ask(dispatch)
  samples.add('paced.dispatchP50Ms', 'ms', bare)
  samples.add('paced.addedToDispatchP50Ms', 'ms', (await ask(gateway)) - bare)
}
