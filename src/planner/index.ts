// Floor 3, pure: from requirements to an assessment, and from there to an architecture with its reasons.

export { assess } from './assess.js'
export type { Aspect, Assessment, Conflict, Gap, Level, Priority, Risk } from './assessment.js'
export { type Design, design } from './design.js'
export { plannerMessages } from './messages.js'
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
export type { Workload } from './workload.js'
