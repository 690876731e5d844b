// Floor 3, pure: from requirements to an assessment, and from there to an architecture with its reasons.

export type { DeploymentLaunch } from './architecture/architecture-of.js'
export type { FlagValidation, LaunchSetting } from './architecture/launch-setting.js'
export { aspectNames } from './assessment/aspect-names.js'
export { assess } from './assessment/assess.js'
export type { Aspect, Assessment, Conflict, Gap, Level, Priority, Risk } from './assessment/assessment.js'
export type { Workload } from './assessment/workload.js'
export {
  type CalibratedRequest,
  calibrateRequest,
  deploymentOfRequest,
} from './calibration/calibrate-request.js'
export { type ImpossibleTest, impossibleTest } from './calibration/impossible-test.js'
export {
  type DeploymentName,
  deploymentKeyOf,
  isSameDeployment,
  type LoadTest,
} from './calibration/load-test.js'
export type { CostBreakdown, CostLine } from './cost/cost-breakdown.js'
export type { CostReport } from './cost/cost-report.js'
export { arithmeticOf } from './decision-record/arithmetic-of.js'
export { type ComparedFigure, type ComparedValue, compareDesigns } from './decision-record/compare-designs.js'
export { decisionRecord } from './decision-record/decision-record.js'
export type { DesignFacts, SumGroup } from './decision-record/design-facts.js'
export { flagVerdict } from './decision-record/flag-verdict.js'
export { paretoPlot } from './decision-record/pareto-plot.js'
export { type Design, design } from './design.js'
export { isRefusal } from './fit/fit-limits.js'
export { fitModel } from './fit/fit-model.js'
export type { FitAnswer, FitRequest } from './fit/fit-request.js'
export { modelOfSize } from './fit/model-of-size.js'
export { type CpuRates, cpuAccelerator } from './machine/cpu-accelerator.js'
export { designForMachine, type MachineDesignOptions } from './machine/design-for-machine.js'
export type {
  EngineHint,
  FoundAccelerator,
  FoundEngine,
  MachineDesign,
  MachineFacts,
  Prediction,
} from './machine/machine.js'
export { localRows } from './machine/row-ids.js'
export type { Share, TaskModel } from './machine/task-model.js'
export { type CardLookup, findCard } from './memory/engine-card.js'
export { plannerMessages } from './messages.js'
export { predictionsOf } from './predictions-of.js'
export { requirementsHash } from './requirements-hash.js'
export { type Objectives, objectiveNames } from './search/objectives.js'
export { objectivesOf, tightestTarget } from './search/pareto-front.js'
export type {
  Candidate,
  DesignReport,
  Estimate,
  QualityEstimate,
  Relaxation,
  Replicas,
  TargetEstimate,
  Violation,
} from './search/report.js'
export { type CandidateRisk, type RiskFactor, riskOf } from './search/risk-of.js'
export { type ShownSimulation, simulationsOf } from './search/simulated-verdict.js'
export { mostRows, type Summary, type SummaryRow, summarise } from './search/summarise.js'
export { whyNot } from './search/why-not.js'
export {
  fitLocalRates,
  type LocalRates,
  predictLocalSpeed,
} from './speed/local-engine.js'
export type { BrokenReason, BrokenSummary } from './traffic/broken.js'
export { type Comparison, compareTraffic, planningPeak } from './traffic/compare-traffic.js'
export { metricsFormat, trafficFormats } from './traffic/formats.js'
export { sniffLength, sniffText, type TextKind } from './traffic/sniff-text.js'
export type { MeasuredShare, ModelUse, PeakRate, Spread, Traffic } from './traffic/traffic.js'
export { createTrafficReader, type TrafficReader } from './traffic/traffic-reader.js'
export { type Scrape, trafficOfScrapes } from './traffic/vllm-metrics.js'
export { type PlannerValidation, validatePlanner } from './validation/validate-planner.js'
