import { describe, expect, it } from 'vitest'
import { loadCatalogue, requireAccelerator, requireModel } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { kvBytesOfSequence, planMemory, splitParameters } from './memory.js'

const catalogue = loadCatalogue()
const llama8 = requireModel(catalogue, 'Llama-3.1-8B')
const h100 = requireAccelerator(catalogue, 'H100')

describe('parameters', () => {
  it('split into experts, embeddings and the rest that add up', () => {
    for (const model of catalogue.models) {
      const parts = splitParameters(model)
      if (!parts || model.parametersB === null) continue
      const sum = parts.dense + parts.experts + parts.embeddings
      expect(sum, model.name).toBeCloseTo(model.parametersB, 6)
    }
  })

  it('of Mixtral 8x7B are nearly all in its experts: 8 x 3 x 4096 x 14336 x 32 = 45.1 billion', () => {
    expect(splitParameters(requireModel(catalogue, 'Mixtral-8x7B-v0.1'))?.experts).toBeCloseTo(45.1, 1)
  })
})

describe('the KV cache', () => {
  it('of Llama 3.1 8B takes 128 KiB a token', () => {
    expect(kvBytesOfSequence(llama8, 1000)).toBe(1000 * 131_072)
  })

  it('of sliding layers stops growing at the window', () => {
    const oss = requireModel(catalogue, 'gpt-oss-20b')
    const growth = kvBytesOfSequence(oss, 2001) - kvBytesOfSequence(oss, 2000)
    expect(growth).toBe(oss.kvBytesPerToken)
    expect(kvBytesOfSequence(oss, 100)).toBe(100 * (oss.kvBytesPerToken + 12 * 2 * 2 * 8 * 64))
  })

  it('of a latent cache is not divided by tensor parallelism', () => {
    const v3 = requireModel(catalogue, 'DeepSeek-V3')
    const h200 = requireAccelerator(catalogue, 'H200')
    const plan = planMemory(v3, {
      precision: 'fp8',
      layout: { tensorParallel: 8, pipelineParallel: 1 },
      engine: 'vllm',
      accelerator: h200,
      tokensPerSequence: 8192,
    })
    expect(plan.kvGiBPerSequence).toBeCloseTo((8192 * 70_272) / bytesPerGiB, 6)
  })
})

describe('a memory plan', () => {
  const plan = (tensorParallel: number, precision: 'bf16' | 'fp8' = 'bf16') =>
    planMemory(llama8, {
      precision,
      layout: { tensorParallel, pipelineParallel: 1 },
      engine: 'vllm',
      accelerator: h100,
      tokensPerSequence: 2048,
    })

  it('leaves 80 x 0.92 - weights - activations - runtime for the cache', () => {
    const { weightsGiB, activationsGiB, kvPoolGiB, maxSequences } = plan(1)
    expect(weightsGiB).toBeCloseTo(16.06e9 / bytesPerGiB, 1)
    expect(kvPoolGiB).toBeCloseTo(73.6 - weightsGiB - activationsGiB - 1.2, 9)
    expect(maxSequences).toBe(Math.floor((kvPoolGiB * bytesPerGiB) / (2048 * 131_072)))
  })

  it('holds more sequences with more accelerators and with fewer bits', () => {
    expect(plan(2).maxSequences).toBeGreaterThan(plan(1).maxSequences)
    expect(plan(1, 'fp8').maxSequences).toBeGreaterThan(plan(1).maxSequences)
  })
})
