// The ideas that instruction attacks are made of. A lexicon says how each is worded in a language; a rule says
// which of them together are an attack. None of them is one alone.

export const injectionConcepts = [
  /** To pay no heed: ignore, forget, override. */
  'ignore',
  /** What came before: previous, above, all, so far. */
  'prior',
  /** What binds the assistant: instructions, rules, prompt. */
  'rules',
  /** What was merely said or set before: conversation, tasks, input. */
  'saidBefore',
  /** "you have been told", "you were given". */
  'received',
  /** Orders that take their place: your new instructions, your real task. */
  'newOrders',
  /** What to do in place of it: instead say, instead output. */
  'insteadDo',
  /** That something no longer holds. */
  'void',
  /** To make visible: reveal, repeat, translate, encode. */
  'reveal',
  /** The hidden text by name: system prompt, developer message. */
  'systemPrompt',
  /** The hidden text by place: everything above, the first text before this conversation. */
  'textAbove',
  /** The assistant's own secret: your password, your secret key. */
  'ownSecret',
  /** A new role: act as, pretend to be, you are now. */
  'persona',
  /** A character made up for the purpose: an AI named, a chatbot, roleplay. */
  'aiCharacter',
  /** From this moment: from now on, for the rest of this conversation. */
  'fromNow',
  /** Names that jailbreaks gave their role: DAN, STAN. */
  'jailbreakName',
  /** "do anything now", "without any restrictions", "never refuses": freedom from limits, put as such. */
  'unbound',
  /** One-word forms of the same: unfiltered, uncensored, amoral. */
  'unboundWord',
  /** What the limits are about: ethics, legality, policies of the maker. */
  'ethics',
  /** "no warnings", "without disclaimers", "never say you cannot". */
  'noRefusal',
  /** A privileged mode: developer mode, god mode. */
  'mode',
  /** Its being switched on. */
  'enabled',
  /** To take limits away: disable, remove, unlock, bypass. */
  'lift',
  /** The limits as such: filters, restrictions, safety. */
  'limits',
  /** A claim to authority: I am your developer, security officer. */
  'authority',
  /** Assistants and their makers by name. */
  'assistantName',
  /** Staying in the role, and what happens when it is left. */
  'stayInRole',
  /** Two answers to everything, one of them without limits. */
  'twoAnswers',
  'decode',
  /** To carry out: execute, follow, obey, do it. */
  'execute',
  /** The assistant addressed inside a document. */
  'toAssistant',
  /** The answer being written: "in your response". */
  'yourAnswer',
  /** To change the answer: add, include, replace. */
  'modify',
  /** What an assistant is asked to make: a poem, a translation. */
  'workProduct',
  /** To make it: write, compose, translate. */
  'produce',
  /** An order to the assistant: you must, you will, only. */
  'must',
  /** Not to mention, not to tell the user. */
  'conceal',
  /** To send somewhere: send to, append to the link, fetch. */
  'send',
  /** What is worth stealing: conversation, keys, personal data. */
  'loot',
  /** Other people's data: other customers, home address. */
  'othersData',
  /** What carries data out: an image, a link. */
  'carrier',
  /** Talking about attacks rather than making one: OWASP, explain, what does it mean. */
  'about',
] as const

export type InjectionConcept = (typeof injectionConcepts)[number]

/** Phrases by concept; `*` lets the last word go on. */
export type InjectionLexicon = Readonly<Partial<Record<InjectionConcept, readonly string[]>>>
