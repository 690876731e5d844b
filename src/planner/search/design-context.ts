// What every candidate of one design is judged by, derived once from the requirements.

import type { Accelerator, Catalogue, PurchaseRate } from '../../catalog/index.js'
import type { Requirements, SpeedTarget } from '../../spec/index.js'
import { deriveWorkload, type Workload } from '../assessment/workload.js'
import { type CapacityClock, createCapacityClock } from '../cost/capacity-clock.js'
import type { CostLine } from '../cost/cost-breakdown.js'
import { marketOf } from '../cost/market.js'
import { systemLines, systemReadMs } from '../cost/system-lines.js'
import { type Card, cardOf } from '../memory/engine-card.js'
import { createMemoryParts, type MemoryParts } from '../memory/memory-parts.js'
import type { FittedCoefficients } from '../speed/coefficients.js'
import { createStepFacts } from '../speed/known-step-facts.js'
import { fixedLength, normalQuantile } from '../speed/length-distribution.js'
import type { Traffic } from '../speed/serving.js'
import { allowedRates } from './allowed-offers.js'
import type { LoadTestsOf } from './load-tests.js'
import { platformOverheadMs } from './platform-overhead.js'
import { createScoreOf, type QualityFloor, qualityFloor } from './quality.js'
import type { Estimate, QualityEstimate } from './report.js'
import { type Stage, stagesOf } from './stages.js'
import { targetValue, unitOf } from './target.js'

/** A speed target with its load and lengths resolved. */
export interface ResolvedTarget {
  readonly target: SpeedTarget
  readonly limit: number
  readonly unit: 'ms' | 'tokens/s'
  /** The target's percentile as a quantile of the standard normal. */
  readonly z: number
  /** Requests/s in one region at the engine, or requests in flight in one region. */
  readonly load: { readonly requestsPerSecond: number } | { readonly concurrency: number }
  readonly lengths: Pick<Traffic, 'inputTokens' | 'outputTokens'>
  readonly cold: boolean
}

export interface DesignContext {
  readonly requirements: Requirements
  readonly catalogue: Catalogue
  readonly workload: Workload
  readonly fitted: FittedCoefficients
  readonly loadTestsOf: LoadTestsOf
  readonly floor: QualityFloor
  /** Expected MMLU-Pro of the unquantized model. */
  readonly scoreOf: (quality: QualityEstimate) => Estimate | null
  /** Bytes that were worked out already. */
  readonly memoryParts: MemoryParts
  /** The memory that an engine finds on an accelerator. */
  readonly cardOf: (accelerator: Accelerator) => Card
  readonly stepFactsOf: ReturnType<typeof createStepFacts>
  readonly platformMs: number
  /** The load of a week, for the hours that replicas run. */
  readonly clock: CapacityClock
  /** The models beside the one that answers. */
  readonly stages: readonly Stage[]
  /** What the system costs beside the model that answers, line by line. */
  readonly systemLines: readonly CostLine[]
  /** What may be reserved or bought as spot, of providers that process where the data may be. */
  readonly purchaseRates: readonly PurchaseRate[]
  /** Whether candidates carry the lines of their bill. */
  readonly itemised: boolean
  readonly targets: readonly ResolvedTarget[]
  /** Identifiers of targets that replicas are not sized for: asked when nothing meets them all. */
  readonly ignored: readonly string[]
  /** By how many times the replicas of the closed form are exceeded: what a simulation asks for; usually 1. */
  readonly replicaFactor: number
  /** Requests/s that reach the engines of one region at the peak: repeated ones are answered by the cache. */
  readonly enginePeak: number
  /** Tokens that must fit: the longest request, or what the requirements ask for. */
  readonly contextTokens: number
}

/** What does not follow from the requirements. */
type Given = Pick<DesignContext, 'fitted' | 'loadTestsOf'> &
  Partial<Pick<DesignContext, 'memoryParts' | 'cardOf' | 'stepFactsOf'>>

/** @param given of a context of the same catalogue, what it worked out already */
export const createContext = (
  requirements: Requirements,
  catalogue: Catalogue,
  given: Given,
): DesignContext => {
  const { fitted, loadTestsOf } = given
  const workload = deriveWorkload(requirements)
  const contextTokens = Math.max(workload.contextTokens, requirements.models.minContextTokens ?? 0)
  const { regions } = requirements.availability
  const throughCache = 1 - workload.repeatedShare
  const system = {
    requirements,
    workload,
    ...marketOf(requirements, catalogue),
    efficiency: fitted.coefficients.compute.bf16,
  }
  const lines = systemLines(system)
  const memoryParts = given.memoryParts ?? createMemoryParts()
  return {
    requirements,
    catalogue,
    workload,
    fitted,
    loadTestsOf,
    floor: qualityFloor(requirements, catalogue),
    scoreOf: createScoreOf(catalogue, requirements),
    memoryParts,
    cardOf: given.cardOf ?? createCardOf(catalogue),
    stepFactsOf: given.stepFactsOf ?? createStepFacts(memoryParts),
    platformMs: platformOverheadMs(requirements) + systemReadMs(system),
    // What a stage costs is what its line costs: an API may read it for less than hardware of its own.
    stages: stagesOf(requirements, workload, system).map((stage) => ({
      ...stage,
      usdPerMonth: lines.find(({ id }) => id === stage.id)?.usdPerMonth ?? stage.usdPerMonth,
    })),
    clock: createCapacityClock(workload.weekCurve),
    systemLines: lines,
    purchaseRates: allowedRates(catalogue, requirements),
    itemised: false,
    targets: requirements.performance.targets.map((target) => resolveTarget(target, workload, regions)),
    ignored: [],
    replicaFactor: 1,
    enginePeak: (workload.requestsPerSecond.peak * throughCache) / regions,
    contextTokens,
  }
}

/** Remembers: the same few accelerators come with every model. */
const createCardOf = (catalogue: Catalogue): DesignContext['cardOf'] => {
  const known = new Map<Accelerator, Card>()
  return (accelerator) => {
    const card = known.get(accelerator) ?? cardOf(accelerator, catalogue)
    known.set(accelerator, card)
    return card
  }
}

const resolveTarget = (target: SpeedTarget, workload: Workload, regions: number): ResolvedTarget => {
  const cold = target.cache === 'cold'
  // Cold caches answer nothing, so the whole load reaches the engines.
  const share = (cold ? 1 : 1 - workload.repeatedShare) / regions
  const { load } = target
  const rate = { peak: workload.requestsPerSecond.peak, average: workload.requestsPerSecond.average }
  const resolved =
    typeof load === 'string'
      ? { requestsPerSecond: rate[load] * share }
      : 'concurrency' in load
        ? { concurrency: load.concurrency / regions }
        : { requestsPerSecond: load.requestsPerSecond * share }
  return {
    target,
    limit: targetValue(target),
    unit: unitOf(target.metric),
    z: normalQuantile(target.percentile / 100),
    load: resolved,
    cold,
    lengths:
      target.lengths === 'workload'
        ? { inputTokens: workload.inputTokens, outputTokens: workload.outputTokens }
        : {
            inputTokens: fixedLength(target.lengths.inputTokens),
            outputTokens: fixedLength(target.lengths.outputTokens),
          },
  }
}

/** The traffic that an engine sees, with the shared beginning of the prompts in its cache or not. */
export const trafficOf = (workload: Workload, cold: boolean): Traffic => ({
  inputTokens: workload.inputTokens,
  outputTokens: workload.outputTokens,
  cachedTokens: cold ? 0 : workload.sharedPrefixTokens,
})

/** The 90th percentile of a metric at the peak with warm caches: what the table of candidates shows. */
export const peakTarget = (
  metric: 'ttft' | 'e2e' | 'tpot',
  { workload, enginePeak }: DesignContext,
): ResolvedTarget => ({
  target: {
    id: metric,
    metric,
    percentile: 90,
    op: '<',
    value: 1,
    unit: 'ms',
    load: 'peak',
    lengths: 'workload',
    cache: 'warm',
  },
  limit: 0,
  unit: 'ms',
  z: normalQuantile(0.9),
  load: { requestsPerSecond: enginePeak },
  lengths: { inputTokens: workload.inputTokens, outputTokens: workload.outputTokens },
  cold: false,
})
