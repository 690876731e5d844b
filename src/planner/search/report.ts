// What a design says of itself: every candidate with its numbers, why it was rejected, and what was chosen.

import type { EngineName, Precision, PublishedQuality } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { SpeedTarget } from '../../spec/index.js'
import type { CostReport } from '../cost/cost-report.js'
import type { ServingDetail } from '../cost/serving-detail.js'
import type { KvDtype } from '../memory/cache-cost.js'
import type { Layout, MemoryPlan } from '../memory/memory.js'
import type { Packing } from './pack.js'
import type { Speculation } from './serving-option.js'

/** A prediction with the range that four in five deployments are expected to fall into. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface TargetEstimate {
  readonly id: string
  readonly metric: SpeedTarget['metric']
  readonly percentile: number
  readonly op: SpeedTarget['op']
  /** In `unit`. */
  readonly limit: number
  readonly unit: 'ms' | 'tokens/s'
  readonly estimate: Estimate
  /** `likely` = the bad end of the range meets it too; `possible` = only the middle does. */
  readonly met: 'likely' | 'possible' | 'no'
}

/** Quality as somebody measured it, or a stand-in that is always labelled as one. */
export type QualityEstimate =
  /** On the project's own suite, as the requirements say. `value` is a share in [0, 1]. */
  | { readonly kind: 'measured'; readonly metric: string; readonly suite: string; readonly value: number }
  | ({ readonly kind: 'published' } & PublishedQuality)
  /** Billions of parameters a dense model of this effect would have: sqrt(total x active). */
  | { readonly kind: 'size-proxy'; readonly effectiveParametersB: number }
  | { readonly kind: 'unknown' }

/** A requirement that a candidate does not meet. */
export interface Violation {
  /** Identifier of a speed target, or the path of the requirement, as `budget.monthlyUsd`. */
  readonly constraint: string
  readonly reason: Message
  /** True when a different number in the requirement would admit the candidate. */
  readonly relaxable: boolean
  /** What the candidate reaches, in the constraint's own unit. */
  readonly actual?: number
}

export interface Replicas {
  /** In each region, at the peak. */
  readonly serving: number
  /** In each region, beside them, so that one may fail. */
  readonly spare: number
  readonly regions: number
}

/** Replicas in each region, without spares, that read prompts, and those that write answers. */
export interface Disaggregation {
  readonly prefillReplicas: number
  readonly decodeReplicas: number
  /** Time that the KV cache of a mean prompt takes over the link between them. */
  readonly kvTransferMs: number
}

export interface ShownPercentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** A target as a simulation found it. */
export interface SimulatedTarget {
  readonly id: string
  readonly metric: SpeedTarget['metric']
  readonly percentile: number
  /** In `unit`, as `value`. */
  readonly limit: number
  readonly unit: 'ms' | 'tokens/s'
  /** null = the replicas do not keep up with the target's load. */
  readonly value: number | null
  /** `close` = beyond the limit by no more than such a simulation varies. */
  readonly met: 'yes' | 'close' | 'no'
}

/** Requests that came while the replicas of one region were full. An API answers them, in times that are its own. */
export interface SimulatedOverflow {
  readonly api: string
  /** In flight, which fill the replicas. */
  readonly concurrency: number
  /** Of all requests of the peak, in [0, 1]. */
  readonly share: number
  /** And what the closed form says, which is billed. */
  readonly expectedShare: number
}

/** The traffic of the peak hour on the replicas of one region, request by request. */
export interface SimulatedService {
  readonly requestsPerSecond: number
  readonly replicas: number
  /** What the closed form would have had, and what the simulation missed with it; null where it asks for no more. */
  readonly instead: {
    readonly replicas: number
    readonly missed: readonly string[]
    /** Requests that they would have taken at a time, where an API takes the others. */
    readonly concurrency?: number
  } | null
  /** What the replicas did not take; absent where they take everything. */
  readonly overflow?: SimulatedOverflow
  /** Requests that were measured. */
  readonly requests: number
  /** null = the replicas do not keep up. */
  readonly times: Readonly<Record<'ttftMs' | 'tpotMs' | 'e2eMs', ShownPercentiles>> | null
  /** Of the requests that meet every limit at once; null = no target can be asked of a single request. */
  readonly goodput: { readonly share: number; readonly requestsPerSecond: number } | null
  readonly targets: readonly SimulatedTarget[]
  /** Identifiers of targets whose conditions are not simulated: a number in flight, other lengths. */
  readonly leftOut: readonly string[]
}
/** What the replicas have no room for goes to an API, and what one of them would have answered while it is away. */
export interface Overflow {
  readonly kind: 'overflow'
  readonly api: Candidate
  /** Share of the requests that the API answers, in [0, 1]. */
  readonly apiShare: number
  /** And of those at the peak, while no replica is away. */
  readonly peakApiShare: number
  readonly apiRequestsPerMonth: number
  readonly apiUsdPerRequest: number
  readonly ownUsdPerMonth: number
  /** What the replicas of one region are planned to carry when they are full. */
  readonly basePeakRequestsPerSecond: number
  /** What the replicas alone promise then. */
  readonly base: Pick<Candidate, 'latency' | 'targets' | 'basis'>
  /** Mean number of requests in flight that the targets allow the replicas of all regions, and how long one then stays. */
  readonly inFlight: number
  readonly staySeconds: number
  /** Requests in flight that fill the replicas: beyond it the API is asked. */
  readonly concurrency: number
}

/** Every request costs the first model; the main one gives again what the first is not sure of. */
export interface Escalation {
  readonly kind: 'cascade'
  readonly first: Candidate
  readonly firstUsdPerMonth: number
  readonly escalatedShare: number
  /** Probability of an answer's least certain token, below which the main model is asked. */
  readonly escalateBelow: number
  /** What the main model alone promises for what it gives again. */
  readonly lastTargets: readonly TargetEstimate[]
}

export type Routing = Overflow | Escalation

/** Accelerator-hours a month and what each costs, US dollars. */
export interface PurchasePlan {
  readonly acceleratorHours: Readonly<Record<PurchaseWay, number>>
  readonly usdPerHour: Readonly<Record<PurchaseWay, number>>
}
export const purchaseWays = ['reserved', 'onDemand', 'spot'] as const
export type PurchaseWay = (typeof purchaseWays)[number]

/** Whether more than hours on demand is bought. */
export const isMixed = ({ acceleratorHours }: PurchasePlan): boolean =>
  acceleratorHours.reserved + acceleratorHours.spot > 0

export interface Candidate {
  readonly id: string
  readonly kind: 'self-hosted' | 'hosted-api'
  /** Catalogue name of an open-weight model, or the provider's name of a hosted one. */
  readonly model: string
  /** What the engine loads, or the provider is asked for. */
  readonly checkpoint: string
  /** Who sells the hours or the tokens; `owned` = hardware that exists already; null = nobody does. */
  readonly provider: string | null
  readonly engine: EngineName | null
  readonly accelerator: string | null
  readonly precision: Precision | null
  /** How the weights in this precision come about: download, quantized while loading, or to be made first. */
  readonly build: 'published' | 'on-load' | 'to-make' | null
  /** Width of the KV cache; null where it is not ours to choose. */
  readonly kvDtype: KvDtype | null
  readonly layout: Layout | null
  /** Drafting with a measured acceptance; null = none. */
  readonly speculation: Speculation | null
  /** Prompts and answers on replicas of their own; null = together. */
  readonly disaggregation: Disaggregation | null
  /** Small models on its accelerators: embedder, reranker, guard; null = they run elsewhere, at a cost of their own. */
  readonly packing: Packing | null
  readonly replicas: Replicas | null
  /** Of all replicas and regions at the peak. */
  readonly accelerators: number
  readonly costPerMonthUsd: number | null
  /** How its hours are bought, of all regions; absent where nothing is rented. */
  readonly purchase?: PurchasePlan
  readonly usdPerMillionOutputTokens: number | null
  readonly latency: {
    readonly ttftP90Ms: Estimate
    readonly e2eP90Ms: Estimate
    readonly tpotP90Ms: Estimate
  } | null
  readonly targets: readonly TargetEstimate[]
  readonly quality: QualityEstimate
  /** MMLU-Pro points expected of this build, with the range that is known of it; null = nothing is known. */
  readonly qualityScore: Estimate | null
  /** Load over what the rented replicas could carry, at the peak and over the month. */
  readonly utilisation: { readonly peak: number; readonly average: number } | null
  /** Of one accelerator of a replica; null where there is none. */
  readonly memory: MemoryPlan | null
  /** How well the prediction is founded; the ranges widen with it. */
  readonly basis: 'calibrated' | 'measured' | 'similar' | 'published' | 'assumed'
  /** Load tests of the operator's own that its times rest on. */
  readonly loadTests: number
  /** Only of a way that was looked at to be chosen. */
  readonly simulation?: SimulatedService
  /** A second way to serve that this one is joined with; absent where it serves alone. */
  readonly routing?: Routing
  /** The lines of the bill; only of a candidate that was asked for them. */
  readonly bill?: ServingDetail
  /** Empty = meets every requirement. */
  readonly violations: readonly Violation[]
}

/** A requirement which, changed alone to `nearest`, makes a design possible. */
export interface Relaxation {
  readonly constraint: string
  readonly asked: number
  readonly nearest: number
  readonly unit: string
  /** Identifier of the candidate that would then be chosen. */
  readonly candidate: string
  readonly message: Message
}

export interface DesignReport {
  readonly requirementsHash: string
  /** Date of the prices, ISO. */
  readonly pricesAsOf: string
  /** Best first: those that meet everything by cost, then the others by how much they miss. */
  readonly candidates: readonly Candidate[]
  /** Null when nothing meets the requirements. */
  readonly chosen: Candidate | null
  /** What misses least, where nothing is chosen; null too where nothing could be sized. */
  readonly nearest: Candidate | null
  /** Identifiers of those that no other is at least as good as in cost, latency, quality and risk; cheapest first. */
  readonly front: readonly string[]
  /** Why this one, and what follows from it. */
  readonly reasons: readonly Message[]
  /** When nothing meets the requirements: the smallest single changes that would. */
  readonly relaxations: readonly Relaxation[]
  /** The money of the choice beyond one number; null when nothing was chosen. */
  readonly cost: CostReport | null
  /** Load from which the chosen kind of hosting stops or starts to be the cheaper one, requests/s; null = never. */
  readonly breakEvenRequestsPerSecond: number | null
  /** What the numbers rest on. */
  readonly assumptions: readonly Message[]
}

/** What a candidate costs against others: small models that it carries cost nothing elsewhere. */
export const comparableUsd = ({ costPerMonthUsd, packing }: Candidate): number | null =>
  costPerMonthUsd === null ? null : costPerMonthUsd - (packing?.savedUsdPerMonth ?? 0)
