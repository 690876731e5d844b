// How to make a model fit the task: say it in the prompt, retrieve it, or train it in; each with its cost, and the
// reasons for one of them. Knows no model but its size and no prices but what the caller asks.

import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { costMessage } from './cost-messages.js'
import type { TrainingPlan } from './training-plan.js'

export interface AdaptationOption {
  readonly kind: 'prompt' | 'rag' | 'tune'
  /** Before the first request. */
  readonly onceUsd: number
  readonly usdPerMonth: number
  readonly basis: Message
}

export interface AdaptationAdvice {
  readonly recommended: readonly AdaptationOption['kind'][]
  readonly options: readonly AdaptationOption[]
  readonly reasons: readonly Message[]
  /** The cheapest ways to train, by method; empty for a model behind an API. */
  readonly training: readonly TrainingPlan[]
  /** Months after which training has paid for itself by shorter prompts; null = it saves nothing. */
  readonly tuningPaysAfterMonths: number | null
}

/** Retrieved passages, as the architecture retrieves them. */
export const retrievedTokens = 6 * 256
/** Training that takes longer to pay for itself is advised against on cost alone: assumed. */
const patienceMonths = 6
/** Share of documents that changes in a month above which what was trained in is soon wrong: assumed. */
const restless = 0.02

export const adviseAdaptation = (options: {
  readonly requirements: Requirements
  readonly requestsPerMonth: number
  /** What the month costs less when so many tokens fewer stand in each prompt. */
  readonly savingWithout: (tokens: number) => number
  /** Documents into vectors, once. */
  readonly ingestUsd: number
  /** Embedding and reranking, a month. */
  readonly retrievalUsdPerMonth: number
  readonly training: readonly TrainingPlan[]
}): AdaptationAdvice => {
  const { requirements, savingWithout, ingestUsd, retrievalUsdPerMonth } = options
  const { sharedPrefixTokens, inputTokens } = requirements.scale.lengths
  const passages = Math.min(retrievedTokens, Math.max(0, inputTokens.p50 - sharedPrefixTokens - 1))
  const promptUsd = sharedPrefixTokens > 0 ? savingWithout(sharedPrefixTokens) : 0
  const passagesUsd = requirements.useCase.knowledge ? savingWithout(passages) : 0
  const training = [...options.training].sort((a, b) => a.usd - b.usd)
  const [cheapest] = training
  const pays = cheapest && promptUsd > 0 ? cheapest.usd / promptUsd : null
  const all: AdaptationOption[] = [
    {
      kind: 'prompt',
      onceUsd: 0,
      usdPerMonth: promptUsd,
      basis: costMessage('planner.adapt-prompt', { tokens: sharedPrefixTokens, usd: promptUsd }),
    },
    ...(requirements.useCase.knowledge
      ? [
          {
            kind: 'rag' as const,
            onceUsd: ingestUsd,
            usdPerMonth: passagesUsd + retrievalUsdPerMonth,
            basis: costMessage('planner.adapt-rag', {
              tokens: passages,
              passagesUsd,
              retrievalUsd: retrievalUsdPerMonth,
              ingestUsd,
            }),
          },
        ]
      : []),
    ...(cheapest
      ? [
          {
            kind: 'tune' as const,
            onceUsd: cheapest.usd,
            usdPerMonth: -promptUsd,
            basis: costMessage('planner.adapt-tune', {
              method: cheapest.method,
              hours: cheapest.acceleratorHours,
              accelerator: cheapest.accelerator,
              usd: cheapest.usd,
              saving: promptUsd,
            }),
          },
        ]
      : []),
  ]
  return { ...recommend(requirements, { pays }), options: all, training, tuningPaysAfterMonths: pays }
}

const recommend = ({ useCase, safety }: Requirements, { pays }: { readonly pays: number | null }) => {
  const recommended: AdaptationOption['kind'][] = ['prompt']
  const reasons: Message[] = [costMessage('planner.adapt-why-prompt', {})]
  const { knowledge } = useCase
  if (knowledge) {
    recommended.push('rag')
    if (safety.groundedAnswers) reasons.push(costMessage('planner.adapt-why-cited', {}))
    const changed = knowledge.changedPerMonthShare
    if (changed > restless) reasons.push(costMessage('planner.adapt-why-changing', { changed }))
    if (!safety.groundedAnswers && changed <= restless)
      reasons.push(costMessage('planner.adapt-why-documents', {}))
  }
  if (useCase.tasks.length > 0 || useCase.kind === 'classification' || useCase.kind === 'extraction') {
    recommended.push('tune')
    reasons.push(costMessage('planner.adapt-why-form', { kind: useCase.kind, tasks: useCase.tasks.length }))
  } else if (pays !== null && pays <= patienceMonths) {
    recommended.push('tune')
    reasons.push(costMessage('planner.adapt-why-pays', { months: pays }))
  } else reasons.push(costMessage('planner.adapt-why-not-tune', { months: pays }))
  return { recommended, reasons }
}
