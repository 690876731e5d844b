// Which ideas together are an instruction attack, and how much each combination weighs: near certain 0.75 and
// more, likely 0.5, a hint 0.2 to 0.4. Hints add up as 1 - (1 - a)(1 - b)...; what they must reach stands in
// injection.ts. Distances are in words.

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
  readonly family: InjectionFamily
  readonly weight: number
  /** `document`: only in text that is retrieved, remembered or returned by a tool; `user`: only in what a user typed. */
  readonly only?: 'document' | 'user'
  readonly ideas: readonly InjectionConcept[]
  /** Most words between neighbours; anywhere in the text when absent. */
  readonly within?: number
  /** Whether the ideas must come in the order given. */
  readonly ordered?: boolean
  /** How many sentences they may span when `within` is given. Default 1. */
  readonly sentences?: number
  /** Whether the first idea must begin a sentence, as an order does. */
  readonly imperative?: boolean
  /** How many different phrases of the one idea there must be. */
  readonly different?: number
}

const family = (
  name: InjectionFamily,
  rules: readonly Omit<InjectionRule, 'family'>[],
): readonly InjectionRule[] => rules.map((rule) => ({ ...rule, family: name }))

const inOrder = (weight: number, within: number, ...ideas: readonly InjectionConcept[]) => ({
  weight,
  within,
  ideas,
  ordered: true,
})
const near = (weight: number, within: number, ...ideas: readonly InjectionConcept[]) => ({
  weight,
  within,
  ideas,
})
const anywhere = (weight: number, ...ideas: readonly InjectionConcept[]) => ({ weight, ideas })
const several = (weight: number, different: number, idea: InjectionConcept) => ({
  weight,
  different,
  ideas: [idea],
})
const acrossTwoSentences = { sentences: 2 }
const inDocuments = { only: 'document' as const }
const fromUsers = { only: 'user' as const }

export const injectionRules: readonly InjectionRule[] = [
  ...family('instruction-override', [
    inOrder(0.85, 3, 'ignore', 'prior', 'rules'),
    inOrder(0.75, 3, 'prior', 'rules', 'ignore'),
    inOrder(0.75, 3, 'ignore', 'rules', 'prior'),
    inOrder(0.8, 7, 'ignore', 'received'),
    inOrder(0.7, 1, 'received', 'ignore'),
    inOrder(0.5, 2, 'ignore', 'prior', 'saidBefore'),
    inOrder(0.4, 2, 'ignore', 'rules'),
    inOrder(0.6, 3, 'rules', 'void'),
    inOrder(0.6, 7, 'received', 'void'),
    anywhere(0.45, 'newOrders'),
    { ...near(0.4, 12, 'newOrders', 'ignore'), ...acrossTwoSentences },
    inOrder(0.5, 7, 'ignore', 'insteadDo'),
    inOrder(0.5, 4, 'ignore', 'prior', 'must'),
  ]),
  ...family('prompt-extraction', [
    inOrder(0.8, 7, 'reveal', 'systemPrompt'),
    inOrder(0.7, 5, 'systemPrompt', 'reveal'),
    inOrder(0.75, 5, 'reveal', 'textAbove'),
    inOrder(0.75, 8, 'textAbove', 'reveal'),
    inOrder(0.45, 4, 'reveal', 'ownSecret'),
  ]),
  ...family('jailbreak-persona', [
    anywhere(0.5, 'persona', 'unbound'),
    { ...near(0.4, 12, 'persona', 'unbound'), ...acrossTwoSentences },
    near(0.3, 12, 'persona', 'unboundWord'),
    anywhere(0.4, 'persona', 'noRefusal'),
    { ...near(0.4, 12, 'aiCharacter', 'unbound'), ...acrossTwoSentences },
    anywhere(0.3, 'aiCharacter', 'unbound'),
    near(0.3, 12, 'aiCharacter', 'unboundWord'),
    anywhere(0.35, 'aiCharacter', 'noRefusal'),
    anywhere(0.35, 'aiCharacter', 'jailbreakName'),
    anywhere(0.2, 'stayInRole', 'aiCharacter'),
    anywhere(0.5, 'persona', 'jailbreakName'),
    near(0.25, 8, 'fromNow', 'persona'),
    several(0.5, 3, 'unbound'),
    several(0.35, 3, 'unboundWord'),
    several(0.25, 5, 'unboundWord'),
    near(0.35, 6, 'unbound', 'ethics'),
    several(0.4, 2, 'noRefusal'),
    anywhere(0.35, 'noRefusal', 'unbound'),
    anywhere(0.3, 'noRefusal', 'unboundWord'),
    anywhere(0.25, 'stayInRole', 'persona'),
    anywhere(0.3, 'stayInRole', 'unboundWord'),
    near(0.4, 10, 'assistantName', 'unbound'),
    anywhere(0.4, 'assistantName', 'jailbreakName'),
    anywhere(0.45, 'twoAnswers', 'fromNow'),
    anywhere(0.5, 'twoAnswers', 'unboundWord'),
    several(0.35, 2, 'twoAnswers'),
    anywhere(0.4, 'fromNow', 'unbound'),
    anywhere(0.2, 'fromNow', 'assistantName'),
  ]),
  ...family('privilege-claim', [
    near(0.5, 2, 'enabled', 'mode'),
    anywhere(0.4, 'mode', 'persona'),
    anywhere(0.4, 'mode', 'unbound'),
    inOrder(0.45, 2, 'lift', 'limits'),
    { ...near(0.55, 12, 'authority', 'lift'), ...acrossTwoSentences },
    anywhere(0.5, 'authority', 'systemPrompt'),
    { ...near(0.5, 12, 'authority', 'limits'), ...acrossTwoSentences },
    anywhere(0.45, 'authority', 'loot'),
    anywhere(0.35, 'authority', 'ownSecret'),
    { ...near(0.3, 10, 'authority', 'must'), ...acrossTwoSentences },
    anywhere(0.45, 'persona', 'unbound', 'loot'),
  ]),
  ...family('encoded-instruction', [near(0.7, 6, 'decode', 'execute')]),
  ...family('data-exfiltration', [
    inOrder(0.35, 5, 'send', 'loot'),
    near(0.35, 5, 'reveal', 'loot'),
    { ...near(0.4, 10, 'carrier', 'loot'), ...acrossTwoSentences },
    near(0.35, 8, 'reveal', 'othersData'),
    { ...inOrder(0.35, 8, 'conceal', 'send'), ...acrossTwoSentences },
  ]),
  ...family('embedded-instruction', [
    { ...near(0.5, 8, 'toAssistant', 'must'), ...inDocuments },
    near(0.4, 8, 'toAssistant', 'ignore'),
    { ...near(0.35, 8, 'toAssistant', 'modify'), ...inDocuments },
    { ...near(0.6, 12, 'toAssistant', 'conceal'), ...acrossTwoSentences, ...inDocuments },
    { ...near(0.5, 8, 'conceal', 'must'), ...inDocuments },
    { ...near(0.55, 7, 'modify', 'yourAnswer'), ...inDocuments },
    { ...inOrder(0.5, 6, 'produce', 'workProduct'), ...inDocuments, imperative: true },
    { ...near(0.45, 12, 'toAssistant', 'conceal'), ...acrossTwoSentences, ...fromUsers },
    { ...near(0.35, 12, 'toAssistant', 'modify', 'conceal'), ...acrossTwoSentences, ...fromUsers },
  ]),
]
