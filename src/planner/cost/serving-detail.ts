// What a candidate's bill was worked out from, for those who ask more of it than its sum.

import type { CostLine } from './cost-breakdown.js'
import type { ServingCost, ServingOrder } from './self-hosted-cost.js'

export interface ServingDetail {
  readonly lines: readonly CostLine[]
  /** Share of the output tokens whose request met every speed target; null = there is none. */
  readonly goodShare: number | null
  /** Of replicas; null for an API. */
  readonly serving: {
    readonly order: ServingOrder
    readonly cost: ServingCost
    readonly stay: ReplicaStay
  } | null
}

/** How long a request stays with one replica, in the queue and in the batch, on average. */
export interface ReplicaStay {
  readonly idleSeconds: number
  /** Where the replica is as full as the targets allow. */
  readonly fullSeconds: number
  readonly fullInFlight: number
}
