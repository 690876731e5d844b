// Starts what `bench gateway` measures, each in a process of its own: the mock upstream, the load generator, the bare
// dispatch proxy, nginx where there is one, and our gateway as `serve` runs it, with everything on.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Architecture, architectureSchema, formatArchitecture } from '../../spec/index.js'
import {
  type BenchLoadResult,
  type BenchMetric,
  type BenchOrder,
  type BenchSystem,
  type BenchTarget,
  type GuardedStreams,
  measureGateway,
  type TokenStreams,
} from '../../verify/index.js'
import type { CommandContext } from '../command-context.js'
import type { BenchRole } from '../processes/bench.js'
import { callAdmin } from '../running-system.js'
import { startServeProcess } from '../serve-process.js'
import { decidedBy, readTokenStreams } from './guard-streams.js'
import { bindToCore, readCpuMs } from './measured-process.js'
import { type Peer, targetOf } from './peer-options.js'
import { startNginx } from './start-nginx.js'
import { startRole } from './start-role.js'

export interface GatewayBenchOptions {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly perSecond: number
  readonly streams: number
  /** Where the mock upstream listens; 0 takes any free port. Peers must be told it. */
  readonly upstreamPort: number
  readonly peers: readonly Peer[]
  readonly guardMode: 'observe' | 'redact'
}

export interface GatewayBenchOutcome {
  readonly metrics: readonly BenchMetric[]
  readonly boundToCores: boolean
  readonly nginx: boolean
}

/** Undone in reverse order, whatever happens. */
type Undo = (() => Promise<unknown>)[]

export const benchGateway = async (
  options: GatewayBenchOptions,
  context: CommandContext,
): Promise<GatewayBenchOutcome> => {
  const undo: Undo = []
  try {
    return await measure(options, context, undo)
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

const measure = async (
  options: GatewayBenchOptions,
  context: CommandContext,
  undo: Undo,
): Promise<GatewayBenchOutcome> => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-architect-bench-'))
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  const start = async (role: BenchRole) => {
    const started = await startRole(role, context.environment, context.signal)
    undo.push(() => started.child.close())
    return started
  }
  const load = await start({ role: 'load' })
  const tokens = await readTokenStreams()
  const upstream = await start({ role: 'upstream', port: options.upstreamPort, tokens })
  const origin = `http://127.0.0.1:${upstream.port}`
  const dispatch = await start({ role: 'dispatch', origin })
  const architecture = architectureOf(`${origin}/v1`, options.guardMode)
  const gateway = await startGateway(directory, architecture, undo)
  const nginx = await startNginx(directory, upstream.port)
  if (nginx) undo.push(nginx.close)
  const measuring = [load.pid, upstream.pid].map((pid) => bindToCore(pid, 1))
  const measured = [dispatch.pid, gateway.pid, ...(nginx ? [nginx.pid] : [])].map((pid) => bindToCore(pid, 0))
  const metrics = await measureGateway({
    ...options,
    direct: systemOf('direct', plainTarget(upstream.port), upstream.pid),
    dispatch: systemOf('dispatch', plainTarget(dispatch.port), dispatch.pid),
    gateway: systemOf('gateway', gateway.target, gateway.pid),
    peers: [
      ...(nginx ? [systemOf('nginx', plainTarget(nginx.port), nginx.pid)] : []),
      ...options.peers.map(({ name, target }) => systemOf(name, target)),
    ],
    guarded: guardedStreams(architecture, gateway, tokens),
    runLoad: (order: BenchOrder) =>
      load.child.request<BenchLoadResult>('run', order, { signal: context.signal }),
    onRound: (round) =>
      context.terminal().progress(context.text('measuring', '測量中'), round, options.rounds),
  })
  return { metrics, boundToCores: [...measuring, ...measured].every(Boolean), nginx: nginx !== undefined }
}

const systemOf = (name: string, target: BenchTarget, pid?: number): BenchSystem => ({
  name,
  target,
  cpuMs: async () => (pid === undefined ? undefined : readCpuMs(pid)),
})

/** Each language through guards that only look, and through guards that may change the text. */
const guardedStreams = (
  { guardrails }: Architecture,
  gateway: StartedGateway,
  tokens: TokenStreams,
): readonly GuardedStreams[] =>
  guardModes.flatMap((mode) => {
    const policy = guardrails.find(({ id }) => id === mode)
    return Object.entries(tokens).map(([language, texts]) => ({
      mode,
      language,
      system: systemOf(mode, { ...gateway.target, model: mode }, gateway.pid),
      decidedBy: mode === 'redact' && policy ? decidedBy(texts, policy) : texts.map(() => 1),
    }))
  })

const plainTarget = (port: number): BenchTarget => targetOf(`http://127.0.0.1:${port}/v1`, 'mock')

interface StartedGateway {
  readonly target: BenchTarget
  readonly pid: number
}

const startGateway = async (
  directory: string,
  architecture: Architecture,
  undo: Undo,
): Promise<StartedGateway> => {
  const file = join(directory, 'architecture.yaml')
  await writeFile(file, formatArchitecture(architecture))
  const instance = await startServeProcess(file)
  undo.push(async () => {
    instance.stop()
    await instance.exited
  })
  await instance.ready
  const { secret } = await callAdmin<{ secret: string }>(instance, {
    method: 'POST',
    path: '/admin/keys',
    body: {
      name: 'bench',
      requestsPerMinute: 100_000_000,
      tokensPerMinute: 100_000_000_000,
      monthlyBudgetUsd: 1_000_000,
    },
  })
  const authorization = { header: 'authorization', value: `Bearer ${secret}` }
  return { target: targetOf(`${instance.url}/v1`, 'chat', [authorization]), pid: instance.pid }
}

const guardModes = ['observe', 'redact'] as const
const route = (name: string) => ({ name, strategy: { deployment: 'mock' }, cache: {} })

/** Keys, budget, ledger, metrics, guardrails and an answer cache that never hits. */
const architectureOf = (address: string, mode: GatewayBenchOptions['guardMode']): Architecture =>
  architectureSchema.parse({
    version: 1,
    name: 'bench-gateway',
    server: { port: 0, requireKeys: true },
    deployments: [
      {
        id: 'mock',
        engine: 'openai-compatible',
        model: 'mock',
        address,
        price: { input: 1, output: 4 },
      },
    ],
    // The route that is measured, and one for each way in which guards work.
    routes: [
      { ...route('chat'), guardrails: mode },
      ...guardModes.map((name) => ({ ...route(name), guardrails: name })),
    ],
    guardrails: [
      { id: 'redact' },
      { id: 'observe', output: { personalData: 'observe', secrets: 'observe' } },
    ],
  })
