// The lexicons of all languages as one.

import { type InjectionConcept, type InjectionLexicon, injectionConcepts } from './injection-concepts.js'
import { chineseInjectionLexicon } from './injection-lexicon-chinese.js'
import { englishInjectionLexicon } from './injection-lexicon-english.js'
import { otherInjectionLexicon } from './injection-lexicon-others.js'

const lexicons: readonly InjectionLexicon[] = [
  englishInjectionLexicon,
  chineseInjectionLexicon,
  otherInjectionLexicon,
]

export const injectionLexicon = Object.fromEntries(
  injectionConcepts.map((concept) => [concept, lexicons.flatMap((lexicon) => lexicon[concept] ?? [])]),
) as unknown as Readonly<Record<InjectionConcept, readonly string[]>>
