import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { createStepModel } from '../speed/roofline.js'
import { cpuAccelerator } from './cpu-accelerator.js'
import { cpuCoefficients } from './cpu-coefficients.js'

const rates = {
  threads: 1,
  bandwidthGBps: 20,
  matrixGflops: 100,
  by: 'torch',
  measuredAt: '2026-11-26T00:00:00.000Z',
}
const of = (bytesPerNumber: 2 | 4) =>
  cpuAccelerator({ cpuModel: 'a processor', memoryGiB: 24, rates, bytesPerNumber })

describe('a processor as an accelerator', () => {
  it('has half of its bandwidth and memory for 32-bit numbers, which the planner counts as 16-bit ones', () => {
    expect(of(4)).toMatchObject({ bandwidthGBps: 10, memoryGiB: 12, bf16Tflops: 0.1, fp8Tflops: null })
    expect(of(2)).toMatchObject({ bandwidthGBps: 20, memoryGiB: 24, bf16Tflops: 0.1 })
  })

  it('reads the weights of a step at the share of the bandwidth that is assumed, and pays for Python beside it', () => {
    const model = loadCatalogue().lookUpModel('llama-3.1-8b').found
    if (!model) throw new Error('not in the catalogue')
    const at = (speedScore: number) =>
      createStepModel({
        model,
        accelerator: of(4),
        precision: 'bf16',
        layout: { tensorParallel: 1, pipelineParallel: 1 },
        engine: 'vllm',
        coefficients: cpuCoefficients(speedScore),
      })?.partsAt(100)(1)
    const parts = at(1)
    // 8.03 G parameters less the 0.53 G of the embedding table, which is looked up and not read: 15 GB of 16-bit numbers
    // at 0.8 x 10 GB/s take 1.88 s. Products of one token, 2 x 7 G at 70 GFLOP/s, take 0.2 s beside that.
    expect(parts?.weightsMs).toBeGreaterThan(1850)
    expect(parts?.weightsMs).toBeLessThan(1930)
    // 4 ms a step and 0.2 ms for each of 32 layers; half of that on a core that is twice as fast.
    expect(parts?.overheadMs).toBeCloseTo(4 + 32 * 0.2, 9)
    expect(at(2)?.overheadMs).toBeCloseTo(5.2, 9)
  })
})
