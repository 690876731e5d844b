// What requirements imply, contradict and leave open. Types only.

import type { Message } from '../../core/index.js'
import type { Workload } from './workload.js'

export type Aspect = 'safety' | 'privacy' | 'quality' | 'latency' | 'cost' | 'availability'

export interface Priority {
  readonly aspect: Aspect
  /** Points; only their order means something. */
  readonly weight: number
  readonly why: readonly Message[]
}

export interface Conflict {
  /** `contradiction` = cannot all be true; `tension` = one requirement makes another moot, or hides its price. */
  readonly kind: 'contradiction' | 'tension'
  readonly message: Message
  /** Paths or target identifiers it is between. */
  readonly between: readonly string[]
}

/** A question that the requirements leave open, and what is assumed until it is answered. */
export interface Gap {
  readonly path: string
  readonly question: Message
  readonly assumed: Message
}

export type Level = 'low' | 'medium' | 'high'

export interface Risk {
  readonly id: string
  readonly likelihood: Level
  readonly impact: Level
  readonly what: Message
  readonly mitigation: Message
  /** Identifier of the scorecard's row that would show it; null = no row does. */
  readonly watchedBy: string | null
}

export interface Assessment {
  readonly requirementsHash: string
  /** Most important first. */
  readonly priorities: readonly Priority[]
  readonly workload: Workload
  readonly conflicts: readonly Conflict[]
  readonly gaps: readonly Gap[]
  /** Worst first. */
  readonly risks: readonly Risk[]
}
