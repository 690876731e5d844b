// What vLLM's pool is cut by, and what is asked of a plan of it.

import type { KvDtype } from './cache-cost.js'
import type { EngineVersion } from './engine-version.js'
import type { Sharding } from './sharding.js'

export interface BlockOptions {
  readonly sharding: Sharding
  readonly dtype: KvDtype
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly blockTokens: number
  readonly maxBatchedTokens: number
  readonly prefixCaching: boolean
  /** Tokens drafted ahead: each keeps one more state of linear layers, and drafting layers have a cache of their own. */
  readonly draftedTokens: number
  /** Layers added by the drafting model, of the kind that keeps every token. */
  readonly draftLayers: number
}

export interface BlockPlan {
  /** Bytes of one block over all layers that share it. */
  readonly blockBytes: number
  readonly groups: number
  /** Whether a layer keeps a state instead of tokens. */
  readonly hasStates: boolean
  /** Tokens of a block in the layers that keep every token. */
  readonly blockTokens: number
  /** Blocks that one request of this length takes at most. */
  blocksOf(tokens: number): number
  /** What the start-up log calls the size of the cache. */
  printedTokens(blocks: number, maxModelLen: number): number
}
