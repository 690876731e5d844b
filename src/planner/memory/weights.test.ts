import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalogue, type Precision, requireModel } from '../../catalog/index.js'
import { weightsOf } from './weights.js'

const catalogue = loadCatalogue()
const model = (name: string) => requireModel(catalogue, name)
const one = { tensorParallel: 1, pipelineParallel: 1 }
const gigabytes = (name: string, precision?: Precision) =>
  weightsOf(model(name), { sharding: one, ...(precision ? { precision } : {}) }).total / 1e9

describe('bytes of weights', () => {
  it('are two a parameter in bf16', () => {
    // `total_size` of the index of Llama 3.1 8B's safetensors
    expect(weightsOf(model('Llama-3.1-8B'), { sharding: one }).total).toBe(16_060_522_496)
  })

  it('keep embeddings and head in 16 bits when the rest is quantized', () => {
    // 8.03 billion, of which 2 x 128256 x 4096 = 1.05 billion embeddings: fp8 = 6.98 + 2.10 + scales of rows = 9.09 GB
    expect(gigabytes('Llama-3.1-8B', 'fp8')).toBeCloseTo(9.09, 2)
    // int4: 6.98 x (4 + 20 / 128) / 8 + 2.10 = 5.73 GB, not 4.0 (the published AWQ build has 5.73 GB)
    expect(gigabytes('Llama-3.1-8B', 'int4')).toBeCloseTo(5.73, 2)
  })

  it('of DeepSeek-V3 are what its checkpoint stores, type by type', () => {
    // Hub: 680,571,043,840 values in fp8, 3,918,786,560 in bf16, 41,555,600 in fp32 (scales of blocks of 128 x 128),
    // with the drafting layer, which has embeddings and head of its own: 2 x 129280 x 7168 more values.
    const stored = 680_571_043_840 + 2 * 3_918_786_560 + 4 * 41_555_600
    const copies = 2 * 2 * 129_280 * 7168
    const v3 = model('DeepSeek-V3')
    const drafting = v3.shape.prediction.flatMap(({ weights }) => weights)
    const last = weightsOf(
      { ...v3, shape: { ...v3.shape, layers: [], outside: drafting } },
      { sharding: one },
    )
    const counted = weightsOf(v3, { sharding: one }).total + last.total + copies
    expect(counted / stored).toBeCloseTo(1, 3)
  })

  it('of gpt-oss are four bits only for experts', () => {
    // 19.1 of 20.9 billion in experts x 4.25 bits = 10.2 GB, the rest in bf16 = 3.6 GB; the Hub's files have 13.8 GB
    expect(gigabytes('gpt-oss-20b')).toBeCloseTo(13.76, 1)
    expect(gigabytes('gpt-oss-120b')).toBeCloseTo(65.25, 1)
  })

  it('of NVFP4 builds keep attention wide where the publisher did', () => {
    const { byComponent } = weightsOf(model('nvidia/DeepSeek-V3.1-NVFP4'), { sharding: one })
    // 11.4 billion: all but the output projections (7168 x 16384 x 61 = 7.16 billion) in bf16
    expect((byComponent.attention ?? 0) / 1e9).toBeCloseTo(2 * (11.42 - 7.16) + 0.5625 * 7.16, 1)
    expect((byComponent.experts ?? 0) / 1e9).toBeCloseTo(653.9 * 0.5625, 0)
  })

  it('of GGUF files follow the mixtures: Llama 3.1 8B', () => {
    // Sizes of the files of bartowski/Meta-Llama-3.1-8B-Instruct-GGUF (Hub model card), GB
    const published: readonly (readonly [Precision, number])[] = [
      ['q8_0', 8.54],
      ['q6_k', 6.6],
      ['q5_k_m', 5.73],
      ['q4_k_m', 4.92],
      ['q4_0', 4.66],
      ['q3_k_m', 4.02],
    ]
    for (const [precision, size] of published)
      expect(Math.abs(gigabytes('Llama-3.1-8B', precision) / size - 1), precision).toBeLessThan(0.01)
  })

  it('fall with tensor parallelism, but not in proportion: norms, routers and latent projections are copied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...catalogue.models), fc.constantFrom(1, 2, 4, 8), (each, width) => {
        const bytes = (tensorParallel: number) =>
          weightsOf(each, { sharding: { tensorParallel, pipelineParallel: 1 } }).perAccelerator
        return bytes(width * 2) <= bytes(width) && bytes(width) * width >= bytes(1) * (1 - 1e-12)
      }),
    )
  })

  it('copy KV heads above their number', () => {
    const qwen = model('Qwen3-235B-A22B')
    const attention = (tensorParallel: number) =>
      weightsOf(qwen, { sharding: { tensorParallel, pipelineParallel: 1 } }).byComponent.attention ?? 0
    // q and o: 2 x 4096 x 8192 of 4096 x (2 x 8192 + 2 x 512) weights a layer; k and v stay a quarter at 8 as at 4
    const perLayer = 2 * (4096 * 8192 * 2) // bytes of q and o
    const shared = 2 * (4096 * 512 * 2) // bytes of k and v
    expect(attention(8) / 94).toBe(perLayer / 8 + shared / 4)
  })

  it('spread experts over data-parallel groups, and copy the rest', () => {
    const v3 = model('DeepSeek-V3')
    const part = weightsOf(v3, {
      sharding: { tensorParallel: 1, pipelineParallel: 1, dataParallel: 8, expertParallel: true },
    }).byComponent
    const whole = weightsOf(v3, { sharding: one }).byComponent
    expect(part.experts).toBeCloseTo((whole.experts ?? 0) / 8, 0)
    expect(part.attention).toBe(whole.attention)
  })

  it('of the fullest pipeline stage: 126 layers on 4 stages, the last with the head', () => {
    const big = model('Llama-3.1-405B')
    const stage = (at: number) =>
      weightsOf(big, { sharding: { tensorParallel: 8, pipelineParallel: 4 }, stage: at }).perAccelerator
    const { perAccelerator } = weightsOf(big, { sharding: { tensorParallel: 8, pipelineParallel: 4 } })
    // 126 = 31 + 32 + 32 + 31 layers (the two left over go to the middle); embeddings and head weigh 0.66 layers each
    expect(perAccelerator).toBe(Math.max(...[0, 1, 2, 3].map(stage)))
    expect(stage(1)).toBe(stage(2))
    expect(stage(1)).toBeGreaterThan(stage(0))
    expect(weightsOf(big, { sharding: { tensorParallel: 8, pipelineParallel: 4 } }).total).toBe(
      weightsOf(big, { sharding: one }).total,
    )
  })

  it('count a vision tower and drafting layers only when they are loaded', () => {
    const vision = model('Qwen/Qwen3.5-35B-A3B')
    const bytes = (options: { vision?: boolean; prediction?: boolean }) =>
      weightsOf(vision, { sharding: one, ...options }).total
    // Hub: 35,951,822,704 values of Qwen3.6-35B-A3B, the same shape, tower and drafting layer included
    expect(bytes({ prediction: true }) / 2).toBe(35_951_822_704)
    expect(bytes({}) - bytes({ vision: false })).toBeCloseTo(2 * 446_571_248, 0)
  })
})
