// Which steps of a route's cascade are models of one task. They are asked before anything is looked up: such a model
// takes the question as it is, without passages and instructions. Pure.

import type { Strategy } from '../../spec/index.js'

export interface TaskSteps {
  /** Deployments of task models, in the order in which they are asked. */
  readonly steps: readonly string[]
  readonly escalateBelow: number
  /** What answers otherwise. */
  readonly rest: Strategy
}

/** The leading task models of a cascade at the top of the tree; undefined when there is none. */
export const taskStepsOf = (
  strategy: Strategy,
  isTask: (deployment: string) => boolean,
): TaskSteps | undefined => {
  if (!('cascade' in strategy)) return undefined
  const { strategies, escalateBelow } = strategy.cascade
  const steps: string[] = []
  for (const step of strategies.slice(0, -1)) {
    if (!('deployment' in step) || !isTask(step.deployment)) break
    steps.push(step.deployment)
  }
  if (steps.length === 0) return undefined
  const others = strategies.slice(steps.length)
  const [only] = others
  const rest = others.length === 1 && only ? only : { cascade: { strategies: others, escalateBelow } }
  return { steps, escalateBelow, rest }
}
