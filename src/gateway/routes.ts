// The models that clients may ask for: what answers each route, and which of them a caller may use.

import { type DeploymentKind, deploymentsOf, kindOfRoute, type Route } from '../spec/index.js'
import type { Caller } from './authenticate.js'
import { type ComposeEnginesDeps, composeEngines } from './compose-engines.js'
import { type ComposeDeps, composeModel } from './compose-model.js'
import { gatewayError } from './messages.js'
import type { ServedChat, ServedEngines, ServedRoute, WholeKind } from './served-route.js'

export interface Routes {
  /** @throws as `find`, and gateway.model-of-other-kind */
  chat(name: string, caller: Caller): ServedChat
  /** @throws as `chat` */
  engines<Kind extends WholeKind>(kind: Kind, name: string, caller: Caller): ServedEngines<Kind>
  /**
   * Of whatever kind.
   * @throws gateway.model-not-found, also for a route the caller may not use: it does not tell them apart
   */
  find(name: string, caller: Caller): ServedRoute
  list(caller: Caller): readonly ServedRoute[]
}

const endpoints: Readonly<Record<DeploymentKind, string>> = {
  chat: '/v1/chat/completions',
  embedding: '/v1/embeddings',
  rerank: '/v1/rerank',
}

/** @throws gateway.strategy-not-supported, gateway.reference-unknown */
export const createRoutes = (deps: ComposeDeps & ComposeEnginesDeps): Routes => {
  const served = new Map(deps.architecture.routes.map((route) => [route.name, serve(route, deps)]))
  const mayUse = (caller: Caller, name: string) => caller.routes?.includes(name) ?? true
  const list = (caller: Caller) => [...served.values()].filter(({ route }) => mayUse(caller, route.name))
  const find = (name: string, caller: Caller): ServedRoute => {
    const found = served.get(name)
    if (found && mayUse(caller, name)) return found
    const available = list(caller).map(({ route }) => route.name)
    throw gatewayError('gateway.model-not-found', { model: name.slice(0, 100), available })
  }
  const ofKind = (kind: DeploymentKind, name: string, caller: Caller): ServedRoute => {
    const found = find(name, caller)
    if (found.kind === kind) return found
    throw gatewayError('gateway.model-of-other-kind', {
      model: name,
      kind: found.kind,
      path: endpoints[found.kind],
    })
  }
  return {
    chat: (name, caller) => ofKind('chat', name, caller) as ServedChat,
    engines: <Kind extends WholeKind>(kind: Kind, name: string, caller: Caller) =>
      ofKind(kind, name, caller) as ServedEngines<Kind>,
    find,
    list,
  }
}

const serve = (route: Route, deps: ComposeDeps & ComposeEnginesDeps): ServedRoute => {
  const kind = kindOfRoute(route, deps.architecture)
  if (kind === 'embedding') return composeEngines(kind, { route, engines: deps.embeddingModels }, deps)
  if (kind === 'rerank') return composeEngines(kind, { route, engines: deps.rerankModels }, deps)
  const model = composeModel(route, deps)
  const prompt = deps.architecture.prompts.find(({ id }) => id === route.prompt)
  return {
    kind,
    route,
    model,
    contextLength: model.facts.contextLength,
    tokenizer: tokenizerOf(route, deps),
    promptVariant: prompt ? `${prompt.id}@${prompt.version}` : 'none',
  }
}

/** Of the deployment that is asked first, or for a cascade of the last, which answers what the others leave. */
const tokenizerOf = ({ strategy }: Route, { models }: ComposeDeps): ServedChat['tokenizer'] => {
  const named = deploymentsOf(strategy)
  const deployment = ('cascade' in strategy ? named.at(-1) : named[0])?.id ?? ''
  const of = models.get(deployment)?.tokenizer
  return of && { deployment, of }
}
