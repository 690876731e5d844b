// The search and `design fit` are asked about the same launch settings, read back from the words of the command.

import { describe, expect, it } from 'vitest'
import { type EngineName, loadCatalogue, requireModel } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { launchCommand } from '../architecture/launch-command.js'
import { assess } from '../assessment/assess.js'
import { acceleratorFor } from '../decision-record/accelerator-for.js'
import { design } from '../design.js'
import { fitModel } from '../fit/fit-model.js'
import type { FitRequest } from '../fit/fit-request.js'
import type { KvDtype } from '../memory/cache-cost.js'
import { cardOf } from '../memory/engine-card.js'
import type { Candidate } from './report.js'

const catalogue = loadCatalogue()
const owned = ['h100_sxm', 'l40s', 'a100_sxm', 'mi300x', 'h200_sxm'].map((accelerator) => ({
  accelerator,
  count: 16,
}))
const requirements = requirementsOf({
  hosting: {
    allowed: ['self-hosted'],
    owned: [...owned, { accelerator: 'rtx_4090', count: 16, memoryGiB: 48 }],
    ownedOnly: true,
  },
  models: {
    allowed: [
      'Llama-3.1-8B-Instruct',
      'Llama-3.1-70B-Instruct',
      'openai/gpt-oss-20b',
      'Qwen/Qwen3-30B-A3B',
      'deepseek-ai/DeepSeek-V3',
      'google/gemma-3-27b-it',
    ],
    speculation: [{ model: 'Llama-3.1-8B-Instruct', method: 'ngram', tokens: 3, acceptance: 0.7 }],
  },
})
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })

/** What `design fit` takes each engine's settings for. */
const settingsOf: Readonly<Record<EngineName, Partial<Record<string, keyof FitRequest>>>> = {
  vllm: {
    '--gpu-memory-utilization': 'gpuMemoryUtilization',
    '--max-num-seqs': 'maxNumSeqs',
    '--max-num-batched-tokens': 'maxNumBatchedTokens',
  },
  sglang: {
    '--mem-fraction-static': 'gpuMemoryUtilization',
    '--chunked-prefill-size': 'maxNumBatchedTokens',
  },
  trtllm: { kv_cache_free_gpu_mem_fraction: 'gpuMemoryUtilization' },
  tgi: { '--cuda-memory-fraction': 'gpuMemoryUtilization' },
  'llama.cpp': { '--ubatch-size': 'maxNumBatchedTokens', '--parallel': 'maxNumSeqs' },
}

const fitOf = (candidate: Candidate, engine: EngineName): ReturnType<typeof fitModel> => {
  const { layout, precision, kvDtype, speculation, memory } = candidate
  const accelerator = acceleratorFor(candidate, { catalogue, requirements })
  const launch = launchCommand({
    candidate,
    layout: layout ?? { tensorParallel: 1, pipelineParallel: 1 },
    catalogue,
    contextTokens: memory?.settings.maxModelLen ?? 0,
    servedName: 'model',
  })
  if (!layout || !precision || !accelerator || !launch) throw new Error(`no launch of ${candidate.id}`)
  const written = launch.settings.flatMap(({ flag, value }) => {
    const field = settingsOf[engine][flag ?? '']
    return field ? [[field, Number(value)] as const] : []
  })
  expect(written.length, candidate.id).toBe(Object.keys(settingsOf[engine]).length)
  return fitModel({
    model: requireModel(catalogue, candidate.model),
    precision,
    card: cardOf(accelerator, catalogue),
    count: layout.tensorParallel * layout.pipelineParallel * (layout.dataParallel ?? 1),
    engine,
    engineVersion: undefined,
    kvDtype: (kvDtype ?? 'auto') as KvDtype,
    tensorParallel: layout.tensorParallel,
    pipelineParallel: layout.pipelineParallel,
    dataParallel: layout.dataParallel ?? 1,
    expertParallel: layout.expertParallel ?? false,
    decodeContextParallel: 1,
    maxModelLen: memory?.settings.maxModelLen ?? null,
    gpuMemoryUtilization: undefined,
    maxNumSeqs: undefined,
    maxNumBatchedTokens: undefined,
    chunkedPrefill: undefined,
    enforceEager: false,
    prefixCaching: true,
    languageModelOnly: false,
    kvCacheMemoryBytes: undefined,
    blockSize: undefined,
    adapters: null,
    speculation: speculation && { ...speculation, method: 'ngram' },
    load: null,
    ...Object.fromEntries(written),
  })
}

describe('the memory that the search plans with', () => {
  const planned = report.candidates.filter(({ memory, latency }) => memory && latency)

  it.each(['vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp'] as const)(
    'is what `design fit` says of the launch settings of %s',
    (engine) => {
      const candidates = planned.filter((candidate) => candidate.engine === engine)
      expect(candidates.length).toBeGreaterThan(4)
      for (const candidate of candidates) {
        const fit = fitOf(candidate, engine)
        const { memory, id } = candidate
        expect(fit.fits, id).toBe(true)
        expect(fit.availableKvGiBPerGpu, id).toBeCloseTo(memory?.kvPoolGiB ?? 0, 6)
        expect(fit.weightsGiBPerGpu, id).toBeCloseTo(memory?.weightsGiB ?? 0, 6)
      }
    },
  )

  it('holds at least as many sequences as the engine is told to run', () => {
    for (const { id, memory } of planned) {
      if (!memory) continue
      const { kvPoolGiB, kvGiBPerSequence, settings } = memory
      expect(settings.maxSequences * kvGiBPerSequence, id).toBeLessThanOrEqual(kvPoolGiB + 1 / bytesPerGiB)
      expect(settings.maxSequences, id).toBeLessThanOrEqual(settings.sequencesLimit)
    }
  })

  it('takes the memory that the owner gives, and else what the driver reports', () => {
    const of = (accelerator: string) => planned.find((one) => one.accelerator === accelerator)?.memory
    expect(of('rtx_4090')?.totalGiB).toBe(48)
    expect(of('h100_sxm')?.totalGiB).toBeCloseTo(79.2, 1)
  })
})
