// A route's strategy as an ordered list of deployments. Pure; what does not run yet is refused when the system is
// built, not when a request comes.

import type { Route, Strategy } from '../../spec/index.js'
import { gatewayError } from '../messages.js'

/**
 * The deployments to try, in order, each once.
 * @throws gateway.strategy-not-supported
 */
export const candidatesOf = (route: Pick<Route, 'name' | 'strategy'>): readonly string[] => [
  ...new Set(flatten(route.strategy, route.name)),
]

const flatten = (strategy: Strategy, route: string): readonly string[] => {
  if ('deployment' in strategy) return [strategy.deployment]
  if ('fallback' in strategy) return strategy.fallback.flatMap((inner) => flatten(inner, route))
  throw gatewayError('gateway.strategy-not-supported', {
    route,
    strategy: Object.keys(strategy)[0] ?? 'unknown',
  })
}
