// What users wait for a way to serve at the design's real traffic, by simulation of its engine's scheduler, and against
// which targets. Knows no price, and does not decide.

import type { GoodputLimits } from '../simulator/meter.js'
import { predictPercentiles } from '../simulator/predict-percentiles.js'
import { ofOneGroup, stepCostOf } from '../simulator/roofline-cost.js'
import { type Scheduler, schedulerOf } from '../simulator/scheduler.js'
import type { Percentiles, SimulationReport } from '../simulator/simulation-report.js'
import type { LengthDistribution } from '../speed/length-distribution.js'
import type { StepTimes } from '../speed/roofline.js'
import type { DesignContext, ResolvedTarget } from './design-context.js'
import type { Candidate, SimulatedOverflow, SimulatedService, SimulatedTarget } from './report.js'
import type { ServingOption } from './serving-option.js'
import { stepModelOf } from './step-model-of.js'
import { snapContexts } from './tabulate.js'
import { meets } from './target.js'

/** Two thousand requests tell a 95th percentile within some percent: up to here it is no miss. */
const noise = 1.05

/** Two and a half thousand requests a replica; of long answers fewer, so that a simulation takes a second at most. */
const requestsOf = ({ outputTokens }: DesignContext['workload']): number =>
  Math.round(Math.min(2500, Math.max(1000, 2.5e6 / outputTokens.mean)))

/**
 * @param beyond what is asked where so many requests are in flight, in one region; null = all wait for the replicas
 * @returns null when the way is not sized, or its times are not known
 */
export const simulateService = (
  option: ServingOption,
  candidate: Pick<Candidate, 'memory' | 'replicas'>,
  context: DesignContext,
  beyond: Omit<SimulatedOverflow, 'share'> | null = null,
): SimulatedService | null => {
  const { memory, replicas } = candidate
  const steps = stepModelOf(option, context)
  if (!memory || !replicas || !steps) return null
  const scheduler = schedulerFor(option, memory, context)
  const mostInFlight = beyond?.concurrency ?? null
  const run = createRun({ steps, scheduler, replicas: replicas.serving, mostInFlight, context })
  const peak = run(context.enginePeak, false)
  const targets = context.targets.filter((target) => isSimulated(target, context))
  return {
    requestsPerSecond: context.enginePeak,
    replicas: replicas.serving,
    instead: null,
    ...(beyond && peak
      ? { overflow: { ...beyond, share: peak.requests.rejected / peak.requests.sent } }
      : {}),
    requests: peak?.requests.measured ?? 0,
    times: peak && {
      ttftMs: shown(peak.ttftMs),
      tpotMs: shown(peak.tpotMs),
      e2eMs: shown(peak.e2eMs),
    },
    goodput: peak?.goodput ?? null,
    targets: targets.map((target) => {
      const rate = 'requestsPerSecond' in target.load ? target.load.requestsPerSecond : context.enginePeak
      return judged(target, run(rate, target.cold))
    }),
    leftOut: context.targets.filter((target) => !targets.includes(target)).map(({ target }) => target.id),
  }
}

const shown = ({ p50, p95, p99 }: Percentiles) => ({ p50, p95, p99 })

type Run = (requestsPerSecond: number, cold: boolean) => SimulationReport | null

/** Simulations of one way by rate and cache, each run once. */
const createRun = ({
  steps,
  scheduler,
  replicas,
  mostInFlight,
  context,
}: {
  readonly steps: StepTimes
  readonly scheduler: Scheduler
  readonly replicas: number
  readonly mostInFlight: number | null
  readonly context: DesignContext
}): Run => {
  const { workload, platformMs } = context
  const groups = steps.attentionGroups
  const goodput = goodputLimits(context)
  const cost = stepCostOf(snapContexts(ofOneGroup(steps)))
  const lengths = cutLengths(context)
  const known = new Map<string, SimulationReport | null>()
  return (requestsPerSecond, cold) => {
    const key = `${requestsPerSecond} ${cold}`
    const found = known.get(key)
    if (found !== undefined) return found
    const report = predictPercentiles({
      seed: 'design',
      scheduler,
      cost,
      replicas: replicas * groups,
      requestsPerReplica: requestsOf(workload),
      requestOverheadMs: steps.requestOverheadMs,
      platformMs,
      ...(goodput ? { goodput } : {}),
      ...(mostInFlight === null ? {} : { mostInFlight }),
      traffic: {
        requestsPerSecond,
        ...lengths,
        sharedPrefixTokens: cold ? 0 : Math.round(workload.sharedPrefixTokens),
      },
    })
    known.set(key, report)
    return report
  }
}

/** Of one attention group. */
const schedulerFor = (
  { engine }: ServingOption,
  memory: NonNullable<Candidate['memory']>,
  { workload, contextTokens }: DesignContext,
): Scheduler => {
  const { maxBatchedTokens } = memory.settings
  const maxSequences = Math.max(1, memory.settings.maxSequences)
  const mean = workload.inputTokens.mean + workload.outputTokens.mean
  return schedulerOf(engine, {
    kvTokens: Math.max(contextTokens + 32, (memory.kvPoolGiB / memory.kvGiBPerSequence) * mean),
    // Without prompts in parts the budget must hold a whole one beside the answers.
    maxBatchedTokens:
      engine === 'trtllm' ? Math.max(maxBatchedTokens, contextTokens + maxSequences) : maxBatchedTokens,
    maxSequences,
    prefixCache: true,
  })
}

/** An engine refuses what is longer than its context, so prompt and answer keep to their shares of it. */
const cutLengths = ({ workload: { inputTokens, outputTokens }, contextTokens }: DesignContext) => {
  const share = inputTokens.quantile(0.95) / (inputTokens.quantile(0.95) + outputTokens.quantile(0.95))
  return {
    inputTokens: cut(inputTokens, contextTokens * share),
    outputTokens: cut(outputTokens, contextTokens * (1 - share)),
  }
}

const cut = (lengths: LengthDistribution, most: number): LengthDistribution => ({
  ...lengths,
  quantile: (p) => Math.min(most, lengths.quantile(p)),
})

/** On a rate, of requests as they come, at a percentile that a simulation tells. */
const isSimulated = ({ target, load, lengths }: ResolvedTarget, { workload }: DesignContext): boolean =>
  'requestsPerSecond' in load &&
  lengths.inputTokens === workload.inputTokens &&
  target.metric !== 'systemOutputTokensPerSecond' &&
  percentileName(target.percentile) in noPercentiles

const noPercentiles = { p50: 0, p90: 0, p95: 0, p99: 0 }
const percentileName = (percentile: number) => `p${percentile}` as keyof typeof noPercentiles

const judged = (resolved: ResolvedTarget, report: SimulationReport | null): SimulatedTarget => {
  const { target, limit, unit } = resolved
  const value = report && simulatedValue(resolved, report)
  const { id, metric, percentile } = target
  const within = (most: number) => value !== null && meets(target, most, value)
  const leeway = unit === 'ms' ? limit * noise : limit / noise
  const met = within(limit) ? 'yes' : within(leeway) ? 'close' : 'no'
  return { id, metric, percentile, limit, unit, value, met }
}

const simulatedValue = (
  { target: { metric, percentile } }: ResolvedTarget,
  report: SimulationReport,
): number => {
  const at = percentileName(percentile)
  if (metric === 'ttft') return report.ttftMs[at]
  if (metric === 'e2e') return report.e2eMs[at]
  return metric === 'tpot' ? report.tpotMs[at] : 1000 / report.tpotMs[at]
}

/** The strictest limits of warm requests as they come; null where there are none. */
const goodputLimits = (context: DesignContext): GoodputLimits | null => {
  const limits: { ttftMs?: number; tpotMs?: number; e2eMs?: number } = {}
  for (const resolved of context.targets) {
    if (resolved.cold || !isSimulated(resolved, context)) continue
    const { metric } = resolved.target
    const name = metric === 'ttft' ? 'ttftMs' : metric === 'e2e' ? 'e2eMs' : 'tpotMs'
    const ms = resolved.unit === 'ms' ? resolved.limit : 1000 / resolved.limit
    limits[name] = Math.min(limits[name] ?? Number.POSITIVE_INFINITY, ms)
  }
  return Object.keys(limits).length > 0 ? limits : null
}
