// Floor 3, pure: from requirements to an assessment, and from there to an architecture with its reasons.

export { assess } from './assess.js'
export type { Aspect, Assessment, Conflict, Gap, Level, Priority, Risk } from './assessment.js'
export { type Design, design } from './design.js'
export { designForMachine, type MachineDesignOptions } from './design-for-machine.js'
export {
  fitLocalRates,
  type LocalRates,
  type LocalSample,
  predictLocalSpeed,
} from './local-engine.js'
export type {
  EngineHint,
  FoundAccelerator,
  FoundEngine,
  MachineDesign,
  MachineFacts,
  Prediction,
} from './machine.js'
export { plannerMessages } from './messages.js'
export { predictionsOf } from './predictions-of.js'
export type {
  Candidate,
  DesignReport,
  Estimate,
  QualityEstimate,
  Relaxation,
  Replicas,
  TargetEstimate,
  Violation,
} from './report.js'
export { requirementsHash } from './requirements-hash.js'
export { localRows } from './row-ids.js'
export { type Summary, type SummaryRow, summarise } from './summarise.js'
export type { Share, TaskModel } from './task-model.js'
export type { BrokenReason, BrokenSummary } from './traffic/broken.js'
export { type Comparison, compareTraffic, planningPeak } from './traffic/compare-traffic.js'
export { metricsFormat, trafficFormats } from './traffic/formats.js'
export { sniffLength, sniffText, type TextKind } from './traffic/sniff-text.js'
export type { MeasuredShare, ModelUse, PeakRate, Spread, Traffic } from './traffic/traffic.js'
export { createTrafficReader, type TrafficReader } from './traffic/traffic-reader.js'
export { type Scrape, trafficOfScrapes } from './traffic/vllm-metrics.js'
export type { Workload } from './workload.js'
