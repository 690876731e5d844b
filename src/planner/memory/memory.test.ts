import { describe, expect, it } from 'vitest'
import { loadCatalogue, requireModel } from '../../catalog/index.js'
import { kvCost } from './kv-cache.js'
import { kvBytesOfSequence, splitParameters } from './memory.js'

const catalogue = loadCatalogue()
const llama8 = requireModel(catalogue, 'Llama-3.1-8B')

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
    const cost = kvCost(v3, { sharding: { tensorParallel: 8, pipelineParallel: 1 } })
    expect(cost.bytesOf(8192)).toBe(8192 * 70_272)
  })
})
