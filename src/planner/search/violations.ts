// Requirements that a candidate's numbers do not meet, with those numbers.

import type { Requirements } from '../../spec/index.js'
import { designMessage } from './design-messages.js'
import type { TargetEstimate, Violation } from './report.js'

export const targetViolation = (target: TargetEstimate): Violation[] =>
  target.met === 'no'
    ? [
        {
          constraint: target.id,
          relaxable: Number.isFinite(target.estimate.value),
          actual: target.estimate.value,
          reason: designMessage('planner.misses-target', {
            target: target.id,
            metric: target.metric,
            percentile: target.percentile,
            predicted: target.estimate.value,
            op: target.op,
            limit: target.limit,
            unit: target.unit,
          }),
        },
      ]
    : []

export const tooFewOwned = (hardware: {
  readonly accelerator: string
  readonly needed: number
  readonly owned: number
}): Violation => ({
  constraint: 'hosting.owned',
  relaxable: true,
  actual: hardware.needed,
  reason: designMessage('planner.needs-more-owned', hardware),
})

export const budgetViolations = (
  { budget }: Requirements,
  costPerMonthUsd: number,
  usdPerMillionOutputTokens: number,
): Violation[] => {
  const found: Violation[] = []
  if (budget.monthlyUsd !== undefined && costPerMonthUsd > budget.monthlyUsd)
    found.push({
      constraint: 'budget.monthlyUsd',
      relaxable: true,
      actual: costPerMonthUsd,
      reason: designMessage('planner.over-budget', {
        costUsd: costPerMonthUsd,
        budgetUsd: budget.monthlyUsd,
      }),
    })
  const perMillion = budget.usdPerMillionOutputTokens
  if (perMillion !== undefined && usdPerMillionOutputTokens > perMillion)
    found.push({
      constraint: 'budget.usdPerMillionOutputTokens',
      relaxable: true,
      actual: usdPerMillionOutputTokens,
      reason: designMessage('planner.over-token-budget', {
        costUsd: usdPerMillionOutputTokens,
        budgetUsd: perMillion,
      }),
    })
  return found
}
