// What the system costs beside the model that answers: gateway, embeddings, reranking, a guard model, evaluation and
// shadow traffic. Knows no model.

import { hoursPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Workload } from '../assessment/workload.js'
import { strictest, targetValue } from '../search/target.js'
import { type CostLine, exactLine } from './cost-breakdown.js'
import { costMessage, type SystemKind } from './cost-messages.js'
import { usdPerCoreHour } from './cpu-price.js'
import { encoders, tokensPerSecondOfCore } from './encoder.js'
import { assumedTokensPerDocument, type EmbeddingApi, embeddingsOf } from './ingest-plan.js'
import { cheapestReading, type Rentable } from './reading-supply.js'

export interface SystemOrder {
  readonly requirements: Requirements
  readonly workload: Workload
  /** Cheapest first is not needed. */
  readonly rentable: readonly Rentable[]
  readonly apis: readonly EmbeddingApi[]
  /** Share of an accelerator's 16-bit peak that prompts reach. */
  readonly efficiency: number
}

/** 300 mixed requests a second for ten minutes on two cores: evidence/gateway.json, 2026-11-26. */
const gatewayRequestsPerCore = 150
/** A question without its instructions and passages: assumed. */
export const questionTokens = 64
/** Passages that are scored again, and their length, as the architecture has them. */
export const reranked = { passages: 20, tokens: 256 }

/** An embedding API's time for a question: assumed. */
const apiReadMs = 100

/** A line, and the time that its work adds to each request before the model is asked. */
interface Work {
  readonly line: CostLine
  readonly readMs: number
}

const workOf = (order: SystemOrder): readonly Work[] => [
  ...embedding(order),
  ...reranking(order),
  ...guardModel(order),
]

/** What embedding, reranking and a guard model add to the time of each request, ms. */
export const systemReadMs = (order: SystemOrder): number =>
  workOf(order).reduce((sum, { readMs }) => sum + readMs, 0)

/** Lines that are the same whoever serves the model. */
export const systemLines = (order: SystemOrder): readonly CostLine[] => {
  const lines = [gateway(order), ...workOf(order).map(({ line }) => line), ...changedDocuments(order)]
  // The cores and accelerators of one's own room are there already.
  return order.requirements.hosting.ownedOnly
    ? lines.map((line) => exactLine({ ...line, usdPerMonth: 0 }))
    : lines
}

/** Regions, and one more of each where one may fail. */
export const copiesOf = ({ availability }: Requirements): number =>
  availability.regions * (availability.survivesReplicaLoss ? 2 : 1)

const coresLine = (id: SystemKind, cores: number, basis: CostLine['basis']): CostLine => ({
  id,
  title: costMessage('planner.cost-system', { kind: id }),
  usdPerMonth: cores * usdPerCoreHour.middle * hoursPerMonth,
  lowUsdPerMonth: cores * usdPerCoreHour.low * hoursPerMonth,
  highUsdPerMonth: cores * usdPerCoreHour.high * hoursPerMonth,
  basis,
})

const gateway = ({ requirements, workload }: SystemOrder): CostLine => {
  const { regions } = requirements.availability
  const each = Math.max(1, Math.ceil(workload.requestsPerSecond.peak / regions / gatewayRequestsPerCore))
  const cores = each * copiesOf(requirements)
  return coresLine(
    'gateway',
    cores,
    costMessage('planner.cost-gateway-basis', {
      cores,
      requestsPerSecond: workload.requestsPerSecond.peak,
      perCore: gatewayRequestsPerCore,
      usdPerCoreHour: requirements.hosting.ownedOnly ? null : usdPerCoreHour.middle,
    }),
  )
}

/** Share of the tightest time limit that one stage before the model may take: assumed. */
const shareOfLimit = 0.25

/** A request as one reader sees it, and the time it may take there; null = nothing limits it. */
export const requestOf = (
  requirements: Requirements,
  tokens: number,
  parts: number,
): { readonly tokens: number; readonly parts: number; readonly withinMs: number | null } => {
  const limits = (['ttft', 'e2e'] as const).flatMap((metric) => {
    const target = strictest(requirements, metric)
    return target ? [targetValue(target)] : []
  })
  return { tokens, parts, withinMs: limits.length > 0 ? Math.min(...limits) * shareOfLimit : null }
}

const readingLine = (
  order: SystemOrder,
  id: SystemKind,
  work: { readonly parametersB: number; readonly tokensPerRequest: number; readonly parts?: number },
): Work => {
  const { workload, requirements, rentable, efficiency } = order
  const { regions } = requirements.availability
  const supply = cheapestReading({
    parametersB: work.parametersB,
    tokensPerSecondPeak: (workload.requestsPerSecond.peak * work.tokensPerRequest) / regions,
    copies: copiesOf(requirements),
    rentable,
    efficiency,
    request: requestOf(requirements, work.tokensPerRequest, work.parts ?? 1),
  })
  const { usdPerMonth, lowUsdPerMonth, highUsdPerMonth } = supply
  const readMs = supply.readMs(work.tokensPerRequest)
  const line: CostLine = {
    id,
    title: costMessage('planner.cost-system', { kind: id }),
    usdPerMonth,
    lowUsdPerMonth,
    highUsdPerMonth,
    basis: costMessage('planner.cost-reading-basis', {
      tokens: work.tokensPerRequest,
      requestsPerSecond: workload.requestsPerSecond.peak,
      parametersB: work.parametersB,
      count: supply.count,
      name: supply.name,
      readMs,
    }),
  }
  return { line, readMs }
}

const cheapestApi = ({ apis }: SystemOrder): EmbeddingApi | null =>
  apis.reduce<EmbeddingApi | null>(
    (best, api) =>
      api.usdPerMillionTokens < (best?.usdPerMillionTokens ?? Number.POSITIVE_INFINITY) ? api : best,
    null,
  )

const usdByApi = (api: EmbeddingApi, tokens: number) => (tokens / 1e6) * api.usdPerMillionTokens

/** Vectors of the questions, for search or for the semantic cache: by an API where that is cheaper and allowed. */
const embedding = (order: SystemOrder): readonly Work[] => {
  const { requirements, workload } = order
  const size = embeddingsOf(requirements) ?? (requirements.scale.semanticRepeatedShare > 0 ? 'small' : null)
  if (size === null) return []
  const own = readingLine(order, 'query-embedding', {
    parametersB: encoders[size].parametersB,
    tokensPerRequest: questionTokens,
  })
  const api = cheapestApi(order)
  const tokens = workload.requestsPerMonth * questionTokens
  if (!api || usdByApi(api, tokens) >= own.line.usdPerMonth) return [own]
  const basis = costMessage('planner.cost-embedding-api-basis', { ...api, tokens })
  return [{ line: exactLine({ ...own.line, usdPerMonth: usdByApi(api, tokens), basis }), readMs: apiReadMs }]
}

/** Vectors of the documents that change, which nobody waits for. */
const changedDocuments = (order: SystemOrder): readonly CostLine[] => {
  const { knowledge } = order.requirements.useCase
  const size = embeddingsOf(order.requirements)
  const tokens =
    (knowledge?.documents ?? 0) *
    (knowledge?.changedPerMonthShare ?? 0) *
    (knowledge?.tokensPerDocument ?? assumedTokensPerDocument)
  if (tokens === 0 || size === null) return []
  const coreHours = tokens / tokensPerSecondOfCore(encoders[size].parametersB) / 3600
  const onCores = coreHours * usdPerCoreHour.middle
  const api = cheapestApi(order)
  const byApi = api !== null && usdByApi(api, tokens) < onCores ? api : null
  return [
    exactLine({
      id: 'document-embedding',
      title: costMessage('planner.cost-system', { kind: 'document-embedding' }),
      usdPerMonth: byApi ? usdByApi(byApi, tokens) : onCores,
      basis: byApi
        ? costMessage('planner.cost-embedding-api-basis', { ...byApi, tokens })
        : costMessage('planner.cost-document-basis', { tokens, coreHours }),
    }),
  ]
}

const reranking = (order: SystemOrder): readonly Work[] =>
  order.requirements.useCase.knowledge?.rerank
    ? [
        readingLine(order, 'rerank', {
          parametersB: encoders.large.parametersB,
          tokensPerRequest: reranked.passages * (reranked.tokens + questionTokens),
          parts: reranked.passages,
        }),
      ]
    : []

/** Reads the whole prompt and the whole answer of every request. */
const guardModel = (order: SystemOrder): readonly Work[] => {
  const parametersB = order.requirements.safety.guardModelParametersB
  if (parametersB === undefined) return []
  const { inputTokens, outputTokens } = order.workload
  return [
    readingLine(order, 'guard-model', {
      parametersB,
      tokensPerRequest: inputTokens.mean + outputTokens.mean,
    }),
  ]
}

/** A suite whose rows nobody counted: assumed. */
const usualSuiteRows = 200

/** Evaluation and shadow traffic, which cost what a request costs. */
export const trialLines = (
  { quality, safety }: Requirements,
  options: { readonly usdPerRequest: number; readonly requestsPerMonth: number },
): readonly CostLine[] => {
  const suites = [...quality.targets, ...safety.targets]
  const rows = suites.reduce((sum, { sample }) => sum + (sample ?? usualSuiteRows), 0)
  const evals = quality.evalRunsPerMonth * rows
  const shadow = quality.shadowShare * options.requestsPerMonth
  const trials: { readonly id: SystemKind; readonly requests: number }[] = [
    { id: 'evaluation', requests: evals },
    { id: 'shadow', requests: shadow },
  ]
  return trials
    .filter(({ requests }) => requests > 0)
    .map(({ id, requests }) =>
      exactLine({
        id,
        title: costMessage('planner.cost-system', { kind: id }),
        usdPerMonth: requests * options.usdPerRequest,
        basis: costMessage('planner.cost-trial-basis', { requests, usdPerRequest: options.usdPerRequest }),
      }),
    )
}
