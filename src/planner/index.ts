// Floor 3, pure: from requirements to an assessment, and from there to an architecture with its reasons.

export { assess } from './assess.js'
export type { Aspect, Assessment, Conflict, Gap, Level, Priority, Risk } from './assessment.js'
export { type Design, design } from './design.js'
export { designForMachine, type MachineDesignOptions } from './design-for-machine.js'
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
export { type Summary, type SummaryRow, summarise } from './summarise.js'
export type { Share, TaskModel } from './task-model.js'
export type { Workload } from './workload.js'
