import { describe, expect, it } from 'vitest'
import { loadCatalogue, type Precision, requireAccelerator, requireModel } from '../../catalog/index.js'
import { closedLoopParts, predictClosedLoop } from './closed-loop.js'
import { fittedCoefficients } from './coefficients.js'
import { createStepModel } from './roofline.js'

const catalogue = loadCatalogue()
const { coefficients } = fittedCoefficients
const steps = (
  name: string,
  gpu: string,
  options: { tensorParallel?: number; precision?: Precision } = {},
) => {
  const model = requireModel(catalogue, name)
  return createStepModel({
    model,
    accelerator: requireAccelerator(catalogue, gpu),
    precision: options.precision ?? 'fp8',
    layout: { tensorParallel: options.tensorParallel ?? 1, pipelineParallel: 1 },
    engine: 'vllm',
    coefficients,
  })
}

describe('a decode step', () => {
  it('alone is bound by reading the weights once', () => {
    // Llama 3.1 8B in fp8: 6.98 GB and a head of 1.05 GB in 16 bits, over 3350 GB/s x the share reached: about 3 ms;
    // overheads: a step, 32 layers and one sequence.
    const parts = steps('Llama-3.1-8B', 'H100')?.partsAt(1)(1)
    const weights = 8.03e9 / (3350e6 * coefficients.weightBandwidth)
    const { layerMs, sequenceMs, stepMs } = coefficients.engines.vllm
    expect(parts?.weightsMs).toBeCloseTo(weights, 1)
    expect(parts?.overheadMs).toBeCloseTo(stepMs + 32 * layerMs, 6)
    expect(parts?.sequenceMs).toBeCloseTo(sequenceMs, 6)
    expect(parts?.exchangeMs).toBe(0)
  })

  it('reads each sequence of the cache', () => {
    // 16 x 8,000 tokens x 131,072 bytes (8 heads x 128 x 2 x 2 bytes x 32 layers), kept as vLLM's builds in fp8 keep it
    const parts = steps('Llama-3.1-8B', 'H100')?.partsAt(8000)(16)
    const bytes = 16 * 8000 * 131072 * coefficients.engines.vllm.kvBytesFactor
    const readMs = bytes / (3350e6 * coefficients.kvBandwidth)
    expect(parts?.cacheMs).toBeGreaterThanOrEqual(readMs)
    expect(parts?.cacheMs).toBeLessThan(1.1 * readMs)
  })

  it('sums over the link twice a layer', () => {
    // 2 x 80 layers: the latency, and 2 x 3/4 x 64 tokens x 8192 x 2 bytes over 450 GB/s x the share reached
    const parts = steps('Llama-3.1-70B', 'H100', { tensorParallel: 4 })?.partsAt(1)(64)
    const message = (1.5 * 64 * 8192 * 2) / (450e6 * coefficients.busEfficiency)
    expect(parts?.exchangeMs).toBeCloseTo(160 * (coefficients.allReduceLatencyMs + message), 6)
  })

  it('of groups with whole experts keeps the cache apart and exchanges tokens', () => {
    const model = requireModel(catalogue, 'DeepSeek-R1')
    const spread = (attentionGroups: number) =>
      createStepModel({
        model,
        accelerator: requireAccelerator(catalogue, 'H200'),
        precision: 'fp8',
        layout: { tensorParallel: 8, pipelineParallel: 1 },
        attentionGroups,
        expertParallel: true,
        engine: 'sglang',
        coefficients,
      })?.partsAt(8000)(64)
    // A latent cache is on every accelerator of a group: eight groups read an eighth each, one reads it all.
    const ratio = (spread(1)?.cacheMs ?? 0) / (spread(8)?.cacheMs ?? 1)
    expect(ratio).toBeGreaterThan(4)
    expect(ratio).toBeLessThan(8.1)
    expect(spread(8)?.exchangeMs).toBeGreaterThan(0)
  })

  it('takes longer with more sequences, longer contexts and less bandwidth', () => {
    const h100 = steps('Llama-3.1-8B', 'H100')
    const ms = h100?.decodeAt(1000)(16) ?? 0
    expect(h100?.decodeAt(1000)(64)).toBeGreaterThan(ms)
    expect(h100?.decodeAt(8000)(16)).toBeGreaterThan(ms)
    expect(steps('Llama-3.1-8B', 'L40S')?.decodeAt(1000)(16)).toBeGreaterThan(ms)
  })

  it('of a mixture of experts reads more experts as the batch grows', () => {
    const mixture = steps('Qwen3-235B-A22B', 'H200', { tensorParallel: 8 })
    const one = mixture?.decodeAt(1)(1) ?? 0
    // One token touches 8 of 128 experts, 64 tokens nearly all: the step grows far more than its KV cache does.
    expect((mixture?.decodeAt(1)(64) ?? 0) - one).toBeGreaterThan(5)
  })

  it('reads 4-bit experts that are widened to 16 bits no faster on a chip with more bandwidth than cores', () => {
    // 64 tokens touch 1 - (1 - 8/384)^64 = 74 % of Kimi K2.5's experts in 4 bits; a B200 reads 8,000 GB/s, an H200 4,800.
    const weights = (gpu: string) =>
      steps('Kimi-K2.5', gpu, { tensorParallel: 8, precision: 'int4' })?.partsAt(1)(64).weightsMs ?? 0
    const [wide, narrow] = [weights('B200'), weights('H200')]
    expect(narrow / wide).toBeGreaterThan(1)
    expect(narrow / wide).toBeLessThan(1.35)
  })

  it('of narrow experts in MXFP4 takes what published runs took, within a quarter', () => {
    // gpt-oss-120b, vLLM, H100, 1,024 tokens in and out: InferenceX issue 828 (SemiAnalysis, 2026-03-01), ms per token.
    const published = [
      [8, 4, 3.72],
      [8, 8, 4.05],
      [8, 16, 4.83],
      [8, 32, 5.82],
      [8, 64, 7.36],
      [4, 64, 9.89],
      [2, 64, 15.21],
    ] as const
    for (const [tensorParallel, concurrency, measuredMs] of published) {
      const model = steps('gpt-oss-120b', 'H100', { tensorParallel, precision: 'mxfp4' })
      if (!model) throw new Error('no step model')
      const load = { concurrency, inputTokens: 1024, outputTokens: 1024 }
      const { tpotMs } = predictClosedLoop(model, load, coefficients.engines.vllm)
      expect(tpotMs / measuredMs).toBeGreaterThan(0.8)
      expect(tpotMs / measuredMs).toBeLessThan(1.25)
    }
  })

  it('is refused where the chip has no unit for the precision', () => {
    expect(steps('Llama-3.1-8B', 'A100', { precision: 'fp8' })).toBeNull()
    expect(steps('Llama-3.1-8B', 'H100', { precision: 'nvfp4' })).toBeNull()
  })
})

describe('a prompt', () => {
  it('costs 2 operations a parameter and token over the reached rate', () => {
    const ms = steps('Llama-3.1-70B', 'H100', { tensorParallel: 4 })?.prefillMs(1000) ?? 0
    const products = (2 * 70.55e9 * 1000) / (4 * 1978e12 * coefficients.prompt.fp8)
    expect(ms / 1000).toBeGreaterThan(products)
    // Attention over the pairs of tokens and the sums over the link come on top.
    expect(ms / 1000).toBeLessThan(1.7 * products)
  })

  it('costs less when its beginning is cached', () => {
    const model = steps('Llama-3.1-8B', 'H100')
    expect(model?.prefillMs(2000, 1500)).toBeLessThan((model?.prefillMs(2000) ?? 0) / 3)
  })
})

describe('the closed loop', () => {
  const tpot = (concurrency: number, inputTokens: number) => {
    const model = steps('Llama-3.1-70B', 'H100', { tensorParallel: 4 })
    if (!model) throw new Error('no step model')
    return predictClosedLoop(
      model,
      { concurrency, inputTokens, outputTokens: 1024 },
      coefficients.engines.vllm,
    ).tpotMs
  }

  it('slows tokens down with more requests in flight, and with the prompts the others bring', () => {
    expect(tpot(32, 1024)).toBeGreaterThan(tpot(8, 1024))
    // 32 prompts of 8192 tokens hold up 1024 steps: 31 x 0.64 x 7168 more tokens to read than with 1024.
    expect(tpot(32, 8192)).toBeGreaterThan(tpot(32, 1024) * 1.3)
  })

  it('makes requests wait that the cache has no place for, and runs no more than it has', () => {
    const model = steps('Llama-3.1-70B', 'H100', { tensorParallel: 4 })
    if (!model) throw new Error('no step model')
    const load = { concurrency: 64, inputTokens: 1024, outputTokens: 1024 }
    const of = (maxSequences: number) =>
      closedLoopParts(model, { ...load, maxSequences }, coefficients.engines.vllm)
    const free = of(64)
    const full = of(32)
    expect(free.ttft.placeMs).toBe(0)
    expect(full.tpot).toEqual(
      closedLoopParts(model, { ...load, concurrency: 32 }, coefficients.engines.vllm).tpot,
    )
    // Two requests for each place: one waits as long as another is served (1,024 tokens and the prompt).
    const tokenMs = Object.values(full.tpot).reduce((sum, part) => sum + part, 0)
    expect(full.ttft.placeMs).toBeCloseTo(1024 * tokenMs + full.ttft.promptMs, 6)
  })

  it('was fitted to runs whose unseen architectures it predicts within 15 % at the median', () => {
    expect(fittedCoefficients.errors.tpotMedianPct).toBeLessThan(15)
    expect(fittedCoefficients.fittedTo.rows).toBeGreaterThan(1500)
    expect(fittedCoefficients.fittedTo.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})
