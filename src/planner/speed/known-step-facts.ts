// The step facts of a search, each worked out once: engines differ in how they use them, not in what they are.

import { type FactsOptions, type StepFacts, stepFacts } from './step-facts.js'

/** Keeps what it works out for as long as it lives. Accelerators are told apart by name and memory. */
export const createStepFacts = (): ((options: FactsOptions) => StepFacts | null) => {
  const known = new Map<string, StepFacts | null>()
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
    const made = stepFacts(options)
    known.set(key, made)
    return made
  }
}
