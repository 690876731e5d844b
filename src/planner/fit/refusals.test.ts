// What engines refuse before they look at memory, and loads that no request can have: each with its arithmetic or source.

import { describe, expect, it } from 'vitest'
import { computeCapability } from '../memory/compute-capability.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { cardOf, catalogue, modelOf, requestOf } from './__fixtures__/case-request.js'
import { fitModel } from './fit-model.js'
import type { FitAnswer, FitRequest } from './fit-request.js'
import { lenders } from './speed-support.js'

const llama8 = modelOf('meta-llama/Llama-3.1-8B-Instruct')
const gptOss = modelOf('openai/gpt-oss-20b')
const answerTo = (model: FitRequest['model'], changes: Partial<FitRequest> = {}) =>
  fitModel(requestOf(model, changes))
const warning = (answer: FitAnswer, code: string) => answer.warnings.find((each) => each.code === code)

describe('weights that share scales in blocks', () => {
  const on = (name: string, changes: Partial<FitRequest> = {}) =>
    answerTo(modelOf(name), { card: cardOf('H200'), count: changes.tensorParallel ?? 1, ...changes })

  it.each([
    // Width of an expert over tensor parallelism against 128: 1536 / 8 = 192, 1536 / 4 = 384, 768 / 4 = 192.
    ['Qwen/Qwen3-235B-A22B-FP8', 8, 192],
    ['Qwen/Qwen3-235B-A22B-FP8', 4, null],
    ['Qwen/Qwen3-30B-A3B-FP8', 4, 192],
    ['Qwen/Qwen3-30B-A3B-FP8', 2, null],
    ['MiniMaxAI/MiniMax-M2.7', 8, 192],
    // 1280 / 4 = 320 (sgl-project/sglang issue 26107).
    ['stepfun-ai/Step-3.7-Flash-FP8', 4, 320],
    ['deepseek-ai/DeepSeek-R1', 16, null],
    // 18432 / 32 = 576 (sgl-project/sglang issue 3345).
    ['deepseek-ai/DeepSeek-R1', 32, 576],
  ])('%s over %i', (name, tensorParallel, width) => {
    for (const engine of ['vllm', 'sglang'] as const) {
      const answer = on(name, { engine, engineVersion: undefined, tensorParallel })
      expect(warning(answer, 'fit.block-cut')?.params['width'] ?? null).toBe(width)
      expect(answer.limitedBy === 'layout').toBe(width !== null)
      if (width !== null) expect(answer).toMatchObject({ fits: false, maxModelLenThatFits: 0 })
    }
  })

  it('keeps experts whole by expert parallelism, which then cuts none', () => {
    const answer = on('Qwen/Qwen3-235B-A22B-FP8', { tensorParallel: 8, expertParallel: true })
    expect(warning(answer, 'fit.block-cut')).toBeUndefined()
    expect(answer.fits).toBe(true)
  })

  it('says where groups of 4-bit weights may be cut: 29,568 / 8 = 3,696 is no multiple of 128, / 4 = 7,392 neither', () => {
    const qwen72 = modelOf('Qwen/Qwen2.5-72B-Instruct')
    const cut = (tensorParallel: number, precision: FitRequest['precision'] = 'int4') =>
      warning(answerTo(qwen72, { tensorParallel, count: tensorParallel, precision }), 'fit.block-cut')?.params
    expect(cut(8)).toMatchObject({ certain: false, width: 3696, module: 'mlp.down_proj' })
    expect(cut(1)).toBeUndefined()
    expect(cut(8, 'bf16')).toBeUndefined()
    expect(cut(8, 'nvfp4')).toBeUndefined()
  })

  it('says so, and refuses nothing, where the checkpoint or the engine is not known to', () => {
    const asked = { tensorParallel: 8, precision: 'fp8' as const }
    const perhaps = on('Qwen/Qwen3-235B-A22B', asked)
    expect(warning(perhaps, 'fit.block-cut')?.params).toMatchObject({ certain: false, width: 192 })
    expect(perhaps.fits).toBe(true)
    const other = on('Qwen/Qwen3-235B-A22B-FP8', { ...asked, engine: 'trtllm', engineVersion: '1.2.0' })
    expect(warning(other, 'fit.block-cut')?.params).toMatchObject({ known: 'unknown' })
    expect(other.fits).toBe(true)
    expect(warning(on('Qwen/Qwen3-235B-A22B', { tensorParallel: 8 }), 'fit.block-cut')).toBeUndefined()
  })
})

describe('heads', () => {
  it('of keys and values are divided evenly or copied evenly: 10 over 4 are neither', () => {
    const phi = { ...llama8, name: 'phi', heads: 40, kvHeads: 10 }
    const over = (tensorParallel: number) => answerTo(phi, { tensorParallel, count: tensorParallel })
    expect(over(4)).toMatchObject({ fits: false, limitedBy: 'layout' })
    expect(warning(over(4), 'fit.kv-heads-not-divided')?.params).toEqual({
      kvHeads: 10,
      tensorParallel: 4,
      // 5 are more than there are.
      possible: [2],
    })
    expect(over(2).fits).toBe(true)
    expect(warning(over(20), 'fit.kv-heads-not-divided')).toBeUndefined()
    const latent = { ...modelOf('deepseek-ai/DeepSeek-R1'), kvHeads: 1 }
    expect(
      warning(answerTo(latent, { tensorParallel: 8, count: 8 }), 'fit.kv-heads-not-divided'),
    ).toBeUndefined()
  })
})

describe('slices of a card', () => {
  it('are warned of where a model is spread over them', () => {
    const on = (count: number) =>
      answerTo(llama8, { card: cardOf('H100 MIG 3g.40gb'), count, tensorParallel: count })
    expect(warning(on(2), 'fit.slices-joined')).toBeDefined()
    expect(warning(on(1), 'fit.slices-joined')).toBeUndefined()
  })
})

describe('settings that contradict each other', () => {
  it('are a step of fewer tokens than sequences, and experts spread where there are none', () => {
    const few = answerTo(llama8, { maxNumBatchedTokens: 128, maxNumSeqs: 256 })
    expect(few).toMatchObject({ fits: false, limitedBy: 'max-num-seqs' })
    expect(warning(few, 'fit.step-below-sequences')?.params).toEqual({ tokens: 128, sequences: 256 })
    expect(answerTo(llama8, { maxNumBatchedTokens: 256, maxNumSeqs: 256 }).fits).toBe(true)
    const spread = { expertParallel: true, count: 2, tensorParallel: 2 }
    expect(answerTo(llama8, spread)).toMatchObject({ fits: false, limitedBy: 'layout' })
    expect(answerTo(gptOss, spread).fits).toBe(true)
    const other = answerTo(llama8, { ...spread, engine: 'sglang', engineVersion: undefined })
    expect(warning(other, 'fit.no-experts')?.params).toMatchObject({ refused: false })
    expect(other.fits).toBe(true)
  })
})

describe('formats that a card cannot run', () => {
  it('knows the capability of every NVIDIA card', () => {
    const unknown = catalogue.accelerators
      .filter(({ vendor, name }) => vendor === 'NVIDIA' && computeCapability(name) === null)
      .map(({ name }) => name)
    expect(unknown).toEqual([])
    expect(
      ['v100', 't4', 'a100_sxm', 'rtx_3090', 'l40s', 'h100_sxm', 'b200_sxm'].map(computeCapability),
    ).toEqual([7, 7.5, 8, 8.6, 8.9, 9, 10])
    expect(computeCapability('rtx_5090')).toBe(12)
  })

  it.each<[string, Partial<FitRequest>, FitAnswer['limitedBy'] | null]>([
    // vLLM's documentation of fp8: 7.5 and later by Marlin, before 0.14 8.0 and later.
    ['V100', { precision: 'fp8', engineVersion: '0.10.0' }, 'precision'],
    ['T4', { precision: 'fp8', engineVersion: '0.10.0' }, 'precision'],
    ['T4', { precision: 'fp8', engineVersion: '0.28.0' }, null],
    ['A100-80GB', { precision: 'fp8', engineVersion: '0.10.0' }, null],
    ['A100-80GB', { precision: 'fp8', engineVersion: '0.5.0' }, 'precision'],
    // Table of quantization kernels: AWQ from 7.5, GPTQ on Volta too.
    ['V100', { precision: 'int4', method: 'awq', engineVersion: '0.9.2' }, 'precision'],
    ['V100', { precision: 'int4', method: 'gptq', engineVersion: '0.9.2' }, null],
    ['T4', { precision: 'int4', method: 'awq', engineVersion: '0.9.2' }, null],
    ['A100-80GB', { precision: 'nvfp4', engineVersion: '0.8.5' }, 'precision'],
    ['A100-80GB', { precision: 'nvfp4', engineVersion: '0.19.0' }, null],
    ['A100-80GB', { precision: 'nvfp4', engine: 'trtllm', engineVersion: '1.2.0' }, 'precision'],
    ['A100-80GB', { precision: 'fp8', engine: 'trtllm', engineVersion: '1.2.0' }, 'precision'],
    ['V100', { engine: 'sglang', engineVersion: '0.5.10' }, 'accelerator'],
    ['P100', { engineVersion: '0.9.2' }, 'accelerator'],
    // e4m3 in the cache: pull request 35720 (V100, 0.16), issue 26431 (3090, 0.11), issue 4827 (V0).
    ['V100', { kvDtype: 'fp8', engineVersion: '0.16.0' }, 'precision'],
    ['V100', { kvDtype: 'fp8', kvFp8: 'e5m2', engineVersion: '0.16.0' }, null],
    ['V100', { kvDtype: 'fp8', engineVersion: '0.8.5' }, null],
    ['RTX 3090', { kvDtype: 'fp8', engineVersion: '0.19.0', precision: 'int4' }, null],
    ['A100-80GB', { kvDtype: 'fp8', engine: 'trtllm', engineVersion: '1.2.0' }, 'precision'],
    // NVFP4 in the cache: pull request 43669.
    ['A100-80GB', { kvDtype: 'nvfp4' }, 'precision'],
    ['RTX 5090', { kvDtype: 'nvfp4', precision: 'int4', engineVersion: '0.25.1' }, 'precision'],
    ['B200', { kvDtype: 'nvfp4', engineVersion: '0.25.1' }, null],
    ['H100', { kvDtype: 'fp8_ds_mla' }, 'precision'],
    ['H100', { precision: 'q4_k_m', engine: 'sglang', engineVersion: '0.5.10' }, 'precision'],
  ])('%s %o', (card, changes, limitedBy) => {
    const answer = answerTo(llama8, { card: cardOf(card), maxModelLen: 2048, ...changes })
    if (limitedBy === null) expect(answer.fits).toBe(true)
    else expect(answer).toMatchObject({ fits: false, limitedBy, maxModelLenThatFits: 0 })
  })

  it('refuses mxfp4 on Volta, and takes it on Ampere', () => {
    const on = (card: string) => answerTo(gptOss, { card: cardOf(card), maxModelLen: 2048 })
    expect(on('V100').limitedBy).toBe('precision')
    expect(on('A100-80GB').fits).toBe(true)
  })

  it('keeps the layout of sparse latent attention for models that have it', () => {
    const at = { card: cardOf('B200'), count: 8, tensorParallel: 8, kvDtype: 'fp8_ds_mla' as const }
    expect(answerTo(modelOf('deepseek-ai/DeepSeek-V3.2'), at).fits).toBe(true)
    expect(answerTo(modelOf('deepseek-ai/DeepSeek-R1'), at).limitedBy).toBe('precision')
  })

  it('counts an fp8 cache of sparse latent attention as vLLM lays it out, and a dense one in fp8', () => {
    const at = { card: cardOf('B200'), count: 8, tensorParallel: 8, maxModelLen: 8192 }
    const bytes = (name: string, kvDtype: FitRequest['kvDtype'], engine: FitRequest['engine'] = 'vllm') =>
      answerTo(modelOf(name), { ...at, kvDtype, engine, engineVersion: undefined }).kvBytesPerToken
    const sparse = 'deepseek-ai/DeepSeek-V3.2'
    expect(bytes(sparse, 'fp8')).toBe(bytes(sparse, 'fp8_ds_mla'))
    // 512 + 4 x 4 + 64 x 2 = 656 bytes a layer instead of 576, in 61 layers.
    expect(bytes(sparse, 'fp8') - bytes(sparse, 'fp8', 'sglang')).toBe(61 * 80)
    expect(bytes('deepseek-ai/DeepSeek-R1', 'fp8')).toBe(61 * 576)
  })

  it('holds no budget where the size of the cache is given', () => {
    // 67.7 GiB of fp8 weights on 79.19 GiB: more than 0.8 of it, and with 8 GiB of cache less than all.
    const given = { precision: 'fp8' as const, gpuMemoryUtilization: 0.8, maxModelLen: 8192 }
    const llama70 = modelOf('meta-llama/Llama-3.3-70B-Instruct')
    expect(answerTo(llama70, given).limitedBy).toBe('weights')
    expect(answerTo(llama70, { ...given, kvCacheMemoryBytes: 8 * 2 ** 30 }).fits).toBe(true)
    expect(answerTo(llama70, { ...given, kvCacheMemoryBytes: 12 * 2 ** 30 })).toMatchObject({
      fits: false,
      limitedBy: 'kv-cache',
    })
  })

  it('says that a card has no bf16, and what the release makes of it', () => {
    const on = (card: string, engineVersion: string) =>
      warning(answerTo(llama8, { card: cardOf(card), engineVersion, maxModelLen: 512 }), 'fit.no-bf16')
    expect(on('V100', '0.8.5')?.params['asks']).toBe(true)
    expect(on('T4', '0.19.0')?.params['asks']).toBe(false)
    expect(on('A100-80GB', '0.19.0')).toBeUndefined()
  })
})

describe('chips of other makers', () => {
  it('are refused by TensorRT-LLM, and warned of by engines with rules for others alone', () => {
    const on = (card: string, engine: FitRequest['engine']) =>
      answerTo(llama8, { card: cardOf(card), engine, engineVersion: undefined })
    expect(on('MI300X', 'trtllm')).toMatchObject({ fits: false, limitedBy: 'accelerator' })
    expect(warning(on('MI300X', 'vllm'), 'fit.other-vendor')).toBeUndefined()
    const apple = on('Apple M2 Ultra', 'vllm')
    expect(apple.fits).toBe(true)
    expect(warning(apple, 'fit.other-vendor')?.params['refused']).toBe(false)
    expect(warning(on('Apple M2 Ultra', 'llama.cpp'), 'fit.other-vendor')).toBeUndefined()
  })
})

describe('releases', () => {
  it('warns of one that is newer than any that was read', () => {
    const of = (engineVersion: string) => warning(answerTo(llama8, { engineVersion }), 'fit.release-not-read')
    expect(of('0.99.0')?.params).toMatchObject({ newest: '0.32' })
    expect(of('0.32.1')).toBeUndefined()
    expect(of('0.19.0')).toBeUndefined()
  })
})

describe('loads', () => {
  const load = {
    inputTokens: 1000,
    outputTokens: 200,
    concurrency: 8,
    requestsPerSecond: null,
    prefixTokens: 0,
    prefixes: 1,
  }

  it.each([
    ['longer than max-model-len', { ...load, inputTokens: 8000 }, 'fit.load-beyond-context'],
    ['with a prefix longer than the prompt', { ...load, prefixTokens: 1001 }, 'fit.prefix-beyond-input'],
  ])('%s get no speed, and do not fit', (_, asked, code) => {
    const answer = answerTo(llama8, { load: asked })
    expect(answer).toMatchObject({ fits: false, limitedBy: 'max-model-len', predicted: null })
    expect(warning(answer, code)).toBeDefined()
    expect(answer.maxModelLenThatFits).toBe(131_072)
  })

  it('of one token have no time between tokens', () => {
    const answer = answerTo(llama8, { load: { ...load, outputTokens: 1 } })
    expect(answer.predicted?.tpotMs).toBeNull()
    expect(warning(answer, 'fit.no-token-gap')).toBeDefined()
    // A closed loop: eight in flight, each as long as the time to its only token.
    const { ttftMs, requestsPerSecond } = answer.predicted ?? {}
    expect(requestsPerSecond?.value).toBeCloseTo(8000 / (ttftMs?.value ?? 0), 6)
  })

  it('are told more widely where the engine lends its coefficients or the card was not measured', () => {
    const ratio = (changes: Partial<FitRequest>) => {
      const { predicted, warnings } = answerTo(llama8, { load, engineVersion: undefined, ...changes })
      const { low = 1, high = 1 } = predicted?.tpotMs ?? {}
      return { ratio: high / low, codes: warnings.map(({ code }) => code) }
    }
    const own = ratio({})
    const borrowed = ratio({ engine: 'tgi' })
    expect(own.codes).not.toContain('fit.engine-not-measured')
    expect(borrowed.codes).toContain('fit.engine-not-measured')
    expect(borrowed.ratio).toBeCloseTo(own.ratio ** 2, 1)
    const other = ratio({ card: cardOf('L40S') })
    expect(other.codes).toContain('fit.card-not-measured')
    expect(other.ratio).toBeCloseTo(own.ratio ** 1.5, 1)
  })

  it('names as lender whose coefficients they are', () => {
    const { engines } = fittedCoefficients.coefficients
    for (const [engine, from] of Object.entries(lenders)) {
      const { kvBytesFactor: _, ...own } = engines[engine as keyof typeof engines]
      expect(engines[from]).toMatchObject(own)
    }
    expect(Object.keys(lenders)).toEqual(['tgi'])
  })
})
