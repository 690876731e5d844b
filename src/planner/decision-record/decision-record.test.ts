import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { arithmeticOf } from './arithmetic-of.js'
import { decisionRecord } from './decision-record.js'
import type { DesignFacts } from './design-facts.js'
import { memorySums } from './memory-sums.js'
import type { MemoryRule } from './sum-messages.js'

const catalogue = loadCatalogue()
const factsOf = (requirements: Requirements): DesignFacts => {
  const assessment = assess(requirements, catalogue)
  const { report, launches } = design({ requirements, assessment, catalogue })
  return { requirements, assessment, report, launches, catalogue }
}
const onlyLlama = { models: { allowed: ['Llama-3.1-8B-Instruct'] }, hosting: { allowed: ['self-hosted'] } }
const llama = factsOf(requirementsOf({ ...onlyLlama, performance: { targets: [targetOf('ttft', 1500)] } }))
const paramsOf = (facts: DesignFacts, figure: string) => {
  const sum = arithmeticOf(facts)
    .flatMap(({ sums }) => sums)
    .find((each) => each.figure === figure)
  if (!sum) throw new Error(`no line ${figure}`)
  return sum.message.params
}

describe('the arithmetic', () => {
  it('of the workload is that of the requirements', () => {
    // 2 requests/s all day x 2,629,800 s = 5,259,600 a month; nothing repeats, so all of them reach the engines.
    expect(paramsOf(llama, 'requests-per-month')).toMatchObject({ average: 2, requests: 5_259_600 })
    expect(paramsOf(llama, 'engine-peak')).toMatchObject({ enginePeak: 2 })
    expect(paramsOf(llama, 'longest-request')).toMatchObject({ input: 2000, output: 400, longest: 2400 })
    const halved = factsOf(requirementsOf({ ...onlyLlama, scale: scaleOf({ repeatedShare: 0.5 }) }))
    expect(paramsOf(halved, 'engine-peak')).toMatchObject({ enginePeak: 1 })
  })

  it('of memory adds up to the accelerator, by the rule of each engine', () => {
    const left = ({ rule, totalGiB, share, weightsGiB, stepGiB, heldGiB }: MemoryRule) => {
      if (rule === 'sglang') return (totalGiB - heldGiB) * share - weightsGiB
      if (rule === 'trtllm') return (totalGiB - heldGiB - weightsGiB - stepGiB) * share
      return totalGiB * share - weightsGiB - stepGiB - heldGiB
    }
    for (const engine of ['vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp'] as const) {
      const candidate = llama.report.candidates.find((one) => one.engine === engine && one.latency)
      if (!candidate) throw new Error(`no candidate of ${engine}`)
      const sums = memorySums(llama, candidate)
      const rule = sums.find(({ figure }) => figure === 'memory')?.message.params as MemoryRule
      expect(left(rule), candidate.id).toBeCloseTo(rule.poolGiB, 9)
      expect(rule.heldGiB).toBeGreaterThan(0)
      const sequences = sums.find(({ figure }) => figure === 'sequences')?.message.params
      const { poolGiB, perSequenceGiB, each, limit } = (sequences ?? {}) as Record<string, number>
      // One more would not be held, or only beside the memory that measuring itself with one more takes.
      const most = Math.min((poolGiB ?? 0) / (perSequenceGiB ?? 1), limit ?? 0)
      expect(each).toBeLessThanOrEqual(most)
      expect(each).toBeGreaterThan(0.99 * Math.floor(most))
    }
  })

  it('of weights and cache is that of the model', () => {
    const weights = paramsOf(llama, 'weights')
    expect((weights.parametersB * 1e9 * weights.bits) / 8 / 1024 ** 3).toBeCloseTo(weights.weightsGiB, 6)
    // Llama 3.1 8B: 2 (K and V) x 8 heads x 128 x 32 layers x 2 bytes = 131,072 bytes a token, half of it in fp8.
    const narrow = llama.report.chosen?.kvDtype === 'fp8' ? 0.5 : 1
    const cache = paramsOf(llama, 'kv-cache')
    expect(cache).toMatchObject({ perTokenBytes: 131_072 * narrow })
    expect(cache.wholeGiB * 1024 ** 3).toBeCloseTo(cache.tokens * 131_072 * narrow, 3)
  })

  it('of time has floors that no prediction is below', () => {
    const tpot = paramsOf(llama, 'tpot')
    expect(paramsOf(llama, 'read-weights').ms).toBeGreaterThan(0)
    expect(paramsOf(llama, 'read-weights').ms).toBeLessThan(tpot.value)
    expect(paramsOf(llama, 'read-prompt').ms).toBeLessThan(paramsOf(llama, 'ttft').value)
  })

  it('of cost is hours x accelerators x price', () => {
    const { paid, hours, usdPerHour, costUsd } = paramsOf(llama, 'cost')
    expect(hours).toBe(730.5)
    expect(paid * hours * usdPerHour).toBeCloseTo(costUsd, 6)
    expect(costUsd).toBe(llama.report.chosen?.costPerMonthUsd)
    const { serving, spare, regions, each, accelerators } = paramsOf(llama, 'replicas')
    expect((serving + spare) * regions * each).toBe(accelerators)
  })

  it('of an API is tokens x price', () => {
    const facts = factsOf(
      requirementsOf({ hosting: { allowed: ['hosted-api'] }, models: { allowed: ['openai/gpt-4.1'] } }),
    )
    const { input, output, inputUsd, outputUsd, cachedUsd, costUsd } = paramsOf(facts, 'cost')
    expect([inputUsd, outputUsd]).toEqual([2, 8])
    expect(input * inputUsd + output * outputUsd - cachedUsd).toBeCloseTo(costUsd, 6)
  })
})

it('the record in Chinese names what matters in Chinese', () => {
  expect(llama.assessment.priorities.length).toBeGreaterThan(0)
  const record = decisionRecord(llama, { language: 'zh-TW' })
  expect(record).toMatch(/^1\. \p{Script=Han}+：/mu)
  expect(record).not.toMatch(/^\d\. [a-z]/m)
})

describe('the settings in the record', () => {
  it('stand with their reason and the list that has them', () => {
    const record = decisionRecord(llama, { language: 'en' })
    expect(record).toMatch(
      /\| `--max-model-len 3072` \| The longest request has 2,400 tokens .* \| listed by vllm/,
    )
    expect(record).not.toContain('unvalidated')
  })

  it('that no list has are called unvalidated', () => {
    const launches = llama.launches.map((launch) => ({
      ...launch,
      settings: launch.settings.map((setting) => ({
        ...setting,
        validation: { against: 'vllm 0.9.0', list: 'installed', problem: 'too-old' } as const,
      })),
    }))
    expect(decisionRecord({ ...llama, launches }, { language: 'en' })).toContain('unvalidated: vllm 0.9.0')
  })
})
