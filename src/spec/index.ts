// Floor 2: the two files a user writes, as schemas and types.

export {
  type Architecture,
  architectureSchema,
  type Deployment,
  type DeploymentKind,
  type DetectorAction,
  dialectSchema,
  type GuardrailPolicy,
  type KnowledgeBase,
  type PromptDefinition,
  type Quirks,
  quirksSchema,
  type Route,
  type Strategy,
  type TokenPrice,
} from './architecture.js'
export { type ContextReading, readContextAnswer } from './context-answer.js'
export { deploymentsOf, firstChatRoute, kindOfRoute } from './deployments-of.js'
export { draftRequirements, type RequirementsDraft } from './draft-requirements.js'
export { specMessages } from './messages.js'
export { formatArchitecture, parseArchitecture } from './parse-architecture.js'
export { parseRequirements } from './parse-requirements.js'
export { isWithin } from './places.js'
export { type Preset, presets, type UseCaseKind } from './presets.js'
export type { Problem } from './problem.js'
export {
  type Lengths,
  type QualityTarget,
  qualityMetrics,
  type Requirements,
  requirementsSchema,
  type SpeedTarget,
  speedMetrics,
  useCaseKinds,
} from './requirements.js'
export { drainCapOf } from './resilience.js'
export { setRequirement } from './set-requirement.js'
export { yamlErrorInChinese } from './yaml-texts.js'
