// design -> verify -> design: what the load on the designed deployment measured changes the next design.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash, systemClock } from '../../src/core/index.js'
import type { Candidate, DesignReport } from '../../src/planner/index.js'
import { type ProviderServer, startProvider } from '../../src/verify/index.js'
import { runCommand, runJson } from './run-command.js'

const limitMs = 15
/** A piece of an answer has about eight tokens, so that each takes more than the limit. */
const pieceMs = 200
const requirements = `version: 1
name: loop
useCase: { kind: chat, description: A chat., audience: internal }
performance:
  targets:
    - { id: tpot, metric: tpot, percentile: 95, op: '<', value: ${limitMs}, unit: ms, load: peak, lengths: workload, cache: warm }
scale:
  peakRequestsPerSecond: 2
  lengths: { inputTokens: { p50: 1000, p95: 2000 }, outputTokens: { p50: 200, p95: 400 } }
hosting:
  allowed: [self-hosted]
  ownedOnly: true
  owned: [{ accelerator: h100_sxm, count: 8 }, { accelerator: a100_sxm, count: 8 }]
models: { allowed: [Llama-3.1-8B-Instruct] }
`
const profile = `version: 1
profiles:
  here: { shape: constant, requestsPerSecond: 10, durationSeconds: 3, questions: questions.jsonl }
`

const before = process.cwd()
const directory = mkdtempSync(join(tmpdir(), 'design-loop-'))
const path = (name: string) => join(directory, name)
let engine: ProviderServer
beforeAll(async () => {
  process.chdir(directory)
  engine = await startProvider(
    {
      invoiceFile: path('invoice.jsonl'),
      seed: 1,
      prices: { inputNanoUsd: 0, cachedInputNanoUsd: 0, outputNanoUsd: 0 },
      failureShare: 0,
      cutOffShare: 0,
      cachedShare: 0,
      chunkDelayMs: pieceMs,
    },
    { clock: systemClock },
  )
  writeFileSync(path('requirements.yaml'), requirements)
  writeFileSync(path('load-profile.yaml'), profile)
  const questions = Array.from(
    { length: 50 },
    (_, i) => `${JSON.stringify({ question: `Question ${i}?` })}\n`,
  )
  writeFileSync(path('questions.jsonl'), questions.join(''))
})
afterAll(async () => {
  process.chdir(before)
  await engine.close()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

const design = async () => {
  const { document } = await runJson('design')
  const { report } = document as { readonly report: DesignReport }
  if (!report.chosen) throw new Error('nothing chosen')
  return { report, chosen: report.chosen }
}
/** The deployment as it was designed, its engine already running under another address. */
const useRunningEngine = () => {
  const designed = readFileSync(path('architecture.yaml'), 'utf8')
  const running = designed
    .replace(/ {4}launch:\n(?: {6}.*\n)+/, '')
    .replace('http://127.0.0.1:8000/v1', engine.address)
    .replace(/port: \d+/, 'port: 0')
    // Instructions that are most of a short prompt would be in the prefix cache.
    .replace(/^ {4}prompt: .*\n/m, '')
  writeFileSync(path('architecture.yaml'), running)
}
const verify = () => runCommand(['verify', '--only', 'speed', '--architecture', 'architecture.yaml', '--yes'])
const calibrate = () => runCommand(['design', 'calibrate', '--from-scorecard', '--json'])

describe('what verify measured', { timeout: 120_000 }, () => {
  let first: Candidate

  // A load whose generator was late counts for nothing; it is another program that is in the way then.
  it('is kept as a load test of the deployment, once', { retry: 2 }, async () => {
    first = (await design()).chosen
    useRunningEngine()
    const verified = await verify()
    expect(verified.stderr).toContain('design calibrate --from-scorecard')
    const { status, stdout } = await calibrate()
    expect(status).toBe(0)
    const { loads, ...kept } = JSON.parse(stdout)
    expect(kept).toMatchObject({ added: 1, tests: 1, ttftLeftOut: null })
    const [{ test }] = loads
    expect(test.tpotMs).toBeGreaterThan(limitMs)
    // What the gateway waited for the engine: its first piece.
    expect(test.ttftMs).toBeGreaterThan(0.9 * pieceMs)
    expect(test.load.openLoop).toBe(true)
    expect(test.load.concurrency).toBeGreaterThan(1)
    expect(JSON.parse((await calibrate()).stdout)).toMatchObject({ added: 0, tests: 1 })
  })

  it('changes the next design, which says so', async () => {
    const { report, chosen } = await design()
    const tested = report.candidates.find(({ id }) => id === first.id)
    expect(tested).toMatchObject({ basis: 'calibrated', loadTests: 1 })
    expect(tested?.violations.map(({ constraint }) => constraint)).toContain('tpot')
    expect(chosen.id).not.toBe(first.id)
    const record = readFileSync(path('DESIGN.md'), 'utf8')
    expect(record).toMatch(/rest on your own load tests[\s\S]*\| 1 \|/)
    const { stdout } = await runCommand(['design', 'explain', first.id])
    expect(stdout).toContain('1 load test of your own')
  })

  it('is no test of the engine where a stand-in answered, nor of what was changed since', async () => {
    const architecture = path('architecture.yaml')
    const text = readFileSync(architecture, 'utf8').replace(
      /( {4})kind: chat\n/,
      '$1kind: chat\n$1standsFor: the real one\n',
    )
    writeFileSync(architecture, text)
    const changed = await calibrate()
    expect(changed.status).toBe(2)
    expect(changed.stderr).toMatch(/changed since/)
    const scorecard = path('.llm-architect/scorecard.json')
    const kept = JSON.parse(readFileSync(scorecard, 'utf8'))
    writeFileSync(scorecard, JSON.stringify({ ...kept, architectureHash: contentHash(text) }))
    const stoodFor = await calibrate()
    expect(stoodFor.status).toBe(2)
    expect(stoodFor.stderr).toMatch(/stand-in/)
  })
})
