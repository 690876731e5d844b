// A step model that remembers: sizing asks for hundreds of batches, and the time of a step is smooth in them.

import type { StepModel, StepTimes } from '../speed/roofline.js'

/** Each batch of the table is so much larger than the one before; between two, the line is within 0.05 % of the curve. */
const ratio = 1.1
const logRatio = Math.log(ratio)
/** The batches of the table, up to 10^12: raising to a power for each question took some hundredths of a search. */
const batches = Array.from({ length: 300 }, (_, index) => ratio ** index)
const batchAt = (index: number): number => batches[index] ?? ratio ** index

/** The same times, worked out at a grid of batches when they are first needed, and on straight lines between. */
export const tabulate = (steps: StepModel): StepModel => ({
  ...steps,
  decodeAt: (context) => {
    const exact = steps.decodeAt(context)
    const known: (number | undefined)[] = []
    const at = (index: number): number => {
      const found = known[index]
      if (found !== undefined) return found
      const made = exact(batchAt(index))
      known[index] = made
      return made
    }
    return (batch) => {
      const position = Math.log(Math.max(1, batch)) / logRatio
      const index = Math.floor(position)
      const low = batchAt(index)
      const share = (Math.max(1, batch) - low) / (low * (ratio - 1))
      return at(index) + share * (at(index + 1) - at(index))
    }
  },
})

/** Contexts that a simulation asks for differ by a token at a time: half of this is nothing to a step. */
const contextRatio = 1.01
const logContextRatio = Math.log(contextRatio)

/** The same times at a grid of contexts, each remembered: within 0.5 % of the context that is asked for. */
export const snapContexts = <Steps extends StepTimes>(steps: Steps): Steps => {
  const known = new Map<number, (batch: number) => number>()
  return {
    ...steps,
    decodeAt: (context) => {
      const index = Math.round(Math.log(Math.max(1, context)) / logContextRatio)
      const found = known.get(index)
      if (found) return found
      const made = steps.decodeAt(contextRatio ** index)
      known.set(index, made)
      return made
    },
  }
}
