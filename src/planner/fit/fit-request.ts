// What `design fit` is asked and what it answers. Types only.

import type { EngineName, Model, Precision } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { LoadTest } from '../calibration/load-test.js'
import type { KvDtype } from '../memory/cache-cost.js'
import type { Card } from '../memory/engine-card.js'

export interface Speculation {
  /** `mtp`, `eagle`, `eagle3`, `ngram`, `draft`, `medusa`, ... */
  readonly method: string
  readonly tokens: number
  /** Chance that a drafted token is accepted, 0 to 1; null = not measured. */
  readonly acceptance: number | null
}

/** Requests of one kind: so many in flight, or so many a second. */
export interface FitLoad {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly concurrency: number | null
  readonly requestsPerSecond: number | null
  /** Tokens at the start that requests share. */
  readonly prefixTokens: number
  /** Different prefixes in use at a time. */
  readonly prefixes: number
}

export interface FitRequest {
  readonly model: Model
  readonly precision: Precision
  readonly card: Card
  /** Accelerators in all. */
  readonly count: number
  readonly engine: EngineName
  readonly engineVersion: string | undefined
  readonly kvDtype: KvDtype
  /** Which fp8 the cache is in; default `e4m3`, as engines take `fp8`. */
  readonly kvFp8?: 'e4m3' | 'e5m2'
  /** Width of the blocks that the fp8 checkpoint shares its scales in, where only its name says so. */
  readonly weightBlock?: number
  /** How 4-bit weights were made, where that is known: AWQ needs a newer chip than GPTQ. */
  readonly method?: 'awq' | 'gptq'
  readonly tensorParallel: number
  readonly pipelineParallel: number
  readonly dataParallel: number
  readonly expertParallel: boolean
  readonly decodeContextParallel: number
  /** null = the model's own. */
  readonly maxModelLen: number | null
  readonly gpuMemoryUtilization: number | undefined
  readonly maxNumSeqs: number | undefined
  readonly maxNumBatchedTokens: number | undefined
  readonly chunkedPrefill: boolean | undefined
  readonly enforceEager: boolean
  readonly prefixCaching: boolean
  readonly languageModelOnly: boolean
  readonly kvCacheMemoryBytes: number | undefined
  readonly blockSize: number | undefined
  readonly adapters: { readonly count: number; readonly rank: number } | null
  readonly speculation: Speculation | null
  readonly load: FitLoad | null
  /** Load tests of this deployment, by which its predictions are calibrated. */
  readonly loadTests?: readonly LoadTest[]
}

/** A prediction with the range that four in five deployments should fall into. */
export interface Banded {
  readonly value: number
  readonly low: number
  readonly high: number
}

export type FitLimit =
  | 'layout'
  | 'precision'
  | 'accelerator'
  | 'context'
  | 'release'
  | 'weights'
  | 'activations'
  | 'kv-cache'
  | 'cuda-graphs'
  | 'max-num-seqs'
  | 'max-model-len'

export interface FitAnswer {
  readonly fits: boolean
  /** What stands in the way; when it fits, what bounds the number of requests. */
  readonly limitedBy: FitLimit
  readonly weightsGiBPerGpu: number
  /** Set aside for the widest step: of vLLM the peak of the run by which it measures itself. */
  readonly activationsGiBPerGpu: number
  readonly runtimeGiBPerGpu: number
  readonly graphsGiBPerGpu: number
  /** What all of the above and the cache share; of SGLang without runtime, which it takes off before. */
  readonly budgetGiBPerGpu: number
  /** Negative when weights and peak exceed the budget. */
  readonly availableKvGiBPerGpu: number
  /** What it takes to start with these settings and is not there; null where it starts, or memory is not what stands in the way. */
  readonly missingGiBPerGpu: number | null
  /** Of one more token of a long request, over all accelerators of one replica. */
  readonly kvBytesPerToken: number
  /** What a request needs whatever its length: states and windows that are full; over one replica. */
  readonly kvBytesPerSequence: number
  /** Of one replica, as the engine's start-up log prints it for that release; 0 for what is refused before it has a cache. */
  readonly kvCacheTokens: number
  /** Requests of full length that one replica's cache holds. */
  readonly maxConcurrency: number
  /** Longest request that the cache holds with these settings; 0 = none. */
  readonly maxModelLenThatFits: number
  readonly replicas: number
  readonly settings: {
    /** A release; of llama.cpp a build. */
    readonly engineVersion: string
    readonly engineVersionFrom: 'given' | 'assumed'
    readonly gpuMemoryGiB: number
    readonly gpuMemoryUtilization: number
    readonly maxModelLen: number
    readonly maxNumSeqs: number
    readonly maxNumBatchedTokens: number
    readonly chunkedPrefill: boolean
    readonly tensorParallel: number
    readonly pipelineParallel: number
  }
  /** null where no load was given, nothing runs, or the chip's rates are unknown. */
  readonly predicted: FitPrediction | null
  readonly warnings: readonly Message[]
}

export interface FitPrediction {
  readonly ttftMs: Banded
  /** null where an answer has one token, so that there is no time between two. */
  readonly tpotMs: Banded | null
  readonly outputTokensPerSecond: Banded
  readonly requestsPerSecond: Banded
  /** Requests that run at once in one replica. */
  readonly running: number
}
