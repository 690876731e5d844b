// A model behind somebody else's API: what a month of it costs, and how fast it is as far as anybody published.

import { type Catalogue, type HostedModel, type PricedModel, priceOf } from '../../catalog/index.js'
import { sumOf } from '../cost/cost-breakdown.js'
import { goodShare, type TimedTarget } from '../cost/good-share.js'
import { type HostedOrder, hostedLines } from '../cost/hosted-cost.js'
import { createLengths } from '../speed/length-distribution.js'
import { addMoments, gammaQuantile, momentsOf } from '../speed/queueing.js'
import { qualityEstimate } from './build-quality.js'
import { type DesignContext, peakTarget, type ResolvedTarget } from './design-context.js'
import { judge } from './estimates.js'
import { gateMessage } from './gate-messages.js'
import { buildGates, modelGates } from './model-gates.js'
import { ownEvalOf } from './own-evals.js'
import { effectiveParametersB, publishedQualityOf } from './quality.js'
import type { Candidate, Estimate, QualityEstimate, TargetEstimate, Violation } from './report.js'
import { residencyViolations } from './residency.js'
import { metricOf } from './sizing.js'
import { meets, wantsMore } from './target.js'
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

export const evaluateHosted = (hosted: HostedModel, context: DesignContext): Candidate | null => {
  const { workload, catalogue, requirements } = context
  const priced = priceOf(catalogue, {
    provider: hosted.provider.id,
    model: hosted.model,
    inputTokens: workload.inputTokens.mean,
  })
  if (!priced || priced.deprecated) return null
  const lines = hostedLines(orderOf(hosted, priced, context))
  const costPerMonthUsd = sumOf(lines)
  const perMillion = costPerMonthUsd / (workload.tokensPerMonth.output / 1e6)
  const basis = hosted.ttftMs !== null && hosted.tokensPerSecond !== null ? 'published' : 'assumed'
  const speed = { ...speedOf(hosted, catalogue), hiddenTokens: hiddenTokens(hosted, context) }
  const estimate = (target: ResolvedTarget) => rangeOf(target, { speed, context, factor: offBy[basis] })
  const targets = context.targets.map((target): TargetEstimate => {
    const { id, metric, percentile, op } = target.target
    const found = estimate(target)
    const { limit, unit } = target
    return { id, metric, percentile, op, limit, unit, estimate: found, met: judge(target, found) }
  })
  const published = hostedQuality(hosted, catalogue)
  const effective = hostedEffectiveParametersB(hosted, catalogue)
  const named = [`${hosted.provider.id}/${hosted.model}`, hosted.model, ...(hosted.base ? [hosted.base] : [])]
  const own = ownEvalOf(named.slice(0, 2), requirements)
  const gated = { name: hosted.model, reasoning: hosted.reasoning, quality: published, effective, named, own }
  const quality = qualityEstimate(published, own)
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
    kvDtype: null,
    layout: null,
    speculation: null,
    disaggregation: null,
    packing: null,
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
    loadTests: 0,
    ...(context.itemised ? { bill: { lines, goodShare: goodShareOf(speed, context), serving: null } } : {}),
    violations: [
      ...modelGates(gated, context),
      ...buildGates(gated, { precision: 'bf16', retention: { value: 1, low: 1, high: 1 } }, context),
      ...residencyAndContext(hosted, priced, context),
      ...targets.flatMap(targetViolation),
      ...budgetViolations(requirements, costPerMonthUsd + sumOf(context.systemLines), perMillion),
    ],
  }
}

/** Quality of the model itself, or of the open-weight model behind it. */
const hostedQuality = (hosted: HostedModel, { models }: Catalogue): QualityEstimate => {
  if (hosted.quality) return { kind: 'published', ...hosted.quality }
  const base = models.find(({ name }) => name === hosted.base)
  return base ? publishedQualityOf(base) : { kind: 'unknown' }
}

const hostedEffectiveParametersB = (hosted: HostedModel, { models }: Catalogue): number | null => {
  const base = models.find(({ name }) => name === hosted.base)
  return base ? effectiveParametersB(base) : null
}

const orderOf = (hosted: HostedModel, { price }: PricedModel, context: DesignContext): HostedOrder => {
  const { workload, requirements, catalogue } = context
  const discount = catalogue.batchDiscounts.find(({ provider }) => provider === hosted.provider.id)
  return {
    workload,
    price,
    reasoningTokens: hiddenTokens(hosted, context),
    deferrableShare: requirements.scale.deferrableShare,
    batchPriceShare: discount?.priceShare ?? 1,
  }
}

/** Tokens that a model which always reasons writes before its answer, as far as the requirements say. */
const hiddenTokens = ({ reasoning }: HostedModel, { requirements }: DesignContext): number => {
  const { reasoningTokens } = requirements.scale.lengths
  return reasoning === 'always' && reasoningTokens ? createLengths(reasoningTokens).mean : 0
}

interface Speed {
  readonly ttftMs: number
  readonly tpotMs: number
  readonly hiddenTokens: number
}

/** An API is as fast at any load, as far as anybody published. */
const goodShareOf = (speed: Speed, context: DesignContext): number | null => {
  const timed = context.targets.filter(
    ({ cold, target }) => !cold && target.metric !== 'systemOutputTokensPerSecond',
  )
  return goodShare(
    timed.map(
      (target): TimedTarget => ({
        meets: (value) => meets(target.target, target.limit, value),
        valueAt: (_, z) => metricOf(target, timesAt({ ...target, z }, speed, context)),
      }),
    ),
    context.workload.weekCurve,
  )
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
    readonly speed: Speed
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

const timesAt = ({ z, lengths, target }: ResolvedTarget, speed: Speed, { platformMs }: DesignContext) => {
  const prompt = Math.max(0, lengths.inputTokens.mean - publishedAtTokens) * promptMsPerToken
  const medianTtft = speed.ttftMs + prompt + speed.hiddenTokens * speed.tpotMs
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
  const { requirements, catalogue, contextTokens } = context
  const found = residencyViolations([hosted.provider.id], requirements, catalogue)
  if (priced.contextTokens !== null && priced.contextTokens < contextTokens)
    found.push({
      constraint: 'models.minContextTokens',
      relaxable: false,
      reason: gateMessage('planner.context-too-short', {
        model: hosted.model,
        contextTokens: priced.contextTokens,
        needed: contextTokens,
      }),
    })
  return found
}
