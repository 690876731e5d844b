import { expect, it } from 'vitest'
import type { BenchSystem } from './bench-system.js'
import { type GatewayBench, measureGateway } from './measure-gateway.js'
import type { BenchLoadResult, BenchOrder } from './raw-load.js'

/** Ms that each system takes for an answer. */
type Speeds = Readonly<Record<string, number>>

const systemNamed = (name: string): BenchSystem => ({
  name,
  target: { host: name, port: 1, path: '/', model: 'm', headers: {} },
  cpuMs: async () => undefined,
})

/** As a machine would answer on which each system takes exactly so long. */
const answering =
  (speeds: Speeds) =>
  async ({ target, load, seconds }: BenchOrder): Promise<BenchLoadResult> => {
    const ms = speeds[target.host] ?? 0
    const requests = 'connections' in load ? Math.round((load.connections * seconds * 1000) / ms) : 100
    const times = Array.from({ length: 100 }, () => ms)
    return { requests, seconds, firstMs: times, totalMs: times, eventMs: times }
  }

const benchOf = (speeds: Speeds, changes: Partial<GatewayBench> = {}): GatewayBench => ({
  direct: systemNamed('direct'),
  dispatch: systemNamed('dispatch'),
  gateway: systemNamed('gateway'),
  peers: [systemNamed('other')],
  rounds: 3,
  seconds: 2,
  connections: 4,
  perSecond: 50,
  streams: 8,
  guarded: [{ mode: 'redact', language: 'zh', system: systemNamed('gateway'), decidedBy: [1, 3] }],
  runLoad: answering(speeds),
  ...changes,
})

const figures = async (bench: GatewayBench) =>
  Object.fromEntries((await measureGateway(bench)).map((metric) => [metric.name, metric]))

it('says ratios of throughput and differences of latency, and judges them', async () => {
  const found = await figures(benchOf({ direct: 1, dispatch: 2, gateway: 2.5, other: 20 }))
  expect(found['gateway.json.throughputRatioToDispatch']).toMatchObject({ value: 0.8, n: 3, pass: true })
  expect(found['gateway.sse.ratioToPeer.other']?.value).toBe(8)
  expect(found['gateway.added.p50Ms']).toMatchObject({ value: 1.5, target: 0.5, pass: false })
  expect(found['gateway.added.ttftP99Ms']).toMatchObject({ value: 1.5, pass: true })
  expect(found['gateway.dispatchAdded.p50Ms']?.value).toBe(1)
  expect(found['gateway.paced.addedToDispatchP50Ms']?.value).toBe(0.5)
  expect(found['gateway.guards.redact.zh.ttftP50Ms']).toMatchObject({ value: 1.5, target: 0.5, pass: false })
})

it('turns exactly what a slow gateway is to blame for', async () => {
  const slow = await figures(benchOf({ direct: 1, dispatch: 2, gateway: 8, other: 20 }))
  expect(slow['gateway.json.throughputRatioToDispatch']?.pass).toBe(false)
  expect(slow['gateway.added.p99Ms']?.pass).toBe(false)
  expect(slow['gateway.json.dispatch.requestsPerSecond']?.value).toBe(2000)
})

it('leaves open what the rounds do not agree on', async () => {
  let round = 0
  const unsteady = async (order: BenchOrder) =>
    answering({ direct: 1, dispatch: 2, gateway: round % 2 ? 3 : 6, other: 20 })(order)
  const found = await figures(
    benchOf(
      {},
      {
        runLoad: unsteady,
        onRound: () => {
          round++
        },
      },
    ),
  )
  expect(found['gateway.json.throughputRatioToDispatch']?.pass).toBeNull()
})

it('does not measure what does not answer', async () => {
  const runLoad = async () => Promise.reject(new Error('no answer'))
  await expect(measureGateway(benchOf({}, { runLoad }))).rejects.toThrow('no answer')
})
