import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalogue, requireModel } from '../../catalog/index.js'
import { kvCost } from './kv-cache.js'

const catalogue = loadCatalogue()
const model = (name: string) => requireModel(catalogue, name)
const across = (tensorParallel: number, pipelineParallel = 1) => ({ tensorParallel, pipelineParallel })

describe('KV cost of a request', () => {
  it('of grouped heads is divided by min(tensor parallel, KV heads)', () => {
    const qwen = model('Qwen3-235B-A22B')
    const bytes = (width: number) => kvCost(qwen, { sharding: across(width) }).bytesPerToken
    expect(bytes(1)).toBe(2 * 2 * 4 * 128 * 94)
    expect(bytes(4)).toBe(bytes(1) / 4)
    expect(bytes(8)).toBe(bytes(4))
  })

  it('of a latent cache is divided by nothing but decode context parallelism', () => {
    const v3 = model('DeepSeek-V3')
    const bytes = (sharding: object) => kvCost(v3, { sharding: { ...across(8), ...sharding } }).bytesPerToken
    expect(bytes({})).toBe(2 * (512 + 64) * 61)
    expect(bytes({ dataParallel: 8, tensorParallel: 1 })).toBe(bytes({}))
    expect(bytes({ decodeContextParallel: 8 })).toBe(bytes({}) / 8)
  })

  it('of sparse latent attention in fp8 is 656 bytes and 132 of the indexer a token and layer', () => {
    const cost = kvCost(model('DeepSeek-V3.2'), { sharding: across(8), dtype: 'fp8_ds_mla' })
    expect(cost.bytesPerToken).toBe(61 * (656 + 132))
  })

  it('of GLM-5.2 has an indexer cache in 21 of 78 layers', () => {
    expect(kvCost(model('GLM-5.2'), { sharding: across(8) }).bytesPerToken).toBe(78 * 1152 + 21 * 132)
  })

  it('of sliding layers stops growing at the window, unless the engine keeps all', () => {
    const oss = model('gpt-oss-20b')
    const perLayer = 2 * 2 * 8 * 64
    const freed = kvCost(oss, { sharding: across(1) })
    expect(freed.bytesOf(10_000)).toBe(12 * perLayer * 10_000 + 12 * perLayer * 128)
    expect(kvCost(oss, { sharding: across(1), freesWindows: false }).bytesOf(10_000)).toBe(
      24 * perLayer * 10_000,
    )
  })

  it('of layers with heads of their own: MiMo-V2-Flash', () => {
    const { bytesPerToken, windows } = kvCost(model('MiMo-V2-Flash'), { sharding: across(1) })
    expect(bytesPerToken).toBe(9 * 4 * (192 + 128) * 2)
    expect(windows).toEqual([{ tokens: 128, bytesPerToken: 39 * 8 * (192 + 128) * 2 }])
  })

  it('of Llama 4 is a piece of 8,192 tokens in three of four layers', () => {
    const { bytesPerToken, windows } = kvCost(model('Llama-4-Scout-17B-16E-Instruct'), {
      sharding: across(8),
    })
    expect(bytesPerToken).toBe(12 * 2 * 2 * 128)
    expect(windows).toEqual([{ tokens: 8192, bytesPerToken: 36 * 2 * 2 * 128 }])
  })

  it('of a hybrid is a x L + c: Qwen3.5-35B-A3B', () => {
    // convolution 3 x 8192 values of 2 bytes, state 32 x 128 x 128 values of 4 bytes (`mamba_ssm_dtype`), 30 layers
    const { bytesPerToken, bytesPerSequence } = kvCost(model('Qwen3.5-35B-A3B'), { sharding: across(1) })
    expect(bytesPerToken).toBe(10 * 2 * 2 * 2 * 256)
    expect(bytesPerSequence).toBe(30 * (3 * 8192 * 2 + 32 * 128 * 128 * 4))
  })

  it('of Mamba-2 copies groups above tensor parallelism of their number: Nemotron 3 Nano', () => {
    // 64 heads of 64, state 128, 8 groups: channels 4096 + 2 x 8 x 128; at 16 the groups are as many as accelerators
    const state = (width: number) =>
      kvCost(model('NVIDIA-Nemotron-3-Nano-30B-A3B-BF16'), { sharding: across(width) }).bytesPerSequence
    expect(state(1)).toBe(23 * (3 * (4096 + 2048) * 2 + 64 * 64 * 128 * 4))
    expect(state(16)).toBe(23 * (3 * (256 + 2 * 128) * 2 + (64 / 16) * 64 * 128 * 4))
  })

  it('of compressed attention is one entry for 4 or 128 tokens: DeepSeek-V4-Flash', () => {
    const cost = kvCost(model('DeepSeek-V4-Flash'), { sharding: across(8) })
    // 21 layers by 4 with an indexer (132 bytes for 4 tokens), 20 by 128, and a window of 128 in all 43
    expect(cost.bytesPerToken).toBe(21 * (1024 / 4 + 132 / 4) + 20 * (1024 / 128))
    expect(cost.windows).toEqual([{ tokens: 128, bytesPerToken: 43 * 1024 }])
    const packed = kvCost(model('DeepSeek-V4-Flash'), { sharding: across(8), dtype: 'fp8_ds_mla' })
    expect(packed.windows).toEqual([{ tokens: 128, bytesPerToken: 43 * 584 }])
  })

  it('takes whole blocks', () => {
    const { bytesOf } = kvCost(model('Llama-3.1-8B'), { sharding: across(1), blockTokens: 16 })
    expect(bytesOf(1)).toBe(16 * 131_072)
    expect(bytesOf(17)).toBe(32 * 131_072)
  })

  it('never falls with more tokens, and never grows with more accelerators', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...catalogue.models),
        fc.nat(200_000),
        fc.nat(200_000),
        fc.constantFrom(1, 2, 4),
        (each, a, b, width) => {
          const cost = (n: number) => kvCost(each, { sharding: across(n) })
          const [low, high] = [Math.min(a, b), Math.max(a, b)]
          return (
            cost(width).bytesOf(low) <= cost(width).bytesOf(high) &&
            cost(width * 2).bytesOf(high) <= cost(width).bytesOf(high) * (1 + 1e-12)
          )
        },
      ),
    )
  })

  it('of pipeline stages adds up to the whole', () => {
    fc.assert(
      fc.property(fc.constantFrom(...catalogue.models), fc.constantFrom(2, 3, 4), (each, stages) => {
        const sum = Array.from({ length: stages }, (_, stage) =>
          kvCost(each, { sharding: across(1, stages), stage }).bytesOf(5000),
        ).reduce((total, bytes) => total + bytes, 0)
        return Math.abs(sum / kvCost(each, { sharding: across(1) }).bytesOf(5000) - 1) < 1e-9
      }),
    )
  })
})
