// Grammars that were parsed lately, by their text: requests of one application bring the same schemas again and again.

import type { Llama, LlamaGrammar } from 'node-llama-cpp'
import { llmError } from '../messages.js'

export interface GrammarShelf {
  /** @throws `llm.schema-not-supported` when llama.cpp does not take it */
  get(grammar: string): Promise<LlamaGrammar>
}

const maxKept = 32

export const createGrammarShelf = (llama: Pick<Llama, 'createGrammar'>): GrammarShelf => {
  const kept = new Map<string, LlamaGrammar>()
  return {
    get: async (grammar) => {
      const known = kept.get(grammar)
      const parsed = known ?? (await parse(llama, grammar))
      // The one that was used last stands last.
      kept.delete(grammar)
      kept.set(grammar, parsed)
      const [oldest] = kept.keys()
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
      return parsed
    },
  }
}

const parse = (llama: Pick<Llama, 'createGrammar'>, grammar: string) =>
  llama.createGrammar({ grammar }).catch((cause: Error) => {
    throw llmError('llm.schema-not-supported', { what: cause.message }, { cause })
  })
