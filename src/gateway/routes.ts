// The models that clients may ask for: one composed model per route, and which of them a caller may use.

import type { ChatModel } from '../llm/index.js'
import type { Route } from '../spec/index.js'
import type { Caller } from './authenticate.js'
import { type ComposeDeps, composeModel } from './compose-model.js'
import { gatewayError } from './messages.js'

export interface ServedRoute {
  readonly route: Route
  readonly model: ChatModel
  /** Prompt of the route, as the call and the cache name it. */
  readonly promptVariant: string
}

export interface Routes {
  /** @throws gateway.model-not-found, also for a route the caller may not use: it does not tell them apart */
  get(name: string, caller: Caller): ServedRoute
  list(caller: Caller): readonly ServedRoute[]
}

/** @throws gateway.strategy-not-supported, gateway.reference-unknown */
export const createRoutes = (deps: ComposeDeps): Routes => {
  const { routes, prompts } = deps.architecture
  const versions = new Map(prompts.map((prompt) => [prompt.id, `${prompt.id}@${prompt.version}`]))
  const served = new Map(
    routes.map((route) => [
      route.name,
      {
        route,
        model: composeModel(route, deps),
        promptVariant: versions.get(route.prompt ?? '') ?? 'none',
      },
    ]),
  )
  const mayUse = (caller: Caller, name: string) => caller.routes?.includes(name) ?? true
  const list = (caller: Caller) => [...served.values()].filter(({ route }) => mayUse(caller, route.name))
  return {
    get: (name, caller) => {
      const found = served.get(name)
      if (found && mayUse(caller, name)) return found
      const available = list(caller).map(({ route }) => route.name)
      throw gatewayError('gateway.model-not-found', { model: name.slice(0, 100), available })
    },
    list,
  }
}
