// The step facts of a search, each worked out once: engines differ in how they use them, not in what they are.

import type { Model } from '../../catalog/index.js'
import type { MemoryParts } from '../memory/memory-parts.js'
import {
  countParameters,
  type FactParts,
  type FactsOptions,
  type StepFacts,
  stepFacts,
} from './step-facts.js'

/**
 * Keeps what it works out for as long as it lives. Accelerators are told apart by name and memory.
 * @param memory whose parts are shared
 */
export const createStepFacts = (memory: MemoryParts): ((options: FactsOptions) => StepFacts | null) => {
  const known = new Map<string, StepFacts | null>()
  const counted = new Map<Model, ReturnType<typeof countParameters>>()
  const parts: FactParts = {
    memory,
    parametersOf: (model) => {
      const found = counted.get(model) ?? countParameters(model)
      counted.set(model, found)
      return found
    },
  }
  return (options) => {
    const { model, accelerator, precision, layout, attentionGroups, expertParallel, kvDtype } = options
    const key = [
      model.name,
      accelerator.name,
      accelerator.memoryGiB,
      precision,
      layout.tensorParallel,
      layout.pipelineParallel,
      attentionGroups,
      expertParallel,
      kvDtype,
    ].join(' ')
    const found = known.get(key)
    if (found !== undefined) return found
    const made = stepFacts(options, parts)
    known.set(key, made)
    return made
  }
}
