// The cheapest accelerator for each way to train a model. Knows no prices but those it is given.

import type { Model } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Rentable } from './reading-supply.js'
import { planTraining, type TrainingPlan } from './training-plan.js'

/** Until the requirements say how many examples there are; and passes over them: assumed. */
const usualExamples = 5000
const passes = 3
const methods = ['qlora', 'lora', 'full'] as const

/** Empty when nobody knows the weights, or no accelerator may be had. */
export const cheapestTraining = (
  { useCase, scale }: Requirements,
  model: Model | null,
  rentable: readonly Rentable[],
): readonly TrainingPlan[] => {
  if (!model?.parametersB) return []
  const { parametersB, activeParametersB } = model
  const examples = useCase.trainingExamples ?? usualExamples
  const tokens = examples * (scale.lengths.inputTokens.p50 + scale.lengths.outputTokens.p50) * passes
  return methods.flatMap((method) =>
    rentable
      .flatMap(({ accelerator, usdPerHour, most }) => {
        const plan = planTraining({
          method,
          parametersB,
          activeParametersB: activeParametersB ?? parametersB,
          tokens,
          accelerator,
          usdPerHour,
        })
        return plan && plan.accelerators <= Math.min(most, accelerator.perNode) ? [plan] : []
      })
      .sort((a, b) => a.usd - b.usd)
      .slice(0, 1),
  )
}
