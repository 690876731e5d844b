// The parts of an architecture that follow from the requirements alone, the same in production and on this machine.

import type { GuardrailPolicy, KnowledgeBase, Requirements } from '../../spec/index.js'

/** Guards as `safety` asks for them. Retrieved text is cleaned, never a reason to refuse the user. */
export const guardrailsFor = ({ safety }: Requirements): GuardrailPolicy => {
  const action = (asked: 'allow' | 'redact' | 'block') => (asked === 'allow' ? 'off' : asked)
  return {
    id: 'default',
    version: '1',
    input: {
      personalData: action(safety.personalData),
      secrets: action(safety.secrets),
      injection: action(safety.promptInjection),
    },
    context: {
      injection: safety.promptInjection === 'allow' ? 'off' : 'redact',
      secrets: safety.secrets === 'allow' ? 'off' : 'redact',
    },
    // An answer that would leak is cleaned even where a question of the kind is refused.
    output: {
      personalData: safety.personalData === 'allow' ? 'off' : 'redact',
      secrets: safety.secrets === 'allow' ? 'off' : 'redact',
    },
    detectors: {},
  }
}

/** The knowledge base of the use case, named after its folder. */
export const knowledgeFor = ({ useCase }: Requirements): KnowledgeBase | undefined => {
  if (!useCase.knowledge) return undefined
  const { source } = useCase.knowledge
  return {
    id: idOf(source),
    source,
    access: ['public'],
    tenant: 'default',
    chunkTokens: 256,
    topK: 6,
  }
}

/** An identifier from a folder or a model's name: `./handbook/` is `handbook`. */
export const idOf = (name: string): string => {
  const last = name.replace(/\/+$/, '').replace(/^.*\//, '')
  return last.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^[^a-zA-Z0-9]+/, '') || 'default'
}

/** The exact cache of a route, where enough questions repeat word for word to be worth it. */
export const cacheFor = ({ scale }: Requirements): { ttlSeconds: number; maxEntries: number } | undefined =>
  scale.repeatedShare > 0 ? { ttlSeconds: 3600, maxEntries: 10_000 } : undefined

/** Requests a minute that one key may make: half as many again as the whole peak, so that only runaways meet it. */
export const requestsPerMinuteFor = ({ scale }: Requirements): number =>
  Math.ceil(scale.peakRequestsPerSecond * 60 * 1.5)
