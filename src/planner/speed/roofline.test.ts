import { describe, expect, it } from 'vitest'
import { loadCatalogue, type Precision, requireAccelerator, requireModel } from '../../catalog/index.js'
import { type ParameterSplit, splitParameters } from '../memory/memory.js'
import { predictClosedLoop } from './closed-loop.js'
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
    split: splitParameters(model) as ParameterSplit,
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
    // overheads: 1 ms, 32 layers and one sequence.
    const ms = steps('Llama-3.1-8B', 'H100')?.decodeAt(1)(1) ?? 0
    const weights = 8.03e9 / (3350e6 * coefficients.weightBandwidth)
    const { layerMs, sequenceMs } = coefficients.engines.vllm
    expect(ms).toBeCloseTo(weights + 1 + 32 * layerMs + sequenceMs, 1)
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

  it('is refused where the chip has no unit for the precision', () => {
    expect(steps('Llama-3.1-8B', 'A100', { precision: 'fp8' })).toBeNull()
    expect(steps('Llama-3.1-8B', 'H100', { precision: 'nvfp4' })).toBeNull()
  })
})

describe('a prompt', () => {
  it('costs 2 operations a parameter and token over the reached rate', () => {
    const ms = steps('Llama-3.1-70B', 'H100', { tensorParallel: 4 })?.prefillMs(1000) ?? 0
    const products = (2 * 70.55e9 * 1000) / (4 * 1978e12 * coefficients.compute.fp8)
    expect(ms / 1000).toBeGreaterThan(products)
    expect(ms / 1000).toBeLessThan(1.5 * products)
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
    return predictClosedLoop(model, { concurrency, inputTokens, outputTokens: 1024 }, coefficients).tpotMs
  }

  it('slows tokens down with more requests in flight, and with the prompts the others bring', () => {
    expect(tpot(32, 1024)).toBeGreaterThan(tpot(8, 1024))
    // 32 prompts of 8192 tokens hold up 1024 steps: 31 x 0.64 x 7168 more tokens to read than with 1024.
    expect(tpot(32, 8192)).toBeGreaterThan(tpot(32, 1024) * 1.3)
  })

  it('was fitted to runs whose unseen architectures it predicts within 15 % at the median', () => {
    expect(fittedCoefficients.errors.tpotUnseenArchitectureMedianPct).toBeLessThan(15)
    expect(fittedCoefficients.fittedTo.rows).toBeGreaterThan(1500)
    expect(fittedCoefficients.fittedTo.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})
