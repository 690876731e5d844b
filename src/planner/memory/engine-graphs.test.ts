// Memory of graphs and what early releases held, against what engines and reports print.

import { describe, expect, it } from 'vitest'
import { bytesPerGiB } from '../../core/index.js'
import { cardOf, modelOf } from '../fit/__fixtures__/case-request.js'
import { activationsOf } from './engine-activations.js'
import { captureBytes, type GraphOptions, graphBytes } from './engine-graphs.js'
import { reservedBytes } from './engine-reserved.js'

const qwen32 = modelOf('Qwen/Qwen3-32B')
const llama70 = modelOf('meta-llama/Llama-2-70b-hf')
const settings = { utilisation: 0.9, maxBatchedTokens: 2048, maxSequences: 256, chunkedPrefill: true }
const options = (changes: Partial<GraphOptions> = {}): GraphOptions => ({
  version: 8.005,
  isV0: false,
  enforceEager: false,
  card: cardOf('RTX 4090'),
  tensorParallel: 1,
  pipelineParallel: 1,
  ...changes,
})
const gib = (changes: Partial<GraphOptions> = {}, maxSequences = 256) =>
  captureBytes(qwen32, { ...settings, maxSequences }, options(changes)) / bytesPerGiB

describe('graphs', () => {
  it('are captured for 67 sizes by V1 and for 35 by V0, fewer where fewer sequences run', () => {
    // 64 layers x 67 x 0.21 MiB; x 35 x 0.55; V0 of 8 sequences: 1, 2, 4, 8.
    expect(gib()).toBeCloseTo((64 * 67 * 0.21) / 1024, 3)
    expect(gib({ isV0: true })).toBeCloseTo((64 * 35 * 0.55) / 1024, 3)
    expect(gib({ isV0: true }, 8)).toBeCloseTo((64 * 4 * 0.55) / 1024, 3)
  })

  it('hold the reductions of NCCL where no faster link is there', () => {
    expect(gib({ tensorParallel: 2 }) - gib()).toBeCloseTo((64 * 67 * 2 * 0.95) / 1024, 3)
    expect(gib({ tensorParallel: 2, card: cardOf('A100-80GB') })).toBe(gib())
  })

  it('take nothing beside the budget without graphs, and from 0.21 on, which counts them', () => {
    expect(gib({ enforceEager: true })).toBe(0)
    expect(gib({ version: 21 })).toBe(0)
    expect(graphBytes(qwen32, settings, options({ version: 21 }))).toBeGreaterThan(0)
  })
})

describe('what early releases held', () => {
  const held = (version: number, tensorParallel: number) =>
    reservedBytes(llama70, {
      version: version,
      isV0: true,
      tensorParallel,
      tokens: 4096,
      forwardBytes: bytesPerGiB,
    })

  it('is the input of every all-reduce in 0.2.5 and 0.2.6, three peaks more until 0.6.4', () => {
    // 2 x 80 layers x 4,096 tokens x 8,192 x 2 bytes = 10 GiB of the 12.2 that pull request 2031 lost.
    expect(held(2.005, 4) / bytesPerGiB).toBe(10)
    expect(held(4.001, 2) / bytesPerGiB).toBe(3)
    expect(held(2.005, 1)).toBe(0)
    expect(held(6.004, 4)).toBe(0)
  })
})

describe('the copy of its input that Marlin kept', () => {
  const peak = (precision: 'int4' | 'bf16', version: number) =>
    activationsOf(modelOf('Qwen/Qwen2.5-32B-Instruct'), {
      settings: { ...settings, maxBatchedTokens: 32_768 },
      precision,
      version,
      isV0: true,
      tensorParallel: 1,
      pipelineParallel: 1,
      vision: false,
      maxModelLen: 32_768,
      cardName: 'h100_sxm',
    }).peakBytes / bytesPerGiB

  it('is one more inner width for 4-bit weights before 0.8.3', () => {
    // (4 x 27,648 + 3 x 5,120) x 2 bytes x 32,768 tokens = 7.69 GiB, 8.02 printed; without it 6.00.
    expect(peak('int4', 6.006)).toBeCloseTo(7.69, 2)
    expect(peak('bf16', 6.006)).toBeCloseTo(6, 2)
    expect(peak('int4', 8.005)).toBeCloseTo(6, 2)
  })
})
