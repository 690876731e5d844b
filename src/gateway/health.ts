// GET /health, for load balancers and people: whether the process lives and whether it takes work. And GET
// /metrics. Neither shows a secret or an address.

import { type Log, toArchitectError } from '../core/index.js'
import type { Architecture } from '../spec/index.js'
import type { Metrics } from '../telemetry/index.js'
import type { Exchange, Handler } from './exchange.js'
import type { AuditPort, KnowledgePort, LedgerPort } from './ports.js'
import { canAnswer } from './routing/can-answer.js'
import type { Resilience } from './routing/resilience.js'
import { send, sendJson } from './send.js'

export interface HealthDeps {
  readonly architecture: Architecture
  readonly architectureHash: string
  readonly ledger: Pick<LedgerPort, 'health'>
  readonly audit?: AuditPort | undefined
  readonly knowledge: KnowledgePort | undefined
  /** Of deployments whose engines run on this machine: `ready`, `starting` or `down`. */
  readonly engineStates: (() => ReadonlyMap<string, string>) | undefined
  readonly resilience: Pick<Resilience, 'states'>
  readonly isDraining: () => boolean
  readonly log: Log
}

/** Each part is `ok`, or says what is wrong with it in a word. */
export interface Readiness {
  readonly isReady: boolean
  readonly checks: Readonly<Record<string, string>>
}

const statusTimeoutMs = 2_000

/** Looks at every part that answers need. Never throws. */
export const checkReadiness = async (deps: HealthDeps): Promise<Readiness> => {
  const ledger = deps.ledger.health()
  const checks: Record<string, string> = {
    gateway: deps.isDraining() ? 'draining' : 'ok',
    ledger: ledger.writable ? 'ok' : 'not-writable',
    store: ledger.storeFailure === null ? 'ok' : 'away',
  }
  const audit = deps.audit?.health?.()
  if (audit) checks.audit = audit.writable ? 'ok' : 'not-writable'
  const used = deps.architecture.knowledge.filter(({ id }) =>
    deps.architecture.routes.some(({ knowledge }) => knowledge === id),
  )
  for (const { id } of used) checks[`knowledge:${id}`] = await stateOf(deps, id)
  const engines = deps.engineStates?.() ?? new Map<string, string>()
  for (const [id, state] of engines) checks[`engine:${id}`] = state === 'ready' ? 'ok' : state
  for (const [id, state] of brokenOf(deps)) checks[`breaker:${id}`] = state
  const isUp = (id: string) => (engines.get(id) ?? 'ready') === 'ready'
  const isAnswerable = deps.architecture.routes.every(({ strategy }) => canAnswer(strategy, isUp))
  // What the audit log cannot write waits and is counted: no answer depends on it.
  // Without the store the journal keeps rows and known keys stay in force: requests are still answered.
  // An engine that is away makes its route fall back: only a route without any is unavailable.
  // What a breaker leaves alone is tried again by the requests that come: without them it would never heal.
  const isSpared = (name: string) => /^(store|audit|engine:.*|breaker:.*)$/.test(name)
  const isWell = Object.entries(checks).every(([name, state]) => state === 'ok' || isSpared(name))
  return { isReady: isWell && isAnswerable, checks }
}

/** `degraded` takes work all the same. */
const statusOf = ({ isReady, checks }: Readiness) => {
  if (!isReady) return 'unavailable'
  return Object.values(checks).every((state) => state === 'ok') ? 'ok' : 'degraded'
}

/** Deployments none of whose keys may be used now, each with the reason of the first. */
const brokenOf = ({ architecture, resilience }: HealthDeps): [id: string, reason: string][] =>
  resilience
    .states()
    .filter(({ deployment }) => architecture.deployments.some(({ id }) => id === deployment))
    .flatMap(({ deployment, keys }) => {
      const [first] = keys
      const isOpen = first && keys.every(({ state }) => state === 'open')
      return isOpen ? [[deployment, first.reason ?? 'open']] : []
    })

const stateOf = async ({ knowledge, log }: HealthDeps, id: string): Promise<string> => {
  if (!knowledge) return 'absent'
  try {
    const status = await Promise.race([knowledge.status(id), timeout()])
    if (!status) return 'slow'
    return status.exists ? 'ok' : 'empty'
  } catch (cause) {
    log.warn({ err: toArchitectError(cause), knowledge: id }, 'a knowledge base does not answer')
    return 'away'
  }
}

const timeout = () =>
  new Promise<undefined>((resolve) => setTimeout(resolve, statusTimeoutMs, undefined).unref())

/** 200 when work is taken, 503 when not; `?live` asks only whether the process answers. */
export const createHealth =
  (deps: HealthDeps): Handler =>
  async (exchange: Exchange) => {
    if (new URLSearchParams(exchange.search).has('live')) return sendJson(exchange, { status: 'ok' })
    const { isReady, checks } = await checkReadiness(deps)
    const { architecture, architectureHash } = deps
    sendJson(
      exchange,
      {
        status: statusOf({ isReady, checks }),
        name: architecture.name,
        architecture: architectureHash,
        routes: architecture.routes.map(({ name }) => name),
        checks,
      },
      isReady ? 200 : 503,
    )
  }

export const createReadMetrics =
  (metrics: Metrics): Handler =>
  async (exchange) => {
    const { text, contentType } = await metrics.read()
    send(exchange, { status: 200, body: text, contentType })
  }
