// `design` and `design fit` are asked about the same deployments under the same load.

import { describe, expect, it } from 'vitest'
import { type EngineName, loadCatalogue } from '../../catalog/index.js'
import { fitRequestOf } from '../__fixtures__/fit-request-of.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import type { DeploymentName, LoadTest } from '../calibration/load-test.js'
import { design } from '../design.js'
import { fitModel } from '../fit/fit-model.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { createContext } from './design-context.js'
import type { TestedDeployment } from './load-tests.js'
import type { Candidate, Estimate } from './report.js'

const catalogue = loadCatalogue()
const lengths = { inputTokens: 1500, outputTokens: 250 }
/** The search reads steps off a table, and knows a steady state within a thousandth. */
const tolerance = 0.01
const engines = ['vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp'] as const

/** Every length the same, and targets on the median that replicas do not make easier. */
const requirementsAt = (requestsPerSecond: number) =>
  requirementsOf({
    scale: scaleOf({
      peakRequestsPerSecond: requestsPerSecond,
      lengths: {
        inputTokens: { p50: lengths.inputTokens, p95: lengths.inputTokens },
        outputTokens: { p50: lengths.outputTokens, p95: lengths.outputTokens },
      },
    }),
    performance: {
      targets: [targetOf('ttft', 60_000, { percentile: 50 }), targetOf('tpot', 5000, { percentile: 50 })],
    },
    hosting: {
      allowed: ['self-hosted'],
      // Measured, of the same vendor, of another, and where llama.cpp is at home.
      owned: ['h100_sxm', 'a100_sxm', 'mi300x', 'l40s'].map((accelerator) => ({
        accelerator,
        count: 64,
      })),
      ownedOnly: true,
    },
    models: { allowed: ['Llama-3.1-70B-Instruct', 'Qwen/Qwen3-30B-A3B'] },
  })

const candidatesAt = (requestsPerSecond: number, tested: readonly TestedDeployment[] = []) => {
  const requirements = requirementsAt(requestsPerSecond)
  const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue, tested })
  const { platformMs } = createContext(requirements, catalogue, {
    fitted: fittedCoefficients,
    loadTestsOf: () => [],
  })
  return { requirements, platformMs, candidates: report.candidates }
}

/** What `design fit` knows the speed of: no attention groups, no pools apart. */
const isComparable = ({ latency, layout, disaggregation, packing }: Candidate) =>
  latency !== null && !disaggregation && !packing && (layout?.dataParallel ?? 1) === 1

const estimateOf = ({ targets, id }: Candidate, metric: 'ttft' | 'tpot'): Estimate => {
  const found = targets.find((target) => target.metric === metric)
  if (!found) throw new Error(`${id} has no ${metric}`)
  return found.estimate
}

/** Ratios of what the search says to what `design fit` says, of P10, P50 and P90 of both times. */
const ratiosOf = (
  candidate: Candidate,
  { requirements, platformMs }: Omit<ReturnType<typeof candidatesAt>, 'candidates'>,
  loadTests: readonly LoadTest[] = [],
): readonly number[] => {
  const { memory, replicas } = candidate
  const request = fitRequestOf(candidate, { catalogue, requirements })
  const { predicted } = fitModel({
    ...request,
    count: request.count * (replicas?.serving ?? 1),
    // Engines whose launch does not name it find the same number.
    maxNumSeqs: memory?.settings.maxSequences,
    load: {
      ...lengths,
      concurrency: null,
      requestsPerSecond: requirements.scale.peakRequestsPerSecond,
      prefixTokens: 0,
      prefixes: 1,
    },
    ...(loadTests.length > 0 ? { loadTests } : {}),
  })
  if (!predicted?.tpotMs) throw new Error(`no prediction of ${candidate.id}`)
  const { ttftMs, tpotMs } = predicted
  const [ttft, tpot] = [estimateOf(candidate, 'ttft'), estimateOf(candidate, 'tpot')]
  return [
    (ttft.value - platformMs) / ttftMs.value,
    ttft.low / ttft.value / (ttftMs.low / ttftMs.value),
    ttft.high / ttft.value / (ttftMs.high / ttftMs.value),
    tpot.value / tpotMs.value,
    tpot.low / tpotMs.low,
    tpot.high / tpotMs.high,
  ]
}

describe('design and design fit', () => {
  it.each([0.5, 30])('say the same of a deployment at %s requests/s', (requestsPerSecond) => {
    const { candidates, ...asked } = candidatesAt(requestsPerSecond)
    const comparable = candidates.filter(isComparable)
    const seen = new Set<EngineName | null>()
    for (const candidate of comparable) {
      seen.add(candidate.engine)
      for (const ratio of ratiosOf(candidate, asked))
        expect(Math.abs(ratio - 1), `${candidate.id}: ${ratio}`).toBeLessThan(tolerance)
    }
    expect([...seen].sort()).toEqual([...engines].sort())
    expect(comparable.length).toBeGreaterThan(100)
  })

  it('say the same of a deployment that was load tested', () => {
    const isPlain = (candidate: Candidate) =>
      isComparable(candidate) && candidate.engine === 'vllm' && candidate.kvDtype === 'auto'
    const plain = candidatesAt(8).candidates.find(isPlain)
    if (!plain?.layout) throw new Error('nothing to test')
    const { tensorParallel, pipelineParallel, expertParallel } = plain.layout
    const deployment: DeploymentName = {
      model: plain.model,
      accelerator: String(plain.accelerator),
      precision: String(plain.precision),
      kvDtype: 'auto',
      engine: 'vllm',
      engineVersion: null,
      tensorParallel,
      pipelineParallel,
      dataParallel: 1,
      expertParallel: expertParallel ?? false,
    }
    const tests = [4, 32].map((concurrency) => ({
      load: { concurrency, ...lengths },
      tpotMs: 1.4 * estimateOf(plain, 'tpot').value,
      ttftMs: 0.8 * estimateOf(plain, 'ttft').value,
    }))
    const { candidates, ...asked } = candidatesAt(8, [{ deployment, tests }])
    const tested = candidates.filter(({ basis }) => basis === 'calibrated')
    expect(tested.map(({ id }) => id)).toContain(plain.id)
    for (const candidate of tested)
      for (const ratio of ratiosOf(candidate, asked, tests))
        expect(Math.abs(ratio - 1), `${candidate.id}: ${ratio}`).toBeLessThan(tolerance)
  })
})
