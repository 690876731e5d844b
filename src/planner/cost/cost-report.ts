// What a design says of its money beyond one number.

import type { Message } from '../../core/index.js'
import type { AdaptationAdvice } from './adaptation.js'
import type { BreakEven } from './break-even.js'
import type { CascadeGap } from './cascade.js'
import type { CostBreakdown } from './cost-breakdown.js'
import type { IngestPlan } from './ingest-plan.js'
import type { LongDocumentStrategy } from './long-documents.js'
import type { Sensitivity } from './sensitivity.js'

/** Another way to buy or to route the same work. */
export interface CostAlternative {
  readonly kind: 'reserved' | 'spot' | 'cascade' | 'cache'
  /** Of the whole system. */
  readonly usdPerMonth: number
  readonly message: Message
  /** Cheaper, and not chosen only because these are not known. */
  readonly waitsFor?: readonly CascadeGap[]
}

export interface CostReport {
  /** Of the whole system with the chosen candidate. */
  readonly breakdown: CostBreakdown
  /** Of the whole system under the traffic of a year from now; null without growth, or when the design then fails. */
  readonly usdPerMonthInAYear: number | null
  readonly alternatives: readonly CostAlternative[]
  /** Between the chosen candidate and the best of the other kind of hosting; null when there is none. */
  readonly breakEven: (BreakEven & { readonly selfHosted: string; readonly api: string }) | null
  /** The input that moves the bill most comes first. */
  readonly sensitivity: readonly Sensitivity[]
  readonly adaptation: AdaptationAdvice
  /** Empty when documents fit into the context. */
  readonly longDocuments: readonly LongDocumentStrategy[]
  /** Documents into vectors; null when nobody asks for vectors. */
  readonly ingest: IngestPlan | null
}
