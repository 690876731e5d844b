// What stops an engine, and what its answer says to change: causes as the reports name them.

import { describe, expect, it } from 'vitest'
import { plannerMessages } from '../messages.js'
import { cardOf, modelOf, requestOf, requestOfLog, startUpLogs } from './__fixtures__/case-request.js'
import { fitModel } from './fit-model.js'
import type { FitAnswer, FitLimit, FitRequest } from './fit-request.js'

const llama8 = modelOf('meta-llama/Llama-3.1-8B-Instruct')
const answerTo = (model: FitRequest['model'], changes: Partial<FitRequest> = {}) =>
  fitModel(requestOf(model, changes))
const params = (answer: FitAnswer, code: string) => answer.warnings.find((each) => each.code === code)?.params
const logOf = (id: string): FitRequest => {
  const log = startUpLogs().find((each) => each.id === id)
  if (!log) throw new Error(`no log ${id}`)
  return requestOfLog(log)
}

describe('the cause of a failure', () => {
  it.each<[string, FitLimit, string]>([
    // "No available memory for the cache blocks"; "max seq len is larger than"; CUDA out of memory while graphs were
    // captured; "max_num_seqs exceeds available Mamba cache blocks"; weights.
    ['b1-qwen25-vl-3b-a100-03', 'activations', 'fit.advice-step'],
    ['b1-qwen25-32b-int8-2x3090', 'activations', 'fit.advice-step'],
    ['b2-qwen35-35b-fp8-a100-0.45', 'activations', 'fit.advice-step'],
    ['b1-deepseek-coder-67b-2xt4', 'kv-cache', 'fit.advice-cache'],
    ['b2-qwen15-7b-gptq-3090', 'kv-cache', 'fit.advice-cache'],
    ['b2-qwen3-vl-30b-a100', 'kv-cache', 'fit.advice-cache'],
    ['b2-qwen36-27b-nvfp4-5090-98k', 'kv-cache', 'fit.advice-cache'],
    ['b1-qwen-72b-8x4090', 'cuda-graphs', 'fit.advice-graphs'],
    ['b1-llama31-8b-2xv100-16-095', 'cuda-graphs', 'fit.advice-graphs'],
    ['b1-gemma2-9b-8xl4', 'cuda-graphs', 'fit.advice-graphs'],
    ['z-qwen3-30b-4xa10', 'cuda-graphs', 'fit.advice-graphs'],
    ['z-qwen3-32b-2xl20', 'cuda-graphs', 'fit.advice-graphs'],
    ['b1-qwen36-27b-fp8-h100-095', 'max-num-seqs', 'fit.state-blocks'],
    ['b1-qwen36-27b-h100-aks', 'max-num-seqs', 'fit.state-blocks'],
    ['b1-qwen3-vl-235b-8xa100-0102', 'release', 'fit.release-too-old'],
    ['v084-llama4-scout-2xh100nvl', 'weights', 'fit.advice-weights'],
  ])('of %s is %s, and the answer says what to change', (id, limit, code) => {
    const answer = fitModel(logOf(id))
    expect(answer).toMatchObject({ fits: false, limitedBy: limit })
    expect(params(answer, code)).toBeDefined()
  })
})

describe('graphs that the budget does not count', () => {
  it('stop a start, and not one without graphs or from 0.21 on, where the budget counts them', () => {
    // 67 sizes x 48 layers x (0.21 + 2 x 0.95 MiB) = 6.6 GiB; 2.2 of 22.06 GiB are free beside 0.9.
    const on = (changes: Partial<FitRequest>) => fitModel({ ...logOf('z-qwen3-30b-4xa10'), ...changes })
    const refused = on({})
    expect(refused.fits).toBe(false)
    const advice = params(refused, 'fit.advice-graphs')
    expect(advice?.['graphsGiB']).toBeCloseTo((67 * 48 * 2.11) / 1024, 2)
    expect(on({ enforceEager: true }).fits).toBe(true)
    expect(on({ engineVersion: '0.21.0' }).fits).toBe(true)
  })

  it('start with the share that the answer names, where it names one', () => {
    const request = logOf('z-qwen3-32b-2xl20')
    const lower = params(fitModel(request), 'fit.advice-graphs')?.['lower']
    expect(lower).toBe(0.83)
    expect(fitModel({ ...request, gpuMemoryUtilization: 0.83 }).limitedBy).not.toBe('cuda-graphs')
  })

  it('take little where accelerators are linked: NVLink needs no reductions of NCCL', () => {
    const over = (card: string) =>
      answerTo(modelOf('Qwen/Qwen3-32B'), {
        card: cardOf(card),
        count: 2,
        tensorParallel: 2,
        engineVersion: '0.8.5',
        gpuMemoryUtilization: 0.96,
      }).limitedBy
    expect(over('L40S')).toBe('cuda-graphs')
    expect(over('A100-80GB')).not.toBe('cuda-graphs')
  })
})

describe('stages of a pipeline', () => {
  it('have a scheduler each in V0, and a request only the blocks of one', () => {
    const at = (engineVersion: string, maxModelLen: number) =>
      answerTo(llama8, {
        card: cardOf('RTX 3090'),
        count: 2,
        pipelineParallel: 2,
        engineVersion,
        maxModelLen,
        gpuMemoryUtilization: 0.9,
      })
    const tokens = at('0.8.5 V0', 40_000).kvCacheTokens
    expect(at('0.8.5 V0', Math.floor(tokens / 2) - 16).fits).toBe(true)
    expect(at('0.8.5 V0', Math.floor(tokens / 2) + 16)).toMatchObject({ fits: false, limitedBy: 'kv-cache' })
    expect(at('0.8.5', Math.floor(tokens / 2) + 16).fits).toBe(true)
  })
})

describe('states of linear layers', () => {
  it('take a block for each sequence that graphs are captured for, since 0.20', () => {
    const request = logOf('b1-qwen36-27b-h100-aks')
    const blocks = Number(params(fitModel(request), 'fit.state-blocks')?.['blocks'])
    expect(blocks).toBeGreaterThan(550)
    expect(blocks).toBeLessThan(680)
    const at = (changes: Partial<FitRequest>) => fitModel({ ...request, ...changes }).limitedBy
    expect(at({ maxNumSeqs: 512 })).not.toBe('max-num-seqs')
    expect(at({ enforceEager: true })).not.toBe('max-num-seqs')
    expect(at({ engineVersion: '0.19.0' })).not.toBe('max-num-seqs')
  })
})

describe('releases older than a model', () => {
  const on = (name: string, engineVersion: string) =>
    answerTo(modelOf(name), { engineVersion, count: 8, tensorParallel: 8 })

  it('refuse it where nothing else runs it, and are warned of where Transformers may', () => {
    expect(on('Qwen/Qwen3-VL-235B-A22B-Instruct', '0.10.2').limitedBy).toBe('release')
    expect(on('Qwen/Qwen3-VL-235B-A22B-Instruct', '0.11.0').limitedBy).not.toBe('release')
    const dense = on('Qwen/Qwen3-32B', '0.8.3')
    expect(dense.limitedBy).not.toBe('release')
    expect(params(dense, 'fit.release-too-old')).toMatchObject({ first: '0.8.4', refused: false })
    expect(on('Qwen/Qwen3-32B', '0.7.3').limitedBy).toBe('release')
  })
})

describe('what to change', () => {
  it('names the longest request where the cache is too small for one', () => {
    const request = requestOf(llama8, { card: cardOf('RTX 3090'), maxModelLen: 131_072 })
    const longest = Number(params(fitModel(request), 'fit.advice-cache')?.['longest'])
    expect(longest).toBeGreaterThan(1000)
    expect(fitModel({ ...request, maxModelLen: longest }).fits).toBe(true)
    expect(fitModel({ ...request, maxModelLen: longest + 64 }).fits).toBe(false)
  })

  it('reads in both languages, with the flag to use', () => {
    for (const [code, flag] of [
      ['fit.advice-weights', '--tp'],
      ['fit.advice-graphs', '--enforce-eager'],
      ['fit.state-blocks', '--max-num-seqs'],
      ['fit.advice-cache', '--max-model-len'],
    ] as const) {
      const given = { utilisation: 0.9, budgetGiB: 20, weightsGiB: 24, graphsGiB: 6, roomGiB: 2, lower: 0.7 }
      const cache = { cacheGiB: 1, neededGiB: 2, length: 8192, longest: 4096, narrow: 'fp8' }
      const all = { ...given, ...cache, sequences: 1024, blocks: 600, quantize: true, raise: true }
      for (const language of ['en', 'zh-TW'] as const)
        expect(plannerMessages[code][language](all), `${code} ${language}`).toContain(flag)
    }
  })
})

describe('a context beyond the model', () => {
  it('is refused by vLLM and SGLang, and a warning for the others', () => {
    const of = (engine: FitRequest['engine'], engineVersion: string) =>
      answerTo(modelOf('Qwen/Qwen3-32B'), { engine, engineVersion, maxModelLen: 60_000 }).limitedBy
    expect(of('vllm', '0.19.0')).toBe('context')
    expect(of('sglang', '0.5.10')).toBe('context')
    expect(of('trtllm', '1.2.0')).not.toBe('context')
  })
})

describe('the cache of llama.cpp', () => {
  it('is in types of its own: 34 bytes for 32 values in q8_0, 18 in q4_0, and none in fp8', () => {
    const at = (kvDtype: FitRequest['kvDtype'], changes: Partial<FitRequest> = {}) =>
      answerTo(llama8, { engine: 'llama.cpp', engineVersion: undefined, kvDtype, ...changes })
    // 65,536 values a token.
    expect(at('q8_0').kvBytesPerToken).toBe(69_632)
    expect(at('q4_0').kvBytesPerToken).toBe(36_864)
    expect(at('q8_0').fits).toBe(true)
    expect(at('fp8')).toMatchObject({ fits: false, limitedBy: 'precision' })
    expect(params(at('fp8'), 'fit.cache-unknown')).toMatchObject({ instead: 'q8_0' })
    expect(at('q8_0', { engine: 'vllm' }).limitedBy).toBe('precision')
    const short = { card: cardOf('RTX 3090'), maxModelLen: 131_072 }
    expect(params(at('auto', short), 'fit.advice-cache')?.['narrow']).toBe('q8_0')
    expect(params(at('auto', { ...short, engine: 'vllm' }), 'fit.advice-cache')?.['narrow']).toBe('fp8')
  })
})

describe('builds of llama.cpp', () => {
  it('kept every head of latent attention before b5130, and the latent alone since', () => {
    const at = (engineVersion: string | undefined) =>
      answerTo(modelOf('deepseek-ai/DeepSeek-R1'), {
        engine: 'llama.cpp',
        engineVersion,
        precision: 'q4_k_m',
        count: 8,
        pipelineParallel: 8,
      }).kvBytesPerToken
    // 61 layers x 128 heads x (192 + 128) x 2 bytes against 61 x 576 x 2.
    expect(at('b4700')).toBe(61 * 128 * 320 * 2)
    expect(at('b6123')).toBe(61 * 576 * 2)
    expect(at(undefined)).toBe(61 * 576 * 2)
  })

  it('is one that is assumed where none is named, and new enough to fit its context to the card', () => {
    const at = (engineVersion: string | undefined) =>
      answerTo(modelOf('meta-llama/Llama-3.1-8B-Instruct'), {
        engine: 'llama.cpp',
        engineVersion,
        card: cardOf('L4'),
        maxModelLen: null,
      })
    const assumed = at(undefined)
    // Four slots share one cache in builds from late 2025 on.
    expect([assumed, at('b6123')].map(({ settings }) => settings.maxNumSeqs)).toEqual([4, 1])
    expect(assumed.settings).toMatchObject({ engineVersion: 'b9900', engineVersionFrom: 'assumed' })
    expect(assumed.fits).toBe(true)
    // The same rules as under the number itself; older builds stop instead of taking shorter requests.
    expect({ ...at('9900'), settings: null }).toEqual({ ...assumed, settings: null })
    expect(at('b6123')).toMatchObject({ fits: false, settings: { engineVersionFrom: 'given' } })
  })
})
