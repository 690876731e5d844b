// Which ideas together are an instruction attack, and how much each combination weighs: near certain 0.8 and
// more, likely 0.5, a hint 0.2. Independent hints add up as 1 - (1 - a)(1 - b)...; thresholds stand in
// injection.ts. Distances are in words, within one sentence unless said otherwise.

import type { InjectionConcept } from './injection-concepts.js'

export type InjectionFamily =
  | 'instruction-override'
  | 'prompt-extraction'
  | 'jailbreak-persona'
  | 'privilege-claim'
  | 'encoded-instruction'
  | 'data-exfiltration'
  | 'delimiter-forgery'
  | 'hidden-text'
  | 'embedded-instruction'

export interface InjectionRule {
  readonly id: string
  readonly family: InjectionFamily
  readonly weight: number
  /** `context`: only in text that is retrieved, remembered or returned by a tool. */
  readonly only?: 'context'
  /** The ideas, in any order. */
  readonly ideas: readonly InjectionConcept[]
  /** Most words between neighbours; the whole text when absent. */
  readonly within?: number
  /** Whether they must come in the order given. */
  readonly ordered?: boolean
  /** How many different phrases of the first idea there must be. Default 1. */
  readonly different?: number
  /** How many sentences the ideas may span. Default 1. */
  readonly sentences?: number
}

const override: readonly InjectionRule[] = [
  { id: 'ignore-prior-rules', weight: 0.85, ideas: ['ignore', 'prior', 'rules'], within: 3, ordered: true },
  { id: 'prior-rules-ignored', weight: 0.75, ideas: ['prior', 'rules', 'ignore'], within: 3, ordered: true },
  { id: 'ignore-rules-before', weight: 0.75, ideas: ['ignore', 'rules', 'prior'], within: 3, ordered: true },
  { id: 'ignore-what-was-said', weight: 0.8, ideas: ['ignore', 'received'], within: 4, ordered: true },
  {
    id: 'ignore-prior-talk',
    weight: 0.5,
    ideas: ['ignore', 'prior', 'saidBefore'],
    within: 2,
    ordered: true,
  },
  { id: 'ignore-rules', weight: 0.4, ideas: ['ignore', 'rules'], within: 2, ordered: true },
  { id: 'rules-void', weight: 0.6, ideas: ['rules', 'void'], within: 3, ordered: true },
  { id: 'ignore-then-order', weight: 0.5, ideas: ['ignore', 'prior', 'must'], within: 4, ordered: true },
].map((rule) => ({ ...rule, family: 'instruction-override' as const })) as readonly InjectionRule[]

const extraction: readonly InjectionRule[] = [
  { id: 'reveal-system-prompt', weight: 0.8, ideas: ['reveal', 'systemPrompt'], within: 5, ordered: true },
  { id: 'system-prompt-revealed', weight: 0.7, ideas: ['systemPrompt', 'reveal'], within: 5, ordered: true },
  { id: 'reveal-text-above', weight: 0.75, ideas: ['reveal', 'textAbove'], within: 5, ordered: true },
  { id: 'text-above-revealed', weight: 0.75, ideas: ['textAbove', 'reveal'], within: 8, ordered: true },
].map((rule) => ({ ...rule, family: 'prompt-extraction' as const })) as readonly InjectionRule[]

const persona: readonly InjectionRule[] = [
  { id: 'persona-unbound', weight: 0.5, ideas: ['persona', 'unbound'] },
  { id: 'persona-unbound-near', weight: 0.4, ideas: ['persona', 'unbound'], within: 12, sentences: 2 },
  { id: 'persona-unbound-word', weight: 0.3, ideas: ['persona', 'unboundWord'], within: 12 },
  { id: 'persona-no-refusal', weight: 0.4, ideas: ['persona', 'noRefusal'] },
  { id: 'persona-jailbreak-name', weight: 0.5, ideas: ['persona', 'jailbreakName'] },
  { id: 'persona-from-now', weight: 0.25, ideas: ['fromNow', 'persona'], within: 8 },
  { id: 'many-unbound', weight: 0.5, ideas: ['unbound'], different: 3 },
  { id: 'many-unbound-words', weight: 0.35, ideas: ['unboundWord'], different: 3 },
  { id: 'unbound-words-more', weight: 0.25, ideas: ['unboundWord'], different: 5 },
  { id: 'unbound-ethics', weight: 0.35, ideas: ['unbound', 'ethics'], within: 6 },
  { id: 'no-refusal-twice', weight: 0.4, ideas: ['noRefusal'], different: 2 },
  { id: 'no-refusal-unbound', weight: 0.35, ideas: ['noRefusal', 'unbound'] },
  { id: 'no-refusal-unbound-word', weight: 0.3, ideas: ['noRefusal', 'unboundWord'] },
  { id: 'stay-in-role', weight: 0.25, ideas: ['stayInRole', 'persona'] },
  { id: 'stay-in-role-unbound', weight: 0.3, ideas: ['stayInRole', 'unboundWord'] },
  { id: 'assistant-unbound', weight: 0.4, ideas: ['assistantName', 'unbound'], within: 10 },
  { id: 'assistant-jailbreak', weight: 0.4, ideas: ['assistantName', 'jailbreakName'] },
  { id: 'assistant-two-answers', weight: 0.45, ideas: ['twoAnswers', 'fromNow'] },
  { id: 'two-answers-unbound', weight: 0.5, ideas: ['twoAnswers', 'unboundWord'] },
  { id: 'two-answers', weight: 0.35, ideas: ['twoAnswers'], different: 2 },
  { id: 'from-now-unbound', weight: 0.4, ideas: ['fromNow', 'unbound'] },
  { id: 'from-now-assistant', weight: 0.2, ideas: ['fromNow', 'assistantName'] },
].map((rule) => ({ ...rule, family: 'jailbreak-persona' as const })) as readonly InjectionRule[]

const privilege: readonly InjectionRule[] = [
  { id: 'mode-enabled', weight: 0.5, ideas: ['enabled', 'mode'], within: 2 },
  { id: 'mode-persona', weight: 0.4, ideas: ['mode', 'persona'] },
  { id: 'mode-unbound', weight: 0.4, ideas: ['mode', 'unbound'] },
  { id: 'lift-limits', weight: 0.45, ideas: ['lift', 'limits'], within: 2, ordered: true },
  { id: 'authority-lift', weight: 0.55, ideas: ['authority', 'lift'], sentences: 2, within: 12 },
  { id: 'authority-system-prompt', weight: 0.5, ideas: ['authority', 'systemPrompt'] },
  { id: 'authority-limits', weight: 0.5, ideas: ['authority', 'limits'], sentences: 2, within: 12 },
  { id: 'authority-loot', weight: 0.45, ideas: ['authority', 'loot'] },
  { id: 'authority-must', weight: 0.3, ideas: ['authority', 'must'], sentences: 2, within: 10 },
  { id: 'persona-loot', weight: 0.45, ideas: ['persona', 'unbound', 'loot'] },
].map((rule) => ({ ...rule, family: 'privilege-claim' as const })) as readonly InjectionRule[]

const encoded: readonly InjectionRule[] = [
  { id: 'decode-and-execute', weight: 0.7, ideas: ['decode', 'execute'], within: 6 },
].map((rule) => ({ ...rule, family: 'encoded-instruction' as const })) as readonly InjectionRule[]

const exfiltration: readonly InjectionRule[] = [
  { id: 'send-loot', weight: 0.35, ideas: ['send', 'loot'], within: 5, ordered: true },
  { id: 'send-loot-address', only: 'context', weight: 0.35, ideas: ['send', 'loot'], within: 8 },
].map((rule) => ({ ...rule, family: 'data-exfiltration' as const })) as readonly InjectionRule[]

const embedded: readonly InjectionRule[] = [
  { id: 'assistant-addressed', weight: 0.5, ideas: ['toAssistant', 'must'], within: 8 },
  { id: 'assistant-addressed-modify', weight: 0.5, ideas: ['toAssistant', 'modify'], within: 8 },
  {
    id: 'assistant-addressed-conceal',
    weight: 0.6,
    ideas: ['toAssistant', 'conceal'],
    within: 12,
    sentences: 2,
  },
  { id: 'conceal-from-user', weight: 0.5, ideas: ['conceal', 'must'], within: 8 },
  { id: 'shape-your-answer', weight: 0.55, ideas: ['modify', 'yourAnswer'], within: 7 },
  { id: 'make-a-work', weight: 0.5, ideas: ['produce', 'workProduct'], within: 6, ordered: true },
].map((rule) => ({
  ...rule,
  only: 'context' as const,
  family: 'embedded-instruction' as const,
})) as readonly InjectionRule[]

export const injectionRules: readonly InjectionRule[] = [
  ...override,
  ...extraction,
  ...persona,
  ...privilege,
  ...encoded,
  ...exfiltration,
  ...embedded,
]
