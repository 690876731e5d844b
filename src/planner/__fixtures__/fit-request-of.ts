// What `design fit` would be asked about a candidate: its launch settings, read back from the words of the command.

import { type Catalogue, type EngineName, requireModel } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { launchCommand } from '../architecture/launch-command.js'
import { acceleratorFor } from '../decision-record/accelerator-for.js'
import type { FitRequest } from '../fit/fit-request.js'
import type { KvDtype } from '../memory/cache-cost.js'
import { cardOf } from '../memory/engine-card.js'
import type { Candidate } from '../search/report.js'

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

export const fitRequestOf = (
  candidate: Candidate,
  facts: { readonly catalogue: Catalogue; readonly requirements: Requirements },
): FitRequest => {
  const { catalogue } = facts
  const { engine, layout, precision, kvDtype, speculation, memory } = candidate
  const accelerator = acceleratorFor(candidate, facts)
  const launch = launchCommand({
    candidate,
    layout: layout ?? { tensorParallel: 1, pipelineParallel: 1 },
    catalogue,
    contextTokens: memory?.settings.maxModelLen ?? 0,
    servedName: 'model',
  })
  if (!engine || !layout || !precision || !accelerator || !launch)
    throw new Error(`no launch of ${candidate.id}`)
  const written = launch.settings.flatMap(({ flag, value }) => {
    const field = settingsOf[engine][flag ?? '']
    return field ? [[field, Number(value)] as const] : []
  })
  const missing = Object.values(settingsOf[engine]).filter(
    (field) => !written.some(([name]) => name === field),
  )
  if (missing.length > 0) throw new Error(`${candidate.id} is started without ${missing.join(', ')}`)
  return {
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
  }
}
