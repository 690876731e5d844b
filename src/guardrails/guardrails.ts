// The guardrails of a system: its policies, each applied at the stages of a request. Synchronous and pure: the
// same text under the same policy gives the same verdict.

import type { GuardrailPolicy } from '../spec/index.js'
import type { Action, Check, Detector, Finding, Stage, Verdict } from './contract.js'
import { findInjection } from './detectors/injection.js'
import { injectionPhrases } from './detectors/injection-evidence.js'
import { createViews } from './folded-views.js'
import { guardrailsError } from './messages.js'
import { placeholder } from './placeholder.js'
import { pluginFindings } from './plugin-findings.js'
import { planPolicy, type StagePlan } from './policy-plan.js'
import { replaceSpans } from './replace-spans.js'
import { createStreamGuard, type StreamGuard } from './stream-guard.js'

export interface Guardrails {
  /**
   * Checks a whole text. Never throws for any text.
   * @throws `guardrails.unknown-policy`
   */
  check(check: Check): Verdict
  /**
   * Checks an answer while it is written: what `push` and `flush` return together is what `check` at the stage
   * `output` would return as its text, wherever the text is cut.
   * @throws `guardrails.unknown-policy`
   */
  createStreamGuard(options: { readonly policy: string }): StreamGuard
}

const strictest = (actions: readonly Action[]): Action =>
  actions.includes('block') ? 'block' : actions.includes('redact') ? 'redact' : 'allow'

const actionFor = (plan: StagePlan, finding: Finding): Action => {
  const action = plan.actions.get(finding.detector)
  return finding.severity === 'low' || action === undefined || action === 'observe' ? 'allow' : action
}

/** What a text becomes under a plan, given everything that was found in it. */
export const decide = (plan: StagePlan, text: string, found: readonly Finding[]): Verdict => {
  if (found.length === 0) return { action: 'allow', text, findings: found }
  const findings = [...found].sort((a, b) => a.start - b.start || a.end - b.end)
  const action = strictest(findings.map((finding) => actionFor(plan, finding)))
  if (action === 'block') return { action, text: '', findings }
  const redacted = findings.filter((finding) => actionFor(plan, finding) === 'redact')
  const replacements = redacted.map(({ start, end, kind }) => ({ start, end, by: placeholder(kind) }))
  return { action, text: replaceSpans(text, replacements), findings }
}

const allPluginFindings = (plan: StagePlan, text: string): readonly Finding[] => {
  if (plan.plugins.length === 0) return []
  const views = createViews(text)
  return plan.plugins.flatMap((detector) => pluginFindings(detector, views))
}

const checkWith = (plan: StagePlan, { stage, source, text }: Check): Verdict => {
  const isTrusted = source === 'system' || source === 'developer'
  const injection = plan.actions.has('injection') && !isTrusted ? findInjection({ text, stage, source }) : []
  return decide(plan, text, [
    ...(plan.spans?.find(text) ?? []),
    ...injection,
    ...allPluginFindings(plan, text),
  ])
}

const refuseDuplicates = (what: 'policy' | 'detector', ids: readonly string[]) => {
  const id = ids.find((candidate, i) => ids.indexOf(candidate) !== i)
  if (id !== undefined) throw guardrailsError('guardrails.duplicate-id', { what, id })
}

/**
 * @param options.policies as architecture.yaml defines them
 * @param options.detectors of plug-ins; a policy switches them on by their id
 * @throws `guardrails.unknown-detector`, `guardrails.duplicate-id`
 * @example
 * const guardrails = createGuardrails({ policies: architecture.guardrails })
 * guardrails.check({ policy: 'default', stage: 'input', source: 'user', text: 'mail me: a@b.tw' }).text
 * // 'mail me: [EMAIL]'
 */
export const createGuardrails = (options: {
  readonly policies: readonly GuardrailPolicy[]
  readonly detectors?: readonly Detector[]
}): Guardrails => {
  const { policies, detectors = [] } = options
  refuseDuplicates(
    'policy',
    policies.map(({ id }) => id),
  )
  refuseDuplicates('detector', ['personalData', 'secrets', 'injection', ...detectors.map(({ id }) => id)])
  const plans = new Map(policies.map((policy) => [policy.id, planPolicy(policy, detectors)]))
  // Now rather than at the first request, which would wait for it.
  if (policies.length > 0) injectionPhrases()
  const planOf = (policy: string, stage: Stage): StagePlan => {
    const plan = plans.get(policy)
    if (!plan) throw guardrailsError('guardrails.unknown-policy', { policy, known: [...plans.keys()] })
    return plan[stage]
  }
  return {
    check: (check) => checkWith(planOf(check.policy, check.stage), check),
    createStreamGuard: ({ policy }) => {
      const plan = planOf(policy, 'output')
      return createStreamGuard({ plan, decide: (text, found) => decide(plan, text, found) })
    },
  }
}
