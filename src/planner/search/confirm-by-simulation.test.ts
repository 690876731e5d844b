import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import type { Candidate } from './report.js'

const catalogue = loadCatalogue()

/** A processor that asks for little, in so many pieces; writes about 17 tokens/s in 8 bits, and 19 in 4. */
const designed = (
  count: number,
  targets: readonly Record<string, unknown>[],
  peakRequestsPerSecond = 0.02,
) => {
  const requirements = requirementsOf({
    performance: { targets },
    scale: scaleOf({
      peakRequestsPerSecond,
      lengths: {
        inputTokens: { p50: 450, p95: 700 },
        outputTokens: { p50: 80, p95: 160 },
        sharedPrefixTokens: 350,
      },
    }),
    availability: { percent: 95, survivesReplicaLoss: false },
    hosting: {
      allowed: ['self-hosted'],
      ownedOnly: true,
      owned: [{ accelerator: 'box', count, memoryGiB: 12, bandwidthGBps: 40, tflops: 0.5 }],
    },
    models: { allowed: ['Qwen/Qwen3-1.7B'], minParametersB: 1.5 },
  })
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue }).report
}
const speedOf = (value: number) => targetOf('outputTokensPerSecond', value, { id: 'speed' })
const simulated = ({ candidates }: { readonly candidates: readonly Candidate[] }) =>
  candidates.filter(({ simulation }) => simulation)
const codes = (messages: readonly { readonly code: string }[]) => messages.map(({ code }) => code)

describe('the best way, simulated', () => {
  const slow = designed(1, [speedOf(8)])

  it('keeps its replicas where the simulation meets what the closed form meets', () => {
    const report = slow
    const { simulation, replicas } = report.chosen ?? {}
    expect(simulated(report)).toEqual([report.chosen])
    expect(simulation).toMatchObject({ replicas: 1, instead: null, requestsPerSecond: 0.02, leftOut: [] })
    expect(replicas?.serving).toBe(1)
    const { ttftMs, tpotMs, e2eMs } = simulation?.times ?? { ttftMs: null, tpotMs: null, e2eMs: null }
    for (const times of [ttftMs, tpotMs, e2eMs]) {
      expect(times?.p50).toBeLessThanOrEqual(times?.p95 ?? 0)
      expect(times?.p95).toBeLessThanOrEqual(times?.p99 ?? 0)
    }
    // A request is good when its own tokens come that fast: about nine in ten or more, as the target asks.
    expect(simulation?.goodput?.share).toBeGreaterThan(0.9)
    expect(codes(report.reasons)).toContain('planner.simulated')
  })

  it('gets the replicas that the simulation asks for, and says so', () => {
    const report = designed(2, [speedOf(16)])
    const { chosen } = report
    expect(chosen?.simulation?.instead).toEqual({ replicas: 1, missed: ['speed'] })
    expect(chosen).toMatchObject({ replicas: { serving: 2 }, accelerators: 2 })
    expect(chosen?.simulation).toMatchObject({ replicas: 2, targets: [{ id: 'speed', met: 'yes' }] })
    expect(codes(report.reasons)).toContain('planner.simulated-more-replicas')
  })

  it('is no longer the best where these replicas are not to be had', () => {
    const asked = designed(1, [speedOf(15)])
    const rejected = simulated(asked).find(({ id }) => id === slow.chosen?.id)
    expect(rejected?.violations.map(({ constraint }) => constraint)).toEqual(['hosting.owned'])
    expect(asked.chosen?.id).not.toBe(slow.chosen?.id)
    expect(asked.chosen?.simulation?.instead).toBeNull()
  })

  it('says that the two predictions contradict each other where no number of replicas helps', () => {
    const report = designed(4, [targetOf('ttft', 2540, { percentile: 90 })])
    const [target] = report.chosen?.targets ?? []
    const [found] = report.chosen?.simulation?.targets ?? []
    expect(target?.estimate.value).toBeLessThan(2540)
    expect(found?.value).toBeGreaterThan(2540 * 1.05)
    expect(report.chosen?.replicas?.serving).toBe(1)
    expect(target?.met).toBe('possible')
    expect(codes(report.reasons)).toContain('planner.simulated-misses')
  })

  it('leaves out what is not asked of the traffic itself', () => {
    const lengths = { inputTokens: 100, outputTokens: 50 }
    const others = [
      targetOf('ttft', 8000, { id: 'short', lengths }),
      targetOf('e2e', 60_000, { id: 'odd', percentile: 98 }),
      targetOf('e2e', 60_000, { id: 'alone', load: { concurrency: 1 } }),
    ]
    const { simulation } = designed(1, others).chosen ?? {}
    expect(simulation).toMatchObject({ targets: [], leftOut: ['short', 'odd', 'alone'], goodput: null })
  })
})
