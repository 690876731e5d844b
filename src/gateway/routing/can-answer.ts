// Whether a strategy has anybody left to ask. Pure; knows no model.

import type { Strategy } from '../../spec/index.js'

/** @param isUp whether a deployment, by its id, could answer now */
export const canAnswer = (strategy: Strategy, isUp: (deployment: string) => boolean): boolean =>
  branchesOf(strategy).some((branch) =>
    'deployment' in branch ? isUp(branch.deployment) : canAnswer(branch, isUp),
  )

const branchesOf = (strategy: Strategy): readonly Strategy[] => {
  if ('deployment' in strategy) return [strategy]
  if ('fallback' in strategy) return strategy.fallback
  if ('weighted' in strategy) return strategy.weighted.map((weighted) => weighted.strategy)
  if ('cascade' in strategy) return strategy.cascade.strategies
  return 'hedge' in strategy ? strategy.hedge.strategies : strategy.ensemble.strategies
}
