// A step model that remembers: sizing asks for hundreds of batches, and the time of a step is smooth in them.

import type { StepModel } from '../speed/roofline.js'

/** Each batch of the table is so much larger than the one before; between two, the line is within 0.05 % of the curve. */
const ratio = 1.1
const logRatio = Math.log(ratio)

/** The same times, worked out at a grid of batches when they are first needed, and on straight lines between. */
export const tabulate = (steps: StepModel): StepModel => ({
  ...steps,
  decodeAt: (context) => {
    const exact = steps.decodeAt(context)
    const known: (number | undefined)[] = []
    const at = (index: number): number => {
      const found = known[index]
      if (found !== undefined) return found
      const made = exact(ratio ** index)
      known[index] = made
      return made
    }
    return (batch) => {
      const position = Math.log(Math.max(1, batch)) / logRatio
      const index = Math.floor(position)
      const low = ratio ** index
      const share = (Math.max(1, batch) - low) / (low * (ratio - 1))
      return at(index) + share * (at(index + 1) - at(index))
    }
  },
})
