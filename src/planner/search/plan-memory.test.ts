// The search and `design fit` are asked about the same launch settings.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { fitRequestOf } from '../__fixtures__/fit-request-of.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { fitModel } from '../fit/fit-model.js'

const catalogue = loadCatalogue()
const owned = ['h100_sxm', 'l40s', 'a100_sxm', 'mi300x', 'h200_sxm'].map((accelerator) => ({
  accelerator,
  count: 16,
}))
const requirements = requirementsOf({
  hosting: {
    allowed: ['self-hosted'],
    owned: [...owned, { accelerator: 'rtx_4090', count: 16, memoryGiB: 48 }],
    ownedOnly: true,
  },
  models: {
    allowed: [
      'Llama-3.1-8B-Instruct',
      'Llama-3.1-70B-Instruct',
      'openai/gpt-oss-20b',
      'Qwen/Qwen3-30B-A3B',
      'deepseek-ai/DeepSeek-V3',
      'google/gemma-3-27b-it',
      'Qwen/Qwen3-Next-80B-A3B-Instruct',
    ],
    speculation: [{ model: 'Llama-3.1-8B-Instruct', method: 'ngram', tokens: 3, acceptance: 0.7 }],
  },
})
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })

describe('the memory that the search plans with', () => {
  const planned = report.candidates.filter(({ memory, latency }) => memory && latency)

  it.each(['vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp'] as const)(
    'is what `design fit` says of the launch settings of %s',
    (engine) => {
      const candidates = planned.filter((candidate) => candidate.engine === engine)
      expect(candidates.length).toBeGreaterThan(4)
      for (const candidate of candidates) {
        const fit = fitModel(fitRequestOf(candidate, { catalogue, requirements }))
        const { memory, id } = candidate
        expect(fit.fits, id).toBe(true)
        expect(fit.availableKvGiBPerGpu, id).toBeCloseTo(memory?.kvPoolGiB ?? 0, 6)
        expect(fit.weightsGiBPerGpu, id).toBeCloseTo(memory?.weightsGiB ?? 0, 6)
      }
    },
  )

  it('holds at least as many sequences as the engine is told to run', () => {
    for (const { id, memory } of planned) {
      if (!memory) continue
      const { kvPoolGiB, kvGiBPerSequence, settings } = memory
      expect(settings.maxSequences * kvGiBPerSequence, id).toBeLessThanOrEqual(kvPoolGiB + 1 / bytesPerGiB)
      expect(settings.maxSequences, id).toBeLessThanOrEqual(settings.sequencesLimit)
    }
  })

  it('takes the memory that the owner gives, and else what the driver reports', () => {
    const of = (accelerator: string) => planned.find((one) => one.accelerator === accelerator)?.memory
    expect(of('rtx_4090')?.totalGiB).toBe(48)
    expect(of('h100_sxm')?.totalGiB).toBeCloseTo(79.2, 1)
  })
})
