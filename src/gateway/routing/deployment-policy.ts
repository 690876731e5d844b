// How a deployment is asked: its keys, each with a breaker that hears of every attempt, its retries and its seats.

import type { Attempt } from '../../core/index.js'
import type { ChatModel, EmbeddingModel, RerankModel } from '../../llm/index.js'
import type { Deployment } from '../../spec/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { verdictOf } from './breaker-verdict.js'
import type { KeyPlace, Resilience } from './resilience.js'
import type { DeploymentPolicy } from './try-deployment.js'

/** An engine made with one key. */
export interface KeyEngine<Engine> {
  readonly engine: Engine
  readonly onEnd: (attempt: Omit<Attempt, 'deployment'>) => void
}

export interface PolicyDeps {
  readonly resilience: Resilience
  readonly metrics: Pick<Metrics, 'retried'>
}

/** The keys of a deployment: its engine made with each further one, and what all of them are called. */
export interface Keyed<Engine> {
  readonly others: readonly Engine[]
  readonly places: readonly KeyPlace[]
}

/** By deployment id; those without a key, or with nothing known of it, are not in it. */
export interface DeploymentKeys {
  readonly chat?: ReadonlyMap<string, Keyed<ChatModel>>
  readonly embedding?: ReadonlyMap<string, Keyed<EmbeddingModel>>
  readonly rerank?: ReadonlyMap<string, Keyed<RerankModel>>
}

const noKey: KeyPlace = { name: 'none', fingerprint: 'none' }

export const deploymentPolicy = <Engine>(
  deployment: Deployment,
  { engine, keys }: { readonly engine: Engine; readonly keys: Keyed<Engine> | undefined },
  { resilience, metrics }: PolicyDeps,
): {
  readonly keyed: readonly [KeyEngine<Engine>, ...KeyEngine<Engine>[]]
  readonly policy: DeploymentPolicy
} => {
  const { others, places } = keys ?? { others: [], places: [noKey] }
  const breakers = resilience.breakers(deployment, places)
  const keyEngine = (each: Engine, key: number): KeyEngine<Engine> => ({
    engine: each,
    onEnd: (attempt) => breakers[key]?.record(verdictOf(attempt)),
  })
  return {
    keyed: [keyEngine(engine, 0), ...others.map((other, i) => keyEngine(other, i + 1))],
    policy: {
      deployment: deployment.id,
      breakers,
      retry: deployment.retry,
      seats: resilience.seats(deployment),
      clock: resilience.clock,
      random: resilience.random,
      onRetry: metrics.retried,
    },
  }
}

/** `map` of a list that is not empty. */
export const eachOf = <A, B>(
  [first, ...rest]: readonly [A, ...A[]],
  map: (item: A) => B,
): readonly [B, ...B[]] => [map(first), ...rest.map(map)]
