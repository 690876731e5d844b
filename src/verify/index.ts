// Floor 4: measures a running system against its requirements, over HTTP only.

export type { BenchMetric } from './bench-metric.js'
export { type ArchitecturePatch, patchArchitecture } from './drills/patch-architecture.js'
export type { ProviderOptions } from './drills/provider-options.js'
export { type ProviderServer, startProvider } from './drills/provider-server.js'
export { type Evidence, readEvidence, replaceFigures, writeEvidence } from './evidence.js'
export type { BenchSystem } from './gateway-bench/bench-system.js'
export { createBilledAnswers, failingModel } from './gateway-bench/billed-answers.js'
export { startDispatchProxy } from './gateway-bench/dispatch-proxy.js'
export { createInvoice, type InvoiceLine, type InvoicePrice } from './gateway-bench/invoice.js'
export { type GatewayBench, measureGateway } from './gateway-bench/measure-gateway.js'
export type { GuardedStreams } from './gateway-bench/measure-guards.js'
export { type BenchServer, startMockUpstream } from './gateway-bench/mock-upstream.js'
export { type BenchLoadResult, type BenchOrder, runBenchLoad } from './gateway-bench/raw-load.js'
export type { BenchTarget } from './gateway-bench/raw-request.js'
export { runSoak, type SoakOrder, type SoakResult } from './gateway-bench/run-soak.js'
export { soakRoutes } from './gateway-bench/soak-requests.js'
export { cutTokens, type TokenStreams } from './gateway-bench/token-streams.js'
export { type LoadProfile, parseLoadProfile } from './load/load-profile.js'
export type { LoadRecord, LoadResult } from './load/load-record.js'
export { type LoadOptions, type LoadOrder, type LoadProgress, runLoad } from './load/run-load.js'
export { verifyMessages } from './messages.js'
export type { ProvingInstance, ProvingOrder, VerificationPorts, WorkerProcess } from './ports.js'
export { type PredictedFigure, writePredictions } from './predictions.js'
export { renderNotes, renderScorecard, type ScorecardTable } from './render-scorecard.js'
export type { RetrievalDataset } from './retrieval/dataset.js'
export { readDataset } from './retrieval/read-dataset.js'
export { type Found, scoreArms, scoreFusion, searchArms } from './retrieval/score-arms.js'
export { describeRows, isHereId } from './row-titles.js'
export { runVerification } from './run-verification.js'
export { type Scorecard, type ScorecardRow, scorecardSchema, type Verdict } from './scorecard.js'
export { suitePath } from './suites/find-suite.js'
export {
  type VerificationArea,
  type VerificationOptions,
  type VerificationProgress,
  verificationAreas,
} from './verification-options.js'
