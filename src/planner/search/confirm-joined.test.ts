// Ways that join two, simulated. The numbers in flight follow from Little's law.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { createRenderer, formatNumber } from '../../core/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { unequalIn } from '../decision-record/__fixtures__/unequal-in.js'
import { decisionRecord } from '../decision-record/decision-record.js'
import { design } from '../design.js'
import { plannerMessages } from '../messages.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { evaluateAll } from './candidates.js'
import { confirmCascade } from './confirm-joined.js'
import { createContext } from './design-context.js'
import { evidenceFor } from './evidence-for.js'
import { createLoadTests } from './load-tests.js'
import type { Candidate, TargetEstimate } from './report.js'
import { cascadeOf } from './routed-candidates.js'
import { simulationsOf } from './simulated-verdict.js'

const catalogue = loadCatalogue()
const render = createRenderer(plannerMessages)
type Sections = Parameters<typeof requirementsOf>[0]
const designed = (sections: Sections) => {
  const requirements = requirementsOf(sections)
  const assessment = assess(requirements, catalogue)
  const { report, launches } = design({ requirements, assessment, catalogue })
  const { chosen } = report
  if (!chosen) throw new Error('nothing chosen')
  const record = decisionRecord({ requirements, assessment, report, launches, catalogue }, { language: 'en' })
  return { chosen, record }
}
const said = (chosen: Candidate) =>
  evidenceFor(chosen)
    .map((message) => render(message, 'en'))
    .join('\n')

/** One busy hour a day, a quarter of it in the others. */
const peaky = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 1 : 0.25))

describe('a base below an API, simulated', () => {
  const base = (ttftMs: number) => ({
    models: { allowed: ['meta-llama/Meta-Llama-3.1-8B', 'groq/llama-3.1-8b-instant'] },
    scale: scaleOf({ peakRequestsPerSecond: 60, dailyCurve: peaky }),
    performance: { targets: [targetOf('ttft', ttftMs)] },
  })
  const { chosen, record } = designed(base(2000))
  const { simulation, routing } = chosen
  if (routing?.kind !== 'overflow' || !simulation?.overflow) throw new Error('no base was simulated')
  const { overflow } = simulation

  it('gets the whole peak, and gives to the API what comes while it is full', () => {
    expect(simulation).toMatchObject({
      requestsPerSecond: 60,
      replicas: chosen.replicas?.serving,
      instead: null,
    })
    expect(overflow).toMatchObject({ api: routing.api.id, concurrency: routing.concurrency })
    // What the closed form carries at the peak is what the replicas take, give or take a tenth of the peak.
    const carried = 1 - routing.basePeakRequestsPerSecond / 60
    expect(Math.abs(overflow.share - carried)).toBeLessThan(0.1)
    // Little's law: more than the limit is never in flight, whatever the mean whole answer takes.
    const meanMs = (simulation.times?.e2eMs.p50 ?? 0) - 100
    expect((60 * (1 - overflow.share) * meanMs) / 1000).toBeLessThan(overflow.concurrency)
  })

  it('says its percentiles, its goodput and the share of the API, in the record and beside the choice', () => {
    const { p50, p95, p99 } = simulation.times?.ttftMs ?? { p50: 0, p95: 0, p99: 0 }
    expect(p50).toBeGreaterThan(0)
    expect(p50).toBeLessThanOrEqual(p95)
    expect(p95).toBeLessThanOrEqual(p99)
    expect(simulation.goodput?.share).toBeGreaterThan(0.95)
    for (const text of [record, said(chosen)]) {
      expect(text).toContain(`${routing.api.id} answers what comes while the replicas have`)
      expect(text).toMatch(/[\d.]+ % of the requests of this hour \([\d.]+ \/s\)/)
    }
    expect(record).not.toContain('Not simulated: it became the best way')
  })

  it('is what the bill of the API counts on, hour by hour and by chance', () => {
    expect(Math.abs(routing.peakApiShare - overflow.share)).toBeLessThan(0.03)
    // Every hour but one has a quarter of the peak, far within the base: its burst is what is left.
    const busiest = (routing.peakApiShare * 1) / (1 + 23 * 0.25)
    expect(routing.apiShare).toBeLessThan(1.3 * busiest)
    expect(record).toMatch(/what finds all \d+ places taken/)
    expect(unequalIn(record)).toEqual([])
  })

  it('says of each figure whose it is, and which of the two counts', () => {
    const [target] = chosen.targets
    const [own] = routing.base.targets
    const [api] = routing.api.targets
    if (!target || !own || !api) throw new Error('no target')
    expect(target.estimate).toEqual(api.estimate)
    const median = ({ estimate }: TargetEstimate) => `${formatNumber(estimate.value)} ms`
    const row = (start: string, each: TargetEstimate) =>
      new RegExp(`^\\| ${start} \\| .* \\| ${median(each)} \\|`, 'm')
    expect(record).toMatch(row(`ttft \\(P95\\) \\| the replicas`, own))
    expect(record).toMatch(row(`→ ttft \\(P95\\) \\| ${routing.api.id}`, api))
    // The closed form beside the simulation is the same as above it.
    expect(record).toContain(`| ttft (P95) | 2,000 ms | ${median(own)} |`)
    const whole = (end: string) => new RegExp(`^- Time to the whole answer of ${end}\\)$`, 'm')
    expect(record).toMatch(whole('the replicas, P90 .*similar ones were measured'))
    expect(record).toMatch(whole(`${routing.api.id}, .*published by the provider or a third party`))
    // The widest range is that of the replicas.
    expect(record).toMatch(/^ttft on vllm fp8 h100_pcie: its range/m)
  })

  it('is judged by what the base promises, not by what the API does', () => {
    const [shown, ...others] = simulationsOf(chosen)
    expect(others).toEqual([])
    expect(shown).toMatchObject({ of: 'base', closedForm: routing.base.targets })
  })
})

describe('a cascade, simulated', () => {
  const evals = [{ metric: 'answer-accuracy', suite: 'evals/q.jsonl', value: 0.85 }]
  const { chosen, record } = designed({
    models: { allowed: ['openai/gpt-4.1'] },
    hosting: { allowed: ['hosted-api', 'self-hosted'] },
    scale: scaleOf({
      peakRequestsPerSecond: 20,
      cascade: {
        model: 'Qwen/Qwen2.5-7B-Instruct',
        escalatedShare: 0.2,
        escalateBelow: 0.6,
        evals,
      },
    }),
    performance: { targets: [targetOf('e2e', 60_000)] },
    quality: {
      targets: [{ id: 'right', metric: 'answer-accuracy', op: '>=', value: 0.8, suite: 'evals/q.jsonl' }],
    },
  })

  it('gets the replicas that a simulation asks for, and needs them to be there', () => {
    const onBoxes = (count: number) => {
      const requirements = requirementsOf({
        models: { allowed: ['Qwen/Qwen3-1.7B'], minParametersB: 1.5 },
        hosting: {
          allowed: ['self-hosted'],
          ownedOnly: true,
          owned: [{ accelerator: 'box', count, memoryGiB: 12, bandwidthGBps: 40, tflops: 0.5 }],
        },
        availability: { percent: 95, survivesReplicaLoss: false },
        scale: scaleOf({
          peakRequestsPerSecond: 0.04,
          lengths: {
            inputTokens: { p50: 450, p95: 700 },
            outputTokens: { p50: 80, p95: 160 },
            sharedPrefixTokens: 350,
          },
          cascade: { model: 'Qwen/Qwen3-0.6B', escalatedShare: 0.5, escalateBelow: 0.6, evals },
        }),
        performance: { targets: [targetOf('outputTokensPerSecond', 16)] },
        quality: {
          targets: [{ id: 'right', metric: 'answer-accuracy', op: '>=', value: 0.8, suite: 'evals/q.jsonl' }],
        },
      })
      const context = createContext(requirements, catalogue, {
        fitted: fittedCoefficients,
        loadTestsOf: createLoadTests([]),
      })
      const joined = evaluateAll(context)
        .filter(({ candidate }) => candidate.latency && candidate.violations.length === 0)
        .map((main) => cascadeOf(main, context))
        .find((cascade) => cascade !== null)
      if (joined?.candidate.routing?.kind !== 'cascade') throw new Error('no cascade')
      const confirmed = confirmCascade(joined, joined.candidate.routing)?.candidate
      return { planned: joined.candidate, confirmed }
    }
    const { planned, confirmed } = onBoxes(3)
    expect([planned.replicas?.serving, planned.accelerators]).toEqual([1, 2])
    expect(confirmed?.simulation).toMatchObject({
      replicas: 2,
      instead: { replicas: 1, missed: ['outputtokenspersecond'] },
      targets: [{ met: 'yes' }],
    })
    expect(confirmed).toMatchObject({ replicas: { serving: 2 }, accelerators: 3, violations: [] })
    const first = confirmed?.routing?.kind === 'cascade' ? confirmed.routing.first : null
    expect(first?.simulation).toMatchObject({ replicas: 1, instead: null })
    // Each model has room on two boxes, and both together have not.
    expect(onBoxes(2).confirmed?.violations).toMatchObject([{ constraint: 'hosting.owned', actual: 3 }])
  })

  it('gives the small model every request, and names the API that has no simulation', () => {
    const { routing } = chosen
    if (routing?.kind !== 'cascade') throw new Error(`no cascade: ${chosen.id}`)
    expect(routing.first.kind).toBe('self-hosted')
    expect(simulationsOf(chosen).map(({ of, model }) => [of, model])).toEqual([
      ['first', routing.first.model],
    ])
    expect(routing.first.simulation).toMatchObject({
      requestsPerSecond: 20,
      replicas: routing.first.replicas?.serving,
    })
    expect(record).toContain('The small model, Qwen/Qwen2.5-7B-Instruct, which every request asks:')
    expect(record).toContain('Not simulated: openai/gpt-4.1, an API whose scheduler is not known.')
    expect(said(chosen)).toContain('Simulated at 20 requests/s')
  })
})
