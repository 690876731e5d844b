// The strategy of a route that answers whole, as a list: only fallbacks say in which order to ask for one.

import type { Route, Strategy } from '../../spec/index.js'
import { gatewayError } from '../messages.js'

/** The deployments to ask, in order, each once. @throws gateway.strategy-not-supported */
export const fallbackOrder = ({ name, strategy }: Pick<Route, 'name' | 'strategy'>): readonly string[] => [
  ...new Set(flatten(strategy, name)),
]

const flatten = (strategy: Strategy, route: string): readonly string[] => {
  if ('deployment' in strategy) return [strategy.deployment]
  if ('fallback' in strategy) return strategy.fallback.flatMap((inner) => flatten(inner, route))
  const [kind = 'unknown'] = Object.keys(strategy)
  throw gatewayError('gateway.strategy-not-supported', { route, strategy: kind })
}
