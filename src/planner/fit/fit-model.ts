// Whether a model runs on so many cards under an engine's release, how long a request may be, how many fit, how fast.

import { bytesPerGiB, type Message } from '../../core/index.js'
import { assumedVersions, releaseOf, v0ChunksAbove } from '../memory/engine-defaults.js'
import type { EngineMemory } from '../memory/engine-memory.js'
import { kvCost } from '../memory/kv-cache.js'
import type { Sharding } from '../memory/sharding.js'
import type { FitAnswer, FitLimit, FitRequest } from './fit-request.js'
import { predictFit } from './fit-speed.js'
import { type Start, shardingOf, startAt } from './fit-start.js'
import { fitWarnings } from './fit-warnings.js'
import { formatProblems, hasSparseLayout } from './format-problems.js'
import { cachedModel } from './latent-heads.js'
import { layoutProblems, type Problem } from './layout-problems.js'
import { loadProblems } from './load-problems.js'
import { captureLimit, memoryAdvice, memoryLimit, missingBytes } from './memory-advice.js'
import { releaseProblems } from './release-problems.js'

/** Answers from the model's shape, the card's memory and the engine's rules; throws nothing. */
export const fitModel = (asked: FitRequest): FitAnswer => {
  const request = asEngineTakes(asked)
  const sharding = shardingOf(request)
  const start = begin(request, sharding)
  const { memory, pool, maxModelLen } = start
  const before = [
    ...releaseProblems(request),
    ...layoutProblems(request, start),
    ...formatProblems(request, start),
  ]
  const refused = limitOf(before)
  const served = loadProblems(request, start)
  const short = memoryLimit(start) ?? captureLimit(request, start)
  const limit = refused ?? short ?? limitOf(served)
  // A length or a number of sequences that is too large leaves a cache to tell of.
  const isRefused = refused !== null && refused !== 'context' && refused !== 'max-num-seqs'
  const longest = isRefused ? 0 : longestThatFits(request, sharding, start)
  const fits = limit === null
  const concurrency = isRefused ? 0 : pool.concurrencyAt(maxModelLen)
  const missing = missingBytes(refused ?? short, request, start)
  const whole = kvCost(cachedModel(request), {
    sharding: { tensorParallel: 1, pipelineParallel: 1 },
    dtype: request.kvDtype,
  })
  const speed = fits ? predictFit(request, start) : { predicted: null, warnings: [] as readonly Message[] }
  return {
    fits,
    limitedBy: limit ?? (concurrency > memory.settings.maxSequences ? 'max-num-seqs' : 'kv-cache'),
    ...partsOf(memory),
    missingGiBPerGpu: missing === null ? null : missing / bytesPerGiB,
    kvBytesPerToken: whole.bytesPerToken,
    kvBytesPerSequence:
      whole.bytesPerSequence +
      whole.windows.reduce((sum, { tokens, bytesPerToken }) => sum + tokens * bytesPerToken, 0),
    kvCacheTokens: isRefused ? 0 : pool.printedTokens(maxModelLen),
    maxConcurrency: concurrency,
    maxModelLenThatFits: longest,
    replicas: Math.max(1, Math.floor(request.count / acceleratorsOf(request))),
    settings: settingsOf(request, start),
    predicted: speed.predicted,
    warnings: [
      ...[...before, ...served].map(({ warning }) => warning),
      ...(refused === null ? memoryAdvice(short, request, start, longest) : []),
      ...fitWarnings(request, start, isRefused),
      ...speed.warnings,
    ],
  }
}

/** Of one accelerator. */
const partsOf = (memory: EngineMemory) => ({
  weightsGiBPerGpu: memory.weightsBytes / bytesPerGiB,
  activationsGiBPerGpu: memory.stepBytes / bytesPerGiB,
  runtimeGiBPerGpu: (memory.heldBytes - memory.graphBytes) / bytesPerGiB,
  graphsGiBPerGpu: memory.graphBytes / bytesPerGiB,
  budgetGiBPerGpu: memory.budgetBytes / bytesPerGiB,
  availableKvGiBPerGpu: memory.kvBytes / bytesPerGiB,
})

const settingsOf = (request: FitRequest, { memory, maxModelLen }: Start): FitAnswer['settings'] => {
  const { utilisation, maxSequences, maxBatchedTokens, chunkedPrefill } = memory.settings
  return {
    engineVersion: request.engineVersion ?? assumedVersions[request.engine],
    engineVersionFrom: request.engineVersion === undefined ? 'assumed' : 'given',
    gpuMemoryGiB: request.card.memoryGiB,
    gpuMemoryUtilization: utilisation,
    maxModelLen,
    maxNumSeqs: maxSequences,
    maxNumBatchedTokens: maxBatchedTokens,
    chunkedPrefill,
    tensorParallel: request.tensorParallel,
    pipelineParallel: request.pipelineParallel,
  }
}

/** vLLM lays out an fp8 cache of sparse latent or compressed attention as `fp8_ds_mla` (`DeepseekV32ForCausalLM` in its models/config). */
const asEngineTakes = (request: FitRequest): FitRequest =>
  request.engine === 'vllm' && request.kvDtype === 'fp8' && hasSparseLayout(request.model)
    ? { ...request, kvDtype: 'fp8_ds_mla' }
    : request

const limitOf = (problems: readonly Problem[]): FitLimit | null =>
  problems.find(({ limit }) => limit !== null)?.limit ?? null

/** A context that the cache cannot hold is refused, or shorter requests are taken, unless a length was told. */
const begin = (request: FitRequest, sharding: Sharding): Start => {
  const { maxModelLen } = request
  const start = startAt(request, sharding, maxModelLen ?? longestByDefault(request))
  if (maxModelLen !== null || !shortensContext(request) || memoryLimit(start) !== 'kv-cache') return start
  const held = longestThatFits(request, sharding, start)
  return held > 0 ? startAt(request, sharding, held) : start
}

/** The first builds that fit their context to the card are about b7400 (ggml-org/llama.cpp PR 16653, December 2025). */
const firstFittingBuild = 7400

/** vLLM refuses, and llama.cpp did before it learned to fit; the others take shorter requests. */
const shortensContext = ({ engine, engineVersion: written }: FitRequest): boolean => {
  if (engine !== 'llama.cpp') return engine !== 'vllm'
  return releaseOf(engine, written) >= firstFittingBuild
}

/** TGI before 2.3 takes 4,096 tokens unless told more. */
const longestByDefault = ({ engine, engineVersion: written, model }: FitRequest): number => {
  const most = model.maxContext ?? 8192
  const isShort = engine === 'tgi' && releaseOf(engine, written) < 2003
  return isShort ? Math.min(most, 4096) : most
}

/** Accelerators of one replica; data-parallel groups around shared experts belong to it. */
export const acceleratorsOf = ({
  tensorParallel,
  pipelineParallel,
  dataParallel,
  model,
}: FitRequest): number => tensorParallel * pipelineParallel * (model.experts > 0 ? dataParallel : 1)

/**
 * The longest request that fits, up to the model's context. An engine that measures whole prompts below a length and
 * chunks above it can hold a longer one where a shorter one does not fit, so both sides are searched.
 */
const longestThatFits = (request: FitRequest, sharding: Sharding, start: Start): number => {
  const most = request.model.maxContext ?? request.maxModelLen ?? 131_072
  // Only a run that measures whole prompts depends on their length.
  const depends = start.memory.isV0 && request.maxNumBatchedTokens === undefined
  const at = (length: number) =>
    depends ? startAt(request, sharding, length) : { ...start, maxModelLen: length }
  const holds = (length: number) => memoryLimit(at(length)) === null
  const above = most > v0ChunksAbove ? longest(holds, v0ChunksAbove + 1, most) : 0
  return above > 0 ? above : longest(holds, 1, Math.min(most, v0ChunksAbove))
}

/** The largest length in [low, high] that holds, where all below it hold too; 0 = none. */
const longest = (holds: (length: number) => boolean, low: number, high: number): number => {
  if (!holds(low)) return 0
  let [yes, no] = [low, high + 1]
  while (no - yes > 1) {
    const middle = Math.floor((yes + no) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}
