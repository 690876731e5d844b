// What answers a route of kind embedding or rerank: its engines in order, each with its place in ledger and metrics,
// and the policy that looks at what comes in.

import type { Clock, Log, Usage } from '../core/index.js'
import type { EmbeddingModel, RerankModel } from '../llm/index.js'
import type { Architecture, Route } from '../spec/index.js'
import type { Metrics } from '../telemetry/index.js'
import { guardModes } from './guard-modes.js'
import { gatewayError } from './messages.js'
import type { Candidate } from './routing/call-candidates.js'
import { type DeploymentKeys, deploymentPolicy, eachOf, type Keyed } from './routing/deployment-policy.js'
import { fallbackOrder } from './routing/fallback-order.js'
import type { Resilience } from './routing/resilience.js'
import type { EngineOf, ServedEngines, WholeKind } from './served-route.js'
import { attemptAttributes, providerOf } from './traced.js'

export interface ComposeEnginesDeps {
  readonly architecture: Architecture
  /** The engines by deployment id. */
  readonly embeddingModels?: ReadonlyMap<string, EmbeddingModel> | undefined
  readonly rerankModels?: ReadonlyMap<string, RerankModel> | undefined
  readonly resilience: Resilience
  readonly keys?: DeploymentKeys | undefined
  readonly costUsd: (deployment: string, usage: Usage) => number | null
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
}

interface Part<Kind extends WholeKind> {
  readonly route: Route
  readonly engines: ReadonlyMap<string, EngineOf<Kind>> | undefined
}

/** @throws gateway.strategy-not-supported, gateway.reference-unknown */
export const composeEngines = <Kind extends WholeKind>(
  kind: Kind,
  { route, engines = new Map() }: Part<Kind>,
  deps: ComposeEnginesDeps,
): ServedEngines<Kind> => {
  const { architecture, costUsd, metrics, clock, log } = deps
  const keys = deps.keys?.[kind] as ReadonlyMap<string, Keyed<EngineOf<Kind>>> | undefined
  const unknown = (field: string, id: string, known: Iterable<string>) =>
    gatewayError('gateway.reference-unknown', { route: route.name, field, id, known: [...known] })
  const candidates = fallbackOrder(route).map((id): Candidate<EngineOf<Kind>> => {
    const engine = engines.get(id)
    const deployment = architecture.deployments.find((candidate) => candidate.id === id)
    if (!engine || !deployment) throw unknown('deployment', id, engines.keys())
    const { model } = deployment
    const report = {
      deployment: { id, provider: providerOf(deployment), model },
      costUsd,
      metrics,
      clock,
      log,
    }
    const attributes = attemptAttributes(deployment)
    const { keyed, policy } = deploymentPolicy(deployment, { engine, keys: keys?.get(id) }, deps)
    return {
      keyed: eachOf(keyed, ({ engine, onEnd }) => ({ engine, attributes, report: { ...report, onEnd } })),
      policy,
    }
  })
  const policy = architecture.guardrails.find(({ id }) => id === route.guardrails)
  if (route.guardrails !== undefined && !policy)
    throw unknown(
      'guardrails',
      route.guardrails,
      architecture.guardrails.map(({ id }) => id),
    )
  return {
    kind,
    route,
    candidates,
    contextLength: Math.min(...candidates.map(({ keyed }) => keyed[0].engine.contextLength)),
    policy: policy && guardModes(policy).input ? policy.id : undefined,
  }
}
