// Floor 4: the data plane. From HTTP to a route's model and back.

export { createGateway, type Gateway, type GatewayOptions, type Patience } from './app.js'
export { withCors } from './cors.js'
export type { Readiness } from './health.js'
export { createHttpServer, type HttpHandler, type HttpTimeouts } from './http-server.js'
export { gatewayMessages } from './messages.js'
export type {
  AuditPort,
  GuardPort,
  IngestPort,
  KeyAdmin,
  KeyFinder,
  KnowledgePort,
  LedgerPort,
} from './ports.js'
export { type BackgroundRuns, createBackgroundRuns } from './responses/background-runs.js'
export { canAnswer } from './routing/can-answer.js'
export type { DeploymentKeys, Keyed } from './routing/deployment-policy.js'
export { createResilience, type KeyPlace, type Resilience } from './routing/resilience.js'
export { trackVersions, type VersionedKnowledge } from './track-versions.js'
