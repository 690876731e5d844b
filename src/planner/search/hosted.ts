// A model behind somebody else's API: what a month of it costs, and how fast it is as far as anybody published.

import { type Catalogue, costUsd, type HostedModel, type PricedModel, priceOf } from '../../catalog/index.js'
import type { Usage } from '../../core/index.js'
import type { Workload } from '../assessment/workload.js'
import { addMoments, gammaQuantile, momentsOf } from '../speed/queueing.js'
import { type DesignContext, peakTarget, type ResolvedTarget } from './design-context.js'
import { designMessage } from './design-messages.js'
import { judge } from './estimates.js'
import { modelGates } from './model-gates.js'
import { effectiveParametersB, qualityOf } from './quality.js'
import type { Candidate, Estimate, QualityEstimate, TargetEstimate, Violation } from './report.js'
import { metricOf } from './sizing.js'
import { wantsMore } from './target.js'
import { budgetViolations, targetViolation } from './violations.js'

/**
 * Assumptions about APIs, which publish medians at best: times spread log-normally with sigma 0.5 (the 90th
 * percentile is 1.9 times the median), speeds with 0.25; a longer prompt adds 0.05 ms a token beyond 500; a
 * published median is off by at most 2.2 either way, one taken from other models by at most 3.
 */
const spread = { time: 0.5, speed: 0.25 }
const promptMsPerToken = 0.05
const publishedAtTokens = 500
const offBy = { published: 2.2, assumed: 3 }
/** Providers cache prompt beginnings of at least this many tokens, for about five minutes. */
const cacheableTokens = 1024
const cacheSeconds = 300

export const evaluateHosted = (hosted: HostedModel, context: DesignContext): Candidate | null => {
  const { workload, catalogue, requirements } = context
  const priced = priceOf(catalogue, {
    provider: hosted.provider.id,
    model: hosted.model,
    inputTokens: workload.inputTokens.mean,
  })
  if (!priced || priced.deprecated) return null
  const costPerMonthUsd = monthlyCost(workload, priced)
  const perMillion = costPerMonthUsd / (workload.tokensPerMonth.output / 1e6)
  const basis = hosted.ttftMs !== null && hosted.tokensPerSecond !== null ? 'published' : 'assumed'
  const speed = speedOf(hosted, catalogue)
  const estimate = (target: ResolvedTarget) => rangeOf(target, { speed, context, factor: offBy[basis] })
  const targets = context.targets.map((target): TargetEstimate => {
    const { id, metric, percentile, op } = target.target
    const found = estimate(target)
    const { limit, unit } = target
    return { id, metric, percentile, op, limit, unit, estimate: found, met: judge(target, found) }
  })
  const quality = hostedQuality(hosted, catalogue)
  const effective = hostedEffectiveParametersB(hosted, catalogue)
  const named = [`${hosted.provider.id}/${hosted.model}`, hosted.model, ...(hosted.base ? [hosted.base] : [])]
  return {
    id: `${hosted.provider.id}/${hosted.model}`,
    kind: 'hosted-api',
    model: hosted.model,
    checkpoint: hosted.model,
    provider: hosted.provider.id,
    engine: null,
    accelerator: null,
    precision: null,
    build: null,
    layout: null,
    replicas: null,
    accelerators: 0,
    costPerMonthUsd,
    usdPerMillionOutputTokens: perMillion,
    latency: {
      ttftP90Ms: estimate(peakTarget('ttft', context)),
      e2eP90Ms: estimate(peakTarget('e2e', context)),
      tpotP90Ms: estimate(peakTarget('tpot', context)),
    },
    targets,
    quality,
    qualityScore: context.scoreOf(quality),
    utilisation: null,
    memory: null,
    basis,
    violations: [
      ...modelGates({ name: hosted.model, reasoning: hosted.reasoning, quality, effective, named }, context),
      ...residencyAndContext(hosted, priced, context),
      ...targets.flatMap(targetViolation),
      ...budgetViolations(requirements, costPerMonthUsd, perMillion),
    ],
  }
}

/** Quality of the model itself, or of the open-weight model behind it. */
const hostedQuality = (hosted: HostedModel, { models }: Catalogue): QualityEstimate => {
  if (hosted.quality) return { kind: 'published', ...hosted.quality }
  const base = models.find(({ name }) => name === hosted.base)
  return base ? qualityOf(base) : { kind: 'unknown' }
}

const hostedEffectiveParametersB = (hosted: HostedModel, { models }: Catalogue): number | null => {
  const base = models.find(({ name }) => name === hosted.base)
  return base ? effectiveParametersB(base) : null
}

/**
 * Cost of the month's requests that the answer cache does not take. The shared beginning is read from the
 * provider's cache when it is long enough and another request came within its lifetime: 1 - exp(-rate x 300 s).
 */
export const monthlyCost = (workload: Workload, { price }: Pick<PricedModel, 'price'>): number => {
  const requests = workload.requestsPerMonth * (1 - workload.repeatedShare)
  const hit = 1 - Math.exp(-workload.requestsPerSecond.average * cacheSeconds)
  const cached = workload.sharedPrefixTokens >= cacheableTokens ? workload.sharedPrefixTokens * hit : 0
  const usage: Usage = {
    input: { total: workload.inputTokens.mean, cacheRead: cached, cacheWrite: 0 },
    output: { total: workload.outputTokens.mean, reasoning: 0 },
  }
  return requests * costUsd(usage, price)
}

/** Published medians, or the median of those of the other hosted models. */
const speedOf = ({ ttftMs, tokensPerSecond }: HostedModel, { hostedModels }: Catalogue) => ({
  ttftMs: ttftMs ?? middle(hostedModels.map((model) => model.ttftMs)),
  tpotMs: 1000 / (tokensPerSecond ?? middle(hostedModels.map((model) => model.tokensPerSecond))),
})

const middle = (values: readonly (number | null)[]): number => {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  return known[Math.floor((known.length - 1) / 2)] ?? Number.NaN
}

const rangeOf = (
  resolved: ResolvedTarget,
  options: {
    readonly speed: { readonly ttftMs: number; readonly tpotMs: number }
    readonly context: DesignContext
    readonly factor: number
  },
): Estimate => {
  const { context, factor } = options
  const { metric } = resolved.target
  if (metric === 'systemOutputTokensPerSecond') {
    // An API answers what it is asked; its own limit is the account's quota, which the gaps ask about.
    const value = context.workload.tokensPerSecond.outputPeak
    return { value, low: value, high: value }
  }
  const value = metricOf(resolved, timesAt(resolved, options.speed, context))
  return wantsMore(metric) || metric === 'tpot'
    ? { value, low: value / Math.sqrt(factor), high: value * Math.sqrt(factor) }
    : { value, low: value / factor, high: value * factor }
}

const timesAt = (
  { z, lengths, target }: ResolvedTarget,
  speed: { readonly ttftMs: number; readonly tpotMs: number },
  { platformMs }: DesignContext,
) => {
  const prompt = Math.max(0, lengths.inputTokens.mean - publishedAtTokens) * promptMsPerToken
  const medianTtft = speed.ttftMs + prompt
  const ttftMs = platformMs + medianTtft * Math.exp(spread.time * z)
  const meanTtft = medianTtft * Math.exp(spread.time ** 2 / 2)
  const first = { mean: meanTtft, variance: meanTtft ** 2 * (Math.exp(spread.time ** 2) - 1) }
  const steps = momentsOf(lengths.outputTokens.points.map((tokens) => Math.max(0, tokens - 1)))
  const writing = { mean: steps.mean * speed.tpotMs, variance: steps.variance * speed.tpotMs ** 2 }
  const slow = wantsMore(target.metric) || target.metric === 'tpot' ? z : 0
  return {
    ttftMs,
    e2eMs: platformMs + gammaQuantile(addMoments(first, writing), z),
    tpotMs: speed.tpotMs * Math.exp(spread.speed * slow),
  }
}

const residencyAndContext = (
  hosted: HostedModel,
  priced: PricedModel,
  context: DesignContext,
): Violation[] => {
  const { requirements, contextTokens } = context
  const { dataResidency } = requirements.hosting
  const { regions, id } = hosted.provider
  const found: Violation[] = []
  if (!dataResidency.every((place) => regions?.includes(place)))
    found.push({
      constraint: 'hosting.dataResidency',
      relaxable: false,
      reason: designMessage('planner.residency-not-shown', {
        provider: id,
        places: dataResidency.join(', '),
        known: regions?.join(', ') ?? null,
      }),
    })
  if (priced.contextTokens !== null && priced.contextTokens < contextTokens)
    found.push({
      constraint: 'models.minContextTokens',
      relaxable: false,
      reason: designMessage('planner.context-too-short', {
        model: hosted.model,
        contextTokens: priced.contextTokens,
        needed: contextTokens,
      }),
    })
  return found
}
