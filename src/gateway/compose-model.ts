// The table of contents of the data plane: what happens to a request of one route, outermost first. A stage that
// is off is not composed, so that it costs nothing.

import type { Clock, Log, Usage } from '../core/index.js'
import type { Counters } from '../ledger/index.js'
import { type ChatModel, llmError, type Watchdog } from '../llm/index.js'
import { type Architecture, type Deployment, drainCapOf, type Route } from '../spec/index.js'
import type { Metrics, Tracer } from '../telemetry/index.js'
import { createAnswerCache } from './answer-cache.js'
import { type Stage, withOpen } from './call.js'
import { guardModes } from './guard-modes.js'
import type { InFlight } from './in-flight.js'
import { gatewayError } from './messages.js'
import type { AuditPort, GuardPort, KnowledgePort } from './ports.js'
import { createCascadeModel } from './routing/cascade-model.js'
import { createDeploymentModel } from './routing/deployment-model.js'
import { type DeploymentKeys, deploymentPolicy, eachOf } from './routing/deployment-policy.js'
import type { Resilience } from './routing/resilience.js'
import { createStrategyModel } from './routing/strategy-model.js'
import { taskStepsOf } from './routing/task-steps.js'
import { withAttemptSpan } from './stages/with-attempt-span.js'
import { withAudit } from './stages/with-audit.js'
import { withCache } from './stages/with-cache.js'
import { withCitations } from './stages/with-citations.js'
import { withContentSpan } from './stages/with-content-span.js'
import { withContextGuard } from './stages/with-context-guard.js'
import { withDrain } from './stages/with-drain.js'
import { withInputGuard } from './stages/with-input-guard.js'
import { withLedger } from './stages/with-ledger.js'
import { withLimits } from './stages/with-limits.js'
import { withOutputGuard } from './stages/with-output-guard.js'
import { withOutputObserver } from './stages/with-output-observer.js'
import { withPrompt } from './stages/with-prompt.js'
import { withRetrieval } from './stages/with-retrieval.js'
import { type StageSpan, withStageSpan } from './stages/with-stage-span.js'
import { providerOf } from './traced.js'

export interface ComposeDeps {
  readonly architecture: Architecture
  /** The engines by deployment id. */
  readonly models: ReadonlyMap<string, ChatModel>
  readonly counters: Counters
  readonly resilience: Resilience
  readonly keys?: DeploymentKeys | undefined
  /** For routes that read on when a client has left. */
  readonly lingering: InFlight['lingering']
  readonly watchdog: Watchdog
  readonly guardrails: GuardPort
  readonly knowledge?: KnowledgePort | undefined
  /** US dollars of a usage of a deployment; null when no price is known. */
  readonly costUsd: (deployment: string, usage: Usage) => number | null
  readonly audit?: AuditPort | undefined
  readonly metrics: Metrics
  readonly tracer?: Tracer | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Bytes of answers that the cache of one route may hold. */
const cacheBytesPerRoute = 64 * 1024 * 1024

/**
 * The model that answers a route.
 * @throws gateway.strategy-not-supported, gateway.reference-unknown: the architecture cannot be built
 */
export const composeModel = (route: Route, deps: ComposeDeps): ChatModel => {
  const { audit, counters, guardrails: guard, metrics, log } = deps
  const parts = resolve(route, deps)
  const modes = parts.policy && guardModes(parts.policy)
  const guarded = { guard, policy: parts.policy?.id ?? '', metrics }
  const { knowledge } = parts
  const { tracer } = deps
  const spanned = (told: StageSpan, stage: Stage) => (tracer ? withStageSpan(told, stage) : stage)
  const before: Stages = [
    route.onDisconnect === 'drain' && withDrain({ ...deps, cap: drainCapOf(route) }),
    audit && withAudit(audit),
    withLimits(counters),
    modes?.input && spanned(guardSpan('input', guarded.policy), withInputGuard(guarded)),
    tracer?.capturesContent && withContentSpan,
    route.cache && withCache(cacheOf(route.cache, parts, deps)),
  ]
  const lookedUp: Stages = [
    knowledge && spanned(retrievalSpan(knowledge.knowledge.id), withRetrieval({ ...knowledge, log })),
    knowledge && modes?.context && spanned(guardSpan('context', guarded.policy), withContextGuard(guarded)),
    parts.prompt && withPrompt(parts.prompt),
  ]
  const said: Stages = [
    modes?.output === 'edit' && withOutputGuard(guarded),
    modes?.output === 'observe' && withOutputObserver(guarded),
  ]
  const cited: Stages = [knowledge && withCitations(log)]
  const { engine, tasks } = parts
  const answered = through(
    [...lookedUp, ...said, ...cited],
    createStrategyModel(tasks?.rest ?? route.strategy, { route: route.name, engine, metrics }),
  )
  if (!tasks) return through(before, answered)
  const steps = tasks.steps.map((id) => through(said, engine(id)))
  const { escalateBelow } = tasks
  return through(
    before,
    createCascadeModel({ name: route.name, steps, last: answered, escalateBelow, metrics }),
  )
}

const guardSpan = (stage: 'input' | 'context', policy: string): StageSpan => ({
  name: `guard ${stage}`,
  attributes: { 'llm_architect.guardrails': policy },
  when: 'slow',
})

const retrievalSpan = (knowledge: string): StageSpan => ({
  name: `retrieval ${knowledge}`,
  attributes: { 'gen_ai.operation.name': 'retrieval', 'gen_ai.data_source.id': knowledge },
  when: 'always',
})

type Stages = readonly (Stage | false | undefined)[]

const through = (stages: Stages, model: ChatModel): ChatModel =>
  stages.reduceRight<ChatModel>((inner, stage) => (stage ? stage(inner) : inner), model)

type Parts = ReturnType<typeof resolve>

/** Everything a route names, found once, when the system is built. */
const resolve = (route: Route, deps: ComposeDeps) => {
  const { architecture } = deps
  const find = <T>(field: string, id: string | undefined, all: ReadonlyMap<string, T>): T | undefined => {
    if (id === undefined) return undefined
    const found = all.get(id)
    if (found === undefined)
      throw gatewayError('gateway.reference-unknown', {
        route: route.name,
        field,
        id,
        known: [...all.keys()],
      })
    return found
  }
  const byId = <T extends { readonly id: string }>(items: readonly T[]) =>
    new Map(items.map((item) => [item.id, item]))
  const deployments = byId(architecture.deployments)
  const engine = (id: string): ChatModel => {
    const deployment = find('deployment', id, deployments) as Deployment
    return attempted(deployment, find('deployment', id, deps.models) as ChatModel, deps)
  }
  const isTask = (id: string) => find('deployment', id, deployments)?.task !== undefined
  const knowledge = find('knowledge', route.knowledge, byId(architecture.knowledge))
  return {
    engine,
    tasks: taskStepsOf(route.strategy, isTask),
    knowledge: knowledge && { knowledge, search: requireSearch(deps.knowledge, knowledge.id) },
    prompt: find('prompt', route.prompt, byId(architecture.prompts)),
    policy: find('guardrails', route.guardrails, byId(architecture.guardrails)),
  }
}

const requireSearch = (search: KnowledgePort | undefined, knowledge: string): KnowledgePort => {
  if (search) return search
  throw gatewayError('gateway.knowledge-unavailable', { knowledge })
}

/** A raw text would be lost on an engine that takes it for a chat. */
const chatOnly = (engine: ChatModel): ChatModel =>
  engine.completes
    ? engine
    : withOpen(engine, async (request, call) => {
        if (request.dialect !== 'openai-completions') return engine.open(request, call)
        throw llmError('llm.not-capable', {
          deployment: engine.id,
          field: 'prompt',
          capability: 'raw-texts',
        })
      })

/** The innermost steps: retries, then for each attempt the ledger and the engine. */
const attempted = (deployment: Deployment, engine: ChatModel, deps: ComposeDeps): ChatModel => {
  const { id, model } = deployment
  const { costUsd, metrics, clock, log } = deps
  const report = { deployment: { id, provider: providerOf(deployment), model }, costUsd, metrics, clock, log }
  const told = deps.tracer && withAttemptSpan(deployment)
  const { keyed, policy } = deploymentPolicy(deployment, { engine, keys: deps.keys?.chat?.get(id) }, deps)
  return createDeploymentModel(
    eachOf(keyed, (key) =>
      through([withLedger({ ...report, onEnd: key.onEnd }), told], chatOnly(key.engine)),
    ),
    policy,
  )
}

const cacheOf = (cache: NonNullable<Route['cache']>, { policy, knowledge }: Parts, deps: ComposeDeps) => ({
  cache: createAnswerCache({
    ttlMs: cache.ttlSeconds * 1000,
    maxEntries: cache.maxEntries,
    maxBytes: cacheBytesPerRoute,
    clock: deps.clock,
  }),
  knowledgeVersion: () => (knowledge ? knowledge.search.version(knowledge.knowledge.id) : ''),
  policyVersion: policy ? `${policy.id}@${policy.version}` : '',
  metrics: deps.metrics,
})
