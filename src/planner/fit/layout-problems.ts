// Layouts and lengths that contradict each other, or that the engine refuses before it looks at memory.

import { bytesPerGiB, type Message } from '../../core/index.js'
import { canSplitHeads } from '../memory/layouts.js'
import { hasPaddedBuild, refusesUnevenBlocks, unevenBlock, usualBlockWidth } from '../memory/uneven-blocks.js'
import { fitMessage } from './fit-messages.js'
import type { FitLimit, FitRequest } from './fit-request.js'
import { type Start, shardingOf } from './fit-start.js'

export interface Problem {
  /** null = the engine starts all the same. */
  readonly limit: FitLimit | null
  readonly warning: Message
}

type Check = (request: FitRequest, start: Start) => Problem | null

export const layoutProblems = (request: FitRequest, start: Start): readonly Problem[] =>
  checks.flatMap((check) => check(request, start) ?? [])

/** Degrees of tensor parallelism next to one, below and above, that leave each of the accelerators as many heads. */
const evenLayouts = ({ model, tensorParallel: asked, count }: FitRequest): readonly number[] => {
  const all = Array.from({ length: Math.min(model.heads, count) }, (_, i) => i + 1).filter((each) =>
    canSplitHeads(model, each),
  )
  return [all.findLast((degree) => degree < asked), all.find((degree) => degree > asked)].flatMap(
    (degree) => degree ?? [],
  )
}

const heads: Check = (request) => {
  const { engine, model, tensorParallel } = request
  return engine !== 'llama.cpp' && model.heads > 0 && model.heads % tensorParallel !== 0
    ? {
        limit: 'layout',
        warning: fitMessage('fit.heads-not-divided', {
          heads: model.heads,
          tensorParallel,
          possible: evenLayouts(request),
        }),
      }
    : null
}

/** Each accelerator has as many KV heads as any other, or all share one (vLLM's `verify_with_parallel_config`). */
const kvHeads: Check = (request) => {
  const { engine, model, tensorParallel } = request
  return engine !== 'llama.cpp' &&
    model.attention !== 'mla' &&
    model.heads % tensorParallel === 0 &&
    !canSplitHeads(model, tensorParallel)
    ? {
        limit: 'layout',
        warning: fitMessage('fit.kv-heads-not-divided', {
          kvHeads: model.kvHeads,
          tensorParallel,
          possible: evenLayouts(request),
        }),
      }
    : null
}

const vocabulary: Check = ({ engine, model, tensorParallel }) => {
  const padded = Math.ceil(model.vocabulary / 64) * 64
  return engine === 'vllm' && padded % tensorParallel !== 0
    ? {
        limit: 'layout',
        warning: fitMessage('fit.vocabulary-not-divided', { vocabulary: padded, tensorParallel }),
      }
    : null
}

/**
 * In the published checkpoint for certain; in another one of 8 bits only if it is stored in blocks, as most are; in one of
 * 4 bits unless its publisher padded it.
 */
const blocks: Check = (request) => {
  const { engine, model, precision } = request
  if (engine === 'llama.cpp') return null
  const sharding = shardingOf(request)
  const { weightBlock } = request
  const stored = unevenBlock(model, {
    precision,
    sharding,
    ...(weightBlock === undefined ? {} : { assumedWidth: weightBlock }),
  })
  const cut = stored ?? unevenBlock(model, { precision, sharding, assumedWidth: usualBlockWidth })
  if (!cut) return null
  const isCertain = stored !== null || (precision === 'int4' && !hasPaddedBuild(model))
  const known = !refusesUnevenBlocks(engine) ? 'unknown' : isCertain ? 'refused' : 'if-blocks'
  const experts = precision === 'fp8' && model.experts > 0 && !request.expertParallel
  return {
    limit: known === 'refused' ? 'layout' : null,
    warning: fitMessage('fit.block-cut', {
      ...cut,
      engine,
      precision,
      experts,
      known,
      certain: stored !== null,
    }),
  }
}

const count: Check = ({ count: given, tensorParallel, pipelineParallel, dataParallel }) => {
  const needed = tensorParallel * pipelineParallel * dataParallel
  return given < needed || given % needed !== 0
    ? { limit: 'layout', warning: fitMessage('fit.count-contradicts', { count: given, needed }) }
    : null
}

const stages: Check = ({ model, pipelineParallel }) =>
  pipelineParallel > model.layers
    ? {
        limit: 'layout',
        warning: fitMessage('fit.more-stages-than-layers', {
          stages: pipelineParallel,
          layers: model.layers,
        }),
      }
    : null

const contextParallel: Check = ({ model, tensorParallel, decodeContextParallel: dcp }) => {
  const most =
    model.attention === 'mla' ? tensorParallel : Math.max(1, Math.floor(tensorParallel / model.kvHeads))
  return dcp > most ? { limit: 'layout', warning: fitMessage('fit.dcp-not-possible', { dcp, most }) } : null
}

/** TensorRT-LLM, TGI and llama.cpp lay out more than the model reads when told to, and say so. */
const context: Check = ({ engine, model }, { maxModelLen: asked }) =>
  model.maxContext !== null && asked > model.maxContext
    ? {
        limit: engine === 'vllm' || engine === 'sglang' ? 'context' : null,
        warning: fitMessage('fit.context-beyond-model', {
          asked,
          context: model.maxContext,
          refused: engine === 'vllm' || engine === 'sglang',
        }),
      }
    : null

const wholePrompt: Check = (_, { memory: { settings, isV0 }, maxModelLen }) =>
  isV0 && !settings.chunkedPrefill && settings.maxBatchedTokens < maxModelLen
    ? {
        limit: 'context',
        warning: fitMessage('fit.step-below-length', {
          step: settings.maxBatchedTokens,
          length: maxModelLen,
        }),
      }
    : null

/** vLLM's `SchedulerConfig` refuses a step that has no token for each sequence. */
const step: Check = ({ engine, maxNumBatchedTokens: tokens }, { memory: { settings } }) =>
  engine === 'vllm' && tokens !== undefined && tokens < settings.maxSequences
    ? {
        limit: 'max-num-seqs',
        warning: fitMessage('fit.step-below-sequences', { tokens, sequences: settings.maxSequences }),
      }
    : null

/** vLLM's `ModelConfig` refuses to spread the experts of a model without any; other engines spread nothing. */
const noExperts: Check = ({ engine, model, expertParallel }) =>
  expertParallel && model.experts === 0
    ? {
        limit: engine === 'vllm' ? 'layout' : null,
        warning: fitMessage('fit.no-experts', { model: model.name, engine, refused: engine === 'vllm' }),
      }
    : null

const fixedCache: Check = ({ kvCacheMemoryBytes, card }, { memory: { weightsBytes } }) =>
  kvCacheMemoryBytes !== undefined && kvCacheMemoryBytes + weightsBytes > card.memoryGiB * bytesPerGiB
    ? {
        limit: 'kv-cache',
        warning: fitMessage('fit.cache-too-large', {
          cacheGiB: kvCacheMemoryBytes / bytesPerGiB,
          weightsGiB: weightsBytes / bytesPerGiB,
          cardGiB: card.memoryGiB,
        }),
      }
    : null

const checks: readonly Check[] = [
  heads,
  kvHeads,
  vocabulary,
  blocks,
  count,
  stages,
  contextParallel,
  context,
  wholePrompt,
  step,
  noExperts,
  fixedCache,
]
