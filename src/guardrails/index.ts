// Floor 3: text in, verdict out. Personal data, secrets and instruction attacks, in whole texts and in streams.

export type { Action, Check, Detector, Finding, Severity, Stage, Verdict, Views } from './contract.js'
export { createGuardrails, type Guardrails } from './guardrails.js'
export { guardrailsError, guardrailsMessages } from './messages.js'
export type { StreamGuard } from './stream-guard.js'
