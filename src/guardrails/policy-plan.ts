// What a policy asks for at each stage, worked out once. Knows which detectors run where, not how they work.

import type { DetectorAction, GuardrailPolicy } from '../spec/index.js'
import type { Detector, Stage } from './contract.js'
import { personalData } from './detectors/personal-data.js'
import { secrets } from './detectors/secrets.js'
import { guardrailsError } from './messages.js'
import { placeholder } from './placeholder.js'
import type { SpanScanner } from './span-scanner.js'
import { createSpanScanning, type SpanAction, type SpanScanning } from './span-stream.js'

export interface StagePlan {
  /** Action of each detector that is not off, by its id. */
  readonly actions: ReadonlyMap<string, SpanAction>
  /** The span scanners; undefined when all are off. */
  readonly spans: SpanScanning | undefined
  readonly plugins: readonly Detector[]
}

/** Secrets first: a key may contain what looks like personal data, never the other way round. */
const scannersByDetector: Readonly<Record<string, readonly SpanScanner[]>> = { secrets, personalData }

const stageActions = (policy: GuardrailPolicy, stage: Stage): Readonly<Record<string, DetectorAction>> => ({
  ...policy[stage],
  ...policy.detectors,
})

const planStage = (policy: GuardrailPolicy, stage: Stage, plugins: readonly Detector[]): StagePlan => {
  const actions = new Map<string, SpanAction>()
  for (const [detector, action] of Object.entries(stageActions(policy, stage)))
    if (action !== 'off') actions.set(detector, action)
  const scanners = Object.keys(scannersByDetector).flatMap((detector) =>
    actions.has(detector) ? (scannersByDetector[detector] ?? []) : [],
  )
  const actionOf = (detector: string) => actions.get(detector) ?? 'observe'
  return {
    actions,
    spans: scanners.length > 0 ? createSpanScanning({ scanners, actionOf, placeholder }) : undefined,
    plugins: plugins.filter(({ id }) => actions.has(id)),
  }
}

/** @throws `guardrails.unknown-detector` when the policy names a detector that nothing provides */
export const planPolicy = (
  policy: GuardrailPolicy,
  plugins: readonly Detector[],
): Readonly<Record<Stage, StagePlan>> => {
  const known = plugins.map(({ id }) => id)
  for (const detector of Object.keys(policy.detectors))
    if (!known.includes(detector))
      throw guardrailsError('guardrails.unknown-detector', { policy: policy.id, detector, known })
  return {
    input: planStage(policy, 'input', plugins),
    context: planStage(policy, 'context', plugins),
    output: planStage(policy, 'output', plugins),
  }
}
