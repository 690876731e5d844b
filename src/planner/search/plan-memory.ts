// The memory of one way to serve, by the arithmetic of `design fit`: the settings that its launch command writes, and
// what they leave for the cache. Knows no time and no money.

import { bytesPerGiB } from '../../core/index.js'
import type { FitRequest } from '../fit/fit-request.js'
import { type Start, shardingOf, startAt } from '../fit/fit-start.js'
import { mostByStates } from '../fit/memory-advice.js'
import type { Card } from '../memory/engine-card.js'
import type { MemoryPlan } from '../memory/memory.js'
import { acceleratorsOf } from '../memory/memory.js'
import type { MemoryParts } from '../memory/memory-parts.js'
import type { ServingOption } from './serving-option.js'

export interface Planned {
  readonly plan: MemoryPlan
  /** Of the pool, what a request of this length takes; it is not there when more than the pool. */
  requestGiB(tokens: number): number
}

interface Lengths {
  /** Longest request that the engine is told of. */
  readonly maxModelLen: number
  /** Mean of a running sequence, tokens. */
  readonly mean: number
}

/** Most slots that llama-server is told to have, in place of its own four: assumed. */
const mostSlots = 32

/**
 * The most sequences that the cache holds at their mean length, and has blocks for the states of, up to the engine's own
 * limit. An engine that measures
 * itself with fewer sequences keeps more for its cache, so the number is sought that its own measurement carries.
 */
export const planMemory = (
  option: ServingOption,
  lengths: Lengths,
  { card, parts }: { readonly card: Card; readonly parts: MemoryParts },
): Planned => {
  const request = requestOf(option, lengths, card)
  const sharding = shardingOf(request)
  const known = new Map<number | undefined, Start>()
  const startWith = (maxNumSeqs: number | undefined): Start => {
    const found = known.get(maxNumSeqs)
    if (found) return found
    const made = startAt({ ...request, maxNumSeqs }, sharding, lengths.maxModelLen, parts)
    known.set(maxNumSeqs, made)
    return made
  }
  const mean = Math.ceil(lengths.mean) + (option.speculation?.tokens ?? 0)
  const held = (start: Start) =>
    Math.min(Math.floor(start.pool.concurrencyAt(mean)), mostByStates(request, start))
  const first = startWith(request.maxNumSeqs)
  const limit = first.memory.settings.maxSequences
  const sequences = mostThatHold((count) => held(startWith(count)), { first: held(first), limit })
  const start = sequences === limit ? first : startWith(sequences)
  return {
    plan: planOf(start, { option, card, limit, mean, sequences: held(start) < 1 ? 0 : sequences }),
    requestGiB: (tokens) => start.pool.bytesOf(tokens) / bytesPerGiB,
  }
}

/**
 * The largest count that is held when the engine measures itself with it.
 * @param heldWith falls as the count grows
 * @param first what is held with the limit
 * @returns at least 1
 */
const mostThatHold = (
  heldWith: (count: number) => number,
  { first, limit }: { readonly first: number; readonly limit: number },
): number => {
  if (first >= limit) return limit
  let yes = Math.max(1, first)
  let no = Math.min(limit, Math.max(heldWith(yes), yes) + 1)
  while (no - yes > 1) {
    const middle = Math.floor((yes + no) / 2)
    const held = heldWith(middle)
    // What is held with fewer is at least as much, and with more at most.
    if (held >= middle) {
      yes = middle
      no = Math.min(no, held + 1)
    } else {
      no = middle
      yes = Math.max(yes, held)
    }
  }
  return yes
}

/** What `vllm serve` sets on an H100; on an A100 it sets less unless it is told (PR 17885), and has the same room. */
const largeCard = { leastGiB: 70, belowGiB: 160, maxNumSeqs: 1024, maxNumBatchedTokens: 8192 }

const askedOf = (engine: ServingOption['engine'], { memoryGiB }: Card) => {
  if (engine === 'llama.cpp') return { maxNumSeqs: mostSlots, maxNumBatchedTokens: undefined }
  const isLarge = memoryGiB >= largeCard.leastGiB && memoryGiB < largeCard.belowGiB
  const { maxNumSeqs, maxNumBatchedTokens } = largeCard
  return engine === 'vllm' && isLarge
    ? { maxNumSeqs, maxNumBatchedTokens }
    : { maxNumSeqs: undefined, maxNumBatchedTokens: undefined }
}

/** What `design fit` would be asked about the launch command, but for the number of sequences. */
const requestOf = (option: ServingOption, { maxModelLen }: Lengths, card: Card): FitRequest => {
  const { model, build, layout, engine, kvDtype = 'auto', speculation, packing } = option
  return {
    model,
    precision: build.precision,
    card,
    count: acceleratorsOf(layout),
    engine,
    engineVersion: undefined,
    kvDtype,
    tensorParallel: layout.tensorParallel,
    pipelineParallel: layout.pipelineParallel,
    dataParallel: layout.dataParallel ?? 1,
    expertParallel: layout.expertParallel ?? false,
    decodeContextParallel: layout.decodeContextParallel ?? 1,
    maxModelLen,
    gpuMemoryUtilization: packing?.chatShare,
    ...askedOf(engine, card),
    chunkedPrefill: undefined,
    enforceEager: false,
    prefixCaching: true,
    languageModelOnly: false,
    kvCacheMemoryBytes: undefined,
    blockSize: undefined,
    adapters: null,
    speculation: speculation
      ? { ...speculation, method: speculation.method === 'layer' ? 'mtp' : 'ngram' }
      : null,
    load: null,
  }
}

interface PlanFacts {
  readonly option: ServingOption
  readonly card: Card
  readonly limit: number
  readonly mean: number
  /** Of one attention group; 0 = not even one. */
  readonly sequences: number
}

const planOf = (
  { memory, pool, maxModelLen }: Start,
  { option, card, limit, mean, sequences }: PlanFacts,
): MemoryPlan => {
  const { settings } = memory
  const concurrency = pool.concurrencyAt(mean)
  // As the engine divides its pool: SGLang keeps layers of different kinds in pools of their own.
  const bytesPerSequence = concurrency > 0 ? pool.bytes / concurrency : pool.bytesOf(mean)
  return {
    totalGiB: card.memoryGiB,
    weightsGiB: memory.weightsBytes / bytesPerGiB,
    stepGiB: memory.stepBytes / bytesPerGiB,
    heldGiB: memory.heldBytes / bytesPerGiB,
    kvPoolGiB: memory.kvBytes / bytesPerGiB,
    kvGiBPerSequence: bytesPerSequence / bytesPerGiB,
    maxSequences: sequences * (option.layout.dataParallel ?? 1),
    settings: {
      utilisation: settings.utilisation,
      maxBatchedTokens: settings.maxBatchedTokens,
      maxSequences: Math.max(1, sequences),
      sequencesLimit: limit,
      maxModelLen,
    },
  }
}
