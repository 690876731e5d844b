// What planners get wrong about memory and concurrency, each with its arithmetic.

import { describe, expect, it } from 'vitest'
import { cardOf, modelOf, requestOf } from './__fixtures__/case-request.js'
import { fitModel } from './fit-model.js'
import type { FitAnswer, FitRequest } from './fit-request.js'

const llama8 = modelOf('meta-llama/Llama-3.1-8B-Instruct')
const llama70 = modelOf('meta-llama/Llama-3.3-70B-Instruct')
const latent = modelOf('deepseek-ai/DeepSeek-V2-Lite-Chat')
const codes = (answer: FitAnswer) => answer.warnings.map(({ code }) => code)
const answerTo = (model: FitRequest['model'], changes: Partial<FitRequest> = {}) =>
  fitModel(requestOf(model, changes))

describe('weights', () => {
  it('keeps embeddings and head wide: int4 is not parameters x 4 bits', () => {
    // 8.03 billion x 0.5 bytes = 3.74 GiB; embeddings and head alone are 2 x 128,256 x 4,096 x 2 bytes = 1.96 GiB, the
    // rest (6.98 billion) takes 4.16 bits = 3.38 GiB; a log prints 5.36.
    const { weightsGiBPerGpu } = answerTo(llama8, { precision: 'int4' })
    expect(weightsGiBPerGpu).toBeGreaterThan(5.2)
    expect(weightsGiBPerGpu).toBeLessThan(5.45)
  })

  it('loads all experts, not only those a token uses', () => {
    const answer = answerTo(modelOf('Qwen/Qwen3-30B-A3B'))
    // 30.5 billion x 2 bytes = 56.9 GiB; the 3.3 billion active ones would be 6.1.
    expect(answer.weightsGiBPerGpu).toBeGreaterThan(56)
    expect(codes(answer)).toContain('fit.all-experts-loaded')
  })
})

describe('what the start-up run takes', () => {
  it('is a step of no more tokens than requests could bring, from 0.12 on', () => {
    // One request of 1,024 tokens; a step that was asked for stays as it was.
    const tokens = (engineVersion: string, maxNumBatchedTokens?: number) =>
      answerTo(llama8, { engineVersion, maxNumSeqs: 1, maxModelLen: 1024, maxNumBatchedTokens }).settings
        .maxNumBatchedTokens
    expect([tokens('0.11.0'), tokens('0.12.0'), tokens('0.12.0', 4096)]).toEqual([8192, 1024, 4096])
  })

  it('subtracts the sampler of as many sequences as may run, which a release halved', () => {
    // 1,024 sequences x 128,256 words x 38.4 bytes = 4.70 GiB until 0.16, x 14.8 = 1.81 from 0.17.
    const before = answerTo(llama8, { engineVersion: '0.16.0' })
    const after = answerTo(llama8, { engineVersion: '0.17.0' })
    expect(before.activationsGiBPerGpu).toBeCloseTo(4.76, 1)
    expect(after.activationsGiBPerGpu).toBeCloseTo(1.87, 1)
    expect(after.availableKvGiBPerGpu - before.availableKvGiBPerGpu).toBeGreaterThan(2.8)
  })

  it('is not monotonic in the length: a whole prompt is measured up to 32,768 tokens, chunks above', () => {
    const at = (maxModelLen: number) =>
      answerTo(llama8, {
        card: cardOf('RTX 3090'),
        engineVersion: '0.6.4',
        gpuMemoryUtilization: 0.9,
        maxModelLen,
      })
    // 29,000 tokens x 118,784 bytes = 3.2 GiB of peak leave 2.7 GiB = 22,000 tokens; at 35,000 the run has 2,048.
    expect(at(20_000).fits).toBe(true)
    expect(at(29_000).fits).toBe(false)
    expect(at(35_000).fits).toBe(true)
    expect(at(29_000).maxModelLenThatFits).toBeGreaterThan(35_000)
    expect(codes(at(29_000))).toContain('fit.longer-may-fit')
    expect(
      answerTo(llama8, {
        card: cardOf('RTX 3090'),
        engineVersion: '0.6.4',
        maxModelLen: 29_000,
        chunkedPrefill: true,
      }).fits,
    ).toBe(true)
  })

  it('reserves CUDA graphs inside the budget from 0.21 on, and not before', () => {
    const gib = (engineVersion: string, enforceEager = false) =>
      answerTo(llama8, { engineVersion, enforceEager }).graphsGiBPerGpu
    expect(gib('0.20.0')).toBe(0)
    // 51 sizes x 2 kinds x 7 MiB.
    expect(gib('0.21.0')).toBeCloseTo(0.71, 1)
    expect(gib('0.21.0', true)).toBe(0)
  })

  it('measures the vision tower too, unless only the language model is loaded', () => {
    const model = modelOf('XiaomiMiMo/MiMo-VL-7B-SFT')
    const withVision = answerTo(model)
    const without = answerTo(model, { languageModelOnly: true })
    expect(withVision.activationsGiBPerGpu).toBeGreaterThan(without.activationsGiBPerGpu)
    expect(without.weightsGiBPerGpu).toBeLessThan(withVision.weightsGiBPerGpu)
  })

  it('changes with the default share of the memory: 0.90 until 0.20, then 0.92', () => {
    const used = (engineVersion: string) => answerTo(llama8, { engineVersion }).settings.gpuMemoryUtilization
    expect([used('0.19.0'), used('0.22.0')]).toEqual([0.9, 0.92])
  })
})

describe('the cache', () => {
  it('costs a x length + c where layers keep a state or a window', () => {
    const hybrid = modelOf('Qwen/Qwen3-Next-80B-A3B-Instruct')
    const answer = answerTo(hybrid, { count: 4, tensorParallel: 4, maxModelLen: 8192 })
    expect(answer.kvBytesPerSequence).toBeGreaterThan(0)
    // Twelve of 48 layers keep every token: 12 x 2 x 2 heads x 256 x 2 bytes.
    expect(answer.kvBytesPerToken).toBe(24_576)
    // So twice the length costs less than twice: more than half as many requests fit.
    const longer = answerTo(hybrid, { count: 4, tensorParallel: 4, maxModelLen: 16_384 })
    expect(longer.maxConcurrency).toBeGreaterThan(0.55 * answer.maxConcurrency)
  })

  it('does not halve a hybrid by an fp8 cache: the states stay', () => {
    const hybrid = modelOf('Qwen/Qwen3-Next-80B-A3B-Instruct')
    const wide = answerTo(hybrid, { count: 4, tensorParallel: 4 })
    const narrow = answerTo(hybrid, { count: 4, tensorParallel: 4, kvDtype: 'fp8' })
    expect(narrow.kvBytesPerToken).toBe(wide.kvBytesPerToken / 2)
    expect(narrow.kvBytesPerSequence).toBe(wide.kvBytesPerSequence)
    expect(narrow.maxConcurrency).toBeLessThan(1.9 * wide.maxConcurrency)
    expect(codes(narrow)).toContain('fit.kv-dtype-is-not-half')
  })

  it('is not divided by tensor parallelism for latent attention', () => {
    const one = answerTo(latent)
    const four = answerTo(latent, { count: 4, tensorParallel: 4 })
    // Four cards leave each more room, but a token costs each as much: no more than the room grew.
    const room = four.availableKvGiBPerGpu / one.availableKvGiBPerGpu
    expect(four.kvCacheTokens / one.kvCacheTokens).toBeCloseTo(room, 2)
    expect(codes(four)).toContain('fit.latent-not-divided')
    const byTokens = answerTo(latent, { count: 4, tensorParallel: 4, decodeContextParallel: 4 })
    expect(byTokens.kvCacheTokens / four.kvCacheTokens).toBeCloseTo(4, 2)
  })

  it('is copied above as many cards as there are KV heads', () => {
    const qwen = modelOf('Qwen/Qwen2.5-7B-Instruct')
    const served = { engine: 'sglang', engineVersion: undefined } as const
    const answer = answerTo(qwen, { ...served, count: 28, tensorParallel: 28 })
    expect(codes(answer)).toContain('fit.kv-heads-copied')
  })

  it('grows more than twofold over two cards when the weights starve it on one', () => {
    // 70 GiB of weights on one card of 79.19 leave little; on two each holds 35 and the rest is cache.
    const one = answerTo(llama70, { precision: 'int8', gpuMemoryUtilization: 0.95, maxModelLen: 2048 })
    const two = answerTo(llama70, {
      precision: 'int8',
      gpuMemoryUtilization: 0.95,
      maxModelLen: 2048,
      count: 2,
      tensorParallel: 2,
    })
    expect(two.kvCacheTokens).toBeGreaterThan(10 * one.kvCacheTokens)
  })

  it('grows with pipeline stages too: half the layers are half the bytes of a token', () => {
    const one = answerTo(llama70, { precision: 'int8', gpuMemoryUtilization: 0.95, maxModelLen: 2048 })
    const staged = answerTo(llama70, {
      precision: 'int8',
      gpuMemoryUtilization: 0.95,
      maxModelLen: 2048,
      count: 2,
      pipelineParallel: 2,
    })
    expect(staged.kvCacheTokens).toBeGreaterThan(10 * one.kvCacheTokens)
  })

  it('differs between engines on the same cards', () => {
    const kv = (engine: FitRequest['engine'], engineVersion: string) =>
      answerTo(llama8, { engine, engineVersion }).availableKvGiBPerGpu
    const all = [
      kv('vllm', '0.19.0'),
      kv('sglang', '0.5.5'),
      kv('trtllm', '1.0'),
      kv('tgi', '3.3'),
      kv('llama.cpp', '1.0'),
    ]
    expect(new Set(all.map((value) => value.toFixed(1))).size).toBe(5)
    // SGLang keeps 512 + 8,192 x 1.5 + 256 x 2 + 128 MiB back: 0.834 of the card; (79.19 - 0.51 - 0.25) x 0.834 - 14.96.
    expect(all[1]).toBeCloseTo((79.19 - 0.51 - 0.25) * 0.834 - 14.96, 1)
  })

  it.each([
    ['vllm', '0.8.5 V0'],
    ['vllm', '0.28.0'],
    ['sglang', '0.5.5'],
    ['trtllm', '0.20'],
    ['tgi', '2.2'],
    ['llama.cpp', 'b9900'],
  ] as const)('is what the parts that are printed leave of the budget: %s %s', (engine, engineVersion) => {
    const answer = answerTo(llama8, { engine, engineVersion })
    // SGLang takes its share of what the runtime leaves, TensorRT-LLM a share of what all parts leave.
    const runtime = engine === 'sglang' ? 0 : answer.runtimeGiBPerGpu
    const parts = answer.weightsGiBPerGpu + answer.activationsGiBPerGpu + runtime + answer.graphsGiBPerGpu
    const share = engine === 'trtllm' ? answer.settings.gpuMemoryUtilization : 1
    expect((answer.budgetGiBPerGpu - parts) * share).toBeCloseTo(answer.availableKvGiBPerGpu, 6)
    expect(answer.missingGiBPerGpu).toBeNull()
  })

  it('says how much is missing: of the weights, or of the cache for one request', () => {
    const wide = answerTo(llama70)
    expect(wide.limitedBy).toBe('weights')
    expect(wide.missingGiBPerGpu).toBeCloseTo(-wide.availableKvGiBPerGpu, 6)
    // 131,072 tokens of 128 KiB are 16 GiB; a 24 GB card leaves about 4.
    const long = answerTo(llama8, { card: cardOf('L4'), maxModelLen: 131_072 })
    expect(long.limitedBy).toBe('kv-cache')
    expect(long.missingGiBPerGpu).toBeCloseTo(16 - long.availableKvGiBPerGpu, 1)
    expect(long.availableKvGiBPerGpu).toBeGreaterThan(0)
  })

  it('must hold the whole context to start in vLLM only, when no length is given', () => {
    // 22.06 GiB less 14.96 of weights leave at most 7.1 GiB = 58,164 tokens of 128 KiB, below 131,072.
    const onL4 = (engine: FitRequest['engine'], engineVersion: string) =>
      answerTo(llama8, { card: cardOf('L4'), engine, engineVersion, maxModelLen: null })
    expect(onL4('vllm', '0.19.0').fits).toBe(false)
    const other = onL4('sglang', '0.5.5')
    expect(other.fits).toBe(true)
    expect(other.settings.maxModelLen).toBe(other.maxModelLenThatFits)
    expect(other.settings.maxModelLen).toBeLessThan(58_164)
    expect(codes(other)).toContain('fit.length-clamped')
    expect(onL4('tgi', '2.2.0').settings.maxModelLen).toBe(4096)
  })

  it('does not draft away the time that the prompts of others take', () => {
    // 256 in flight, prompts of 1,000 tokens: each of 200 tokens waits for 256 / 200 prompts, drafted or not; in all no
    // more is multiplied than the chip can: prompts 1,000 and answers 200 / 2.53 x 4 tokens of 16 GFLOP each.
    const load = {
      inputTokens: 1000,
      outputTokens: 200,
      concurrency: 256,
      requestsPerSecond: null,
      prefixTokens: 0,
      prefixes: 1,
    }
    const of = (tokens: number) => {
      const speculation = tokens === 0 ? null : { method: 'ngram', tokens, acceptance: 0.7 }
      const { predicted } = answerTo(llama8, { speculation, load, maxModelLen: 8192 })
      return predicted?.requestsPerSecond.value ?? 0
    }
    const peakPerSecond = 989e12 / (16e9 * (1000 + (200 / 2.53) * 4))
    expect(of(3)).toBeGreaterThan(of(0))
    expect(of(3)).toBeLessThan(peakPerSecond)
  })

  it('fits no cache that is larger than what weights leave of the card', () => {
    const large = answerTo(llama8, { kvCacheMemoryBytes: 1e12 })
    expect(large).toMatchObject({ fits: false, limitedBy: 'kv-cache', kvCacheTokens: 0, maxConcurrency: 0 })
    expect(large.missingGiBPerGpu).toBeCloseTo(1e12 / 2 ** 30 + large.weightsGiBPerGpu - 79.19, 6)
    expect(answerTo(llama8, { kvCacheMemoryBytes: 20e9, maxModelLen: 8192 }).fits).toBe(true)
  })

  it('shrinks by a drafter and by adapters, which are not free', () => {
    const plain = answerTo(llama8)
    const eagle = answerTo(llama8, { speculation: { method: 'eagle3', tokens: 3, acceptance: 0.7 } })
    // One layer of 33 more keeps tokens, and the drafter's weights come out of the same budget.
    expect(eagle.kvCacheTokens).toBeLessThan((plain.kvCacheTokens * 32) / 33)
    const adapted = answerTo(llama8, { adapters: { count: 8, rank: 64 } })
    // (8 + 1) slots x 64 x (sum over 224 matrices of inputs + outputs) x 2 bytes = 2.8 GiB and more.
    expect(plain.availableKvGiBPerGpu - adapted.availableKvGiBPerGpu).toBeGreaterThan(1)
    expect(codes(adapted)).toContain('fit.adapters')
  })
})

describe('load', () => {
  const load = {
    inputTokens: 1000,
    outputTokens: 200,
    concurrency: 16,
    requestsPerSecond: null,
    prefixTokens: 0,
    prefixes: 1,
  }

  it('does not read what the cache holds as what can be served', () => {
    const answer = answerTo(llama8, { card: cardOf('A100'), maxModelLen: 512 })
    expect(answer.maxConcurrency).toBeGreaterThan(answer.settings.maxNumSeqs)
    expect(answer.limitedBy).toBe('max-num-seqs')
    expect(codes(answer)).toContain('fit.memory-is-not-speed')
  })

  it('queues what the cache or the engine cannot run at once', () => {
    const answer = answerTo(llama8, { maxNumSeqs: 8, load })
    expect(codes(answer)).toContain('fit.queue')
    expect(answer.predicted?.running).toBe(8)
  })

  it('gains nothing from prefixes that outgrow the cache', () => {
    const shared = { ...load, prefixTokens: 800 }
    const few = answerTo(llama8, { load: shared })
    const many = answerTo(llama8, { load: { ...shared, prefixes: 5000 } })
    // 5,000 x 800 = 4 million tokens, the cache holds about half a million.
    expect(codes(many)).toContain('fit.prefix-exceeds-pool')
    expect(many.predicted?.ttftMs.value).toBeGreaterThan(
      few.predicted?.ttftMs.value ?? Number.POSITIVE_INFINITY,
    )
  })

  it('says by how much drafting helps at this load, which falls as the batch grows', () => {
    const gainAt = (concurrency: number) => {
      const speculation = { method: 'eagle3', tokens: 7, acceptance: 0.5 }
      const { warnings } = answerTo(llama8, { speculation, load: { ...load, concurrency } })
      return Number(warnings.find(({ code }) => code === 'fit.speculation')?.params['gain'])
    }
    expect(gainAt(1)).toBeGreaterThan(1)
    expect(gainAt(256)).toBeLessThan(gainAt(1))
    expect(gainAt(1000)).toBeLessThan(1)
  })

  it('predicts with a range around each figure', () => {
    const { predicted } = answerTo(llama8, { load })
    for (const figure of [predicted?.ttftMs, predicted?.tpotMs, predicted?.outputTokensPerSecond]) {
      expect(figure?.low).toBeLessThan(figure?.value ?? 0)
      expect(figure?.high).toBeGreaterThan(figure?.value ?? 0)
    }
  })

  it('plans arrivals at a rate, and says when they are too many, with the range of what is served then', () => {
    const at = (requestsPerSecond: number) => {
      const answer = answerTo(llama8, { load: { ...load, concurrency: null, requestsPerSecond } })
      const { requestsPerSecond: rate, outputTokensPerSecond: tokens, tpotMs } = answer.predicted ?? {}
      if (!rate || !tokens || !tpotMs) throw new Error('no prediction')
      expect(tokens.low / rate.low).toBeCloseTo(load.outputTokens, 6)
      return { rate, tpotMs, isSaturated: codes(answer).includes('fit.saturated') }
    }
    expect(at(1)).toMatchObject({ rate: { value: 1, low: 1, high: 1 }, isSaturated: false })
    for (const rate of [100, 1e6]) {
      const full = at(rate)
      expect(full.isSaturated).toBe(true)
      // Steps that take twice the time serve half the requests; the largest rate is known within 1 %.
      expect((full.rate.value / full.rate.low) * (full.tpotMs.value / full.tpotMs.high)).toBeCloseTo(1, 1)
      expect((full.rate.high / full.rate.value) * (full.tpotMs.low / full.tpotMs.value)).toBeCloseTo(1, 1)
    }
    // Just below: what is asked is served, unless steps take longer than predicted.
    const most = at(100).rate.value
    const near = at(0.95 * most)
    expect(near).toMatchObject({ rate: { value: 0.95 * most, high: 0.95 * most }, isSaturated: false })
    expect(near.rate.low).toBeLessThan(0.9 * most)
  })
})

describe('contradictions', () => {
  it.each([
    ['fit.heads-not-divided', { count: 3, tensorParallel: 3 }],
    ['fit.vocabulary-not-divided', { count: 16, tensorParallel: 11 }],
    ['fit.count-contradicts', { count: 2, tensorParallel: 4 }],
    ['fit.context-beyond-model', { maxModelLen: 1_000_000 }],
    ['fit.dcp-not-possible', { count: 4, tensorParallel: 4, decodeContextParallel: 4 }],
    [
      'fit.step-below-length',
      { engineVersion: '0.6.4', maxNumBatchedTokens: 2048, maxModelLen: 8192, chunkedPrefill: false },
    ],
  ] as const)('%s is noticed and does not fit', (code, changes) => {
    const answer = answerTo(llama8, changes)
    expect(codes(answer)).toContain(code)
    expect(answer.fits).toBe(false)
    // What never starts has no cache to tell of; a length that is refused has one.
    if (answer.limitedBy === 'layout')
      expect(answer).toMatchObject({ kvCacheTokens: 0, maxConcurrency: 0, missingGiBPerGpu: null })
    else expect(answer.kvCacheTokens).toBeGreaterThan(0)
  })

  it('notices a load that is longer than the engine takes, and a prefix longer than the prompt', () => {
    const load = {
      inputTokens: 9000,
      outputTokens: 100,
      concurrency: 1,
      requestsPerSecond: null,
      prefixTokens: 9500,
      prefixes: 1,
    }
    expect(codes(answerTo(llama8, { load }))).toEqual(
      expect.arrayContaining(['fit.load-beyond-context', 'fit.prefix-beyond-input']),
    )
  })
})
