// A route's strategy, a tree, as one model. What does not run yet is refused when the system is built, not when a
// request comes.

import type { ChatModel } from '../../llm/index.js'
import type { Strategy } from '../../spec/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { gatewayError } from '../messages.js'
import { createCascadeModel } from './cascade-model.js'
import { createRouteModel } from './route-model.js'

export interface StrategyDeps {
  readonly route: string
  /** The model of a deployment. @throws gateway.reference-unknown */
  readonly engine: (deployment: string) => ChatModel
  readonly metrics: Pick<Metrics, 'cascadeStep'>
}

/** @throws gateway.strategy-not-supported, gateway.reference-unknown */
export const createStrategyModel = (strategy: Strategy, deps: StrategyDeps): ChatModel => {
  if ('cascade' in strategy) {
    const { strategies, escalateBelow } = strategy.cascade
    const models = strategies.map((inner) => createStrategyModel(inner, deps))
    const last = models.pop() as ChatModel
    return createCascadeModel({ name: deps.route, steps: models, last, escalateBelow, metrics: deps.metrics })
  }
  return createRouteModel(deps.route, candidatesOf(strategy, deps) as [ChatModel, ...ChatModel[]])
}

/** What a tree of fallbacks tries, in order, each deployment once. */
const candidatesOf = (strategy: Strategy, deps: StrategyDeps): readonly ChatModel[] => {
  const candidates = new Map<string | Strategy, ChatModel>()
  const add = (inner: Strategy): void => {
    if ('deployment' in inner)
      candidates.set(inner.deployment, candidates.get(inner.deployment) ?? deps.engine(inner.deployment))
    else if ('fallback' in inner) inner.fallback.forEach(add)
    else if ('cascade' in inner) candidates.set(inner, createStrategyModel(inner, deps))
    else
      throw gatewayError('gateway.strategy-not-supported', {
        route: deps.route,
        strategy: Object.keys(inner)[0] ?? 'unknown',
      })
  }
  add(strategy)
  return [...candidates.values()]
}
