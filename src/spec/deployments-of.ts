// The deployments that a strategy names, wherever they stand in its tree.

import type { Architecture, DeploymentKind, Route, Strategy } from './architecture.js'
import type { DocumentPath } from './problem.js'

/** Every deployment a strategy names, with the path at which it stands. */
export const deploymentsOf = (
  strategy: Strategy,
  path: DocumentPath = [],
): { id: string; path: DocumentPath }[] => {
  if ('deployment' in strategy) return [{ id: strategy.deployment, path: [...path, 'deployment'] }]
  if ('fallback' in strategy)
    return strategy.fallback.flatMap((inner, i) => deploymentsOf(inner, [...path, 'fallback', i]))
  if ('weighted' in strategy)
    return strategy.weighted.flatMap((arm, i) =>
      deploymentsOf(arm.strategy, [...path, 'weighted', i, 'strategy']),
    )
  const [kind, { strategies }] = Object.entries(strategy)[0] as [string, { strategies: Strategy[] }]
  return strategies.flatMap((inner, i) => deploymentsOf(inner, [...path, kind, 'strategies', i]))
}

/** The kind of a route's deployments, which is the endpoint that serves it; they are all of one kind. */
export const kindOfRoute = (
  { strategy }: Pick<Route, 'strategy'>,
  { deployments }: Pick<Architecture, 'deployments'>,
): DeploymentKind => {
  const [first] = deploymentsOf(strategy)
  return deployments.find(({ id }) => id === first?.id)?.kind ?? 'chat'
}

/** The route that answers a chat which names none: the first. */
export const firstChatRoute = (
  architecture: Pick<Architecture, 'deployments' | 'routes'>,
): Route | undefined => architecture.routes.find((route) => kindOfRoute(route, architecture) === 'chat')
