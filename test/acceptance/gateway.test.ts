// The gateway at length: a soak with everything on, the whole fuzz, and `bench gateway` beside the gateways of others.
// What may be shortened by the environment says so; docs/measurements.md tells how to repeat each part.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startRole } from '../../src/cli/bench-gateway/start-role.js'
import type { Evidence } from '../../src/verify/index.js'
import { runJson } from '../e2e/run-command.js'
import { runGatewaySoak } from '../e2e/soak.js'
import { byModelAndEnd } from '../e2e/soak-lines.js'
import { startFuzzGateway } from '../fuzz/fuzz-gateway.js'
import { fuzzBodies, fuzzStreams } from '../fuzz/run-fuzz.js'
import { figure, keepEvidence } from './evidence-of.js'
import { freePort, peers, type StartedPeer } from './peers.js'

const numberFrom = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)
const soakSeconds = numberFrom('SOAK_SECONDS', 600)
const soakRate = numberFrom('SOAK_RATE', 300)
const bodiesEach = numberFrom('FUZZ_BODIES', 10_000)
const streamCount = numberFrom('FUZZ_STREAMS', 10_000)
const rounds = numberFrom('BENCH_ROUNDS', 5)
const benchSeconds = numberFrom('BENCH_SECONDS', 3)
const peerNames = (process.env.BENCH_PEERS ?? 'portkey,litellm').split(',')

const seed = 'gateway'
const mbPerMiB = 1024 ** 2 / 1e6
const allowedGrowthMb = 5

const figures: Evidence['figures'][number][] = []
const folder = mkdtempSync(join(tmpdir(), 'gateway-acceptance-'))
afterAll(async () => {
  if (figures.length > 0) await keepEvidence('gateway', figures, seed)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  // The peers are a hundred thousand files.
}, 300_000)

describe('the gateway', () => {
  it('keeps its memory and its books through a soak', { timeout: soakSeconds * 1000 + 600_000 }, async () => {
    // The second minute of ten, and the end.
    const memoryAt = [soakSeconds / 5, soakSeconds - 2]
    const { load, invoice, ledger, memory } = await runGatewaySoak({
      seconds: soakSeconds,
      perSecond: soakRate,
      seed,
      memoryAt,
    })
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    const asked = sum(Object.values(load.asked))
    const wrong = sum(Object.values(load.wrong))
    const nanoUsd = (lines: readonly { readonly nanoUsd: number }[]) => sum(lines.map((line) => line.nanoUsd))
    const attempts = sum(invoice.map(({ requests }) => requests))
    const growthMb = ((memory[1]?.heapMiB ?? 0) - (memory[0]?.heapMiB ?? 0)) * mbPerMiB
    const at = (i: number) => `after ${Math.round((memoryAt[i] ?? 0) / 6) / 10} minutes`
    figures.push(
      figure(`soak: mixed requests at ${soakRate}/s`, asked, 'requests', asked),
      figure('soak: answers that were not the right ones', wrong, 'answers', asked),
      figure('soak: attempts that the mock provider served', attempts, 'attempts', attempts),
      figure('soak: rows of the ledger', ledger.rows, 'rows', ledger.rows),
      figure('soak: invoice of the mock provider', nanoUsd(invoice) / 1e9, 'USD', attempts),
      figure('soak: sum of the ledger', nanoUsd(ledger.lines) / 1e9, 'USD', ledger.rows),
      ...memory.flatMap(({ heapMiB, rssMiB, childrenRssMiB }, i) => [
        figure(`soak: heap after a forced collection, ${at(i)}`, heapMiB * mbPerMiB, 'MB'),
        figure(`soak: resident memory of the process, ${at(i)}`, rssMiB * mbPerMiB, 'MB'),
        figure(`soak: resident memory of its children, ${at(i)}`, childrenRssMiB * mbPerMiB, 'MB'),
      ]),
      figure('soak: growth of the heap', growthMb, 'MB'),
    )
    expect({ wrong: load.wrong, samples: load.samples }).toEqual({ wrong: {}, samples: [] })
    expect(byModelAndEnd(ledger.lines)).toEqual(byModelAndEnd(invoice))
    expect(growthMb).toBeLessThanOrEqual(allowedGrowthMb)
  })

  it('answers or refuses whatever arrives', { timeout: 3_600_000 }, async () => {
    const gateway = await startFuzzGateway()
    try {
      const bodies = await fuzzBodies(gateway, { each: bodiesEach, seed })
      const streams = await fuzzStreams(gateway, { count: streamCount, seed })
      const sent = bodies.reduce((sum, one) => sum + one.sent, 0)
      const wrong = bodies.flatMap((one) => one.wrong)
      figures.push(
        figure('fuzz: endpoints', bodies.length, 'endpoints', sent),
        figure('fuzz: bodies', sent, 'bodies', sent),
        figure('fuzz: failures of ours, hangs and broken connections', wrong.length, 'answers', sent),
        figure('fuzz: streams cut anywhere', streams.streams, 'streams', streams.streams),
        figure(
          'fuzz: streams that said something else than in one piece',
          streams.differing.length,
          'streams',
          streams.streams,
        ),
      )
      expect(wrong).toEqual([])
      expect(streams.differing.slice(0, 5)).toEqual([])
      expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
    } finally {
      await gateway.close()
    }
  })

  it('is measured beside the gateways of others', { timeout: 3_600_000 }, async () => {
    const port = await freePort()
    const started = await startPeers(port)
    try {
      const options = started.flatMap((peer) => peer.options)
      const bench = [
        '--rounds',
        String(rounds),
        '--seconds',
        String(benchSeconds),
        '--upstream-port',
        String(port),
      ]
      const { status, document, stderr } = await runJson('bench', 'gateway', ...bench, ...options)
      expect(status, stderr).toBe(0)
      const command = `llm-architect bench gateway --rounds ${rounds}`
      for (const { name, value, unit, low, high, n } of document.metrics)
        figures.push({ name, value, unit, low, high, n, command })
    } finally {
      for (const peer of started) await peer.close()
    }
    expect(figures.some(({ name }) => name === 'gateway.json.throughputRatioToDispatch')).toBe(true)
  })
})

/** Those that can be installed and answer; of any other the evidence says why it was not measured. */
const startPeers = async (port: number): Promise<readonly StartedPeer[]> => {
  // They are tried on a mock upstream before the bench starts its own in the same place.
  const upstream = await startRole({ role: 'upstream', port }, process.env)
  const started: StartedPeer[] = []
  for (const peer of peers) {
    if (!peerNames.includes(peer.name)) continue
    try {
      const place = { folder: join(folder, peer.name), upstream: `http://127.0.0.1:${port}/v1` }
      started.push(await peer.start(place))
    } catch (error) {
      const [reason = ''] = String(error).split('\n')
      figures.push(figure(`bench: ${peer.version} was not measured: ${reason.slice(0, 200)}`, 0, 'rounds', 0))
    }
  }
  await upstream.child.close()
  return started
}
