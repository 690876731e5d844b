// Stop strings: holds back what may be the beginning of one, and ends the answer before it. Knows no model.

import { createHeldSpeech, type Speech, startOfPartialMark } from './speech.js'

export interface StopFilter {
  /** @returns what can be said now, and whether the answer ends with it */
  push(speech: Speech): { readonly said: Speech; readonly isStopped: boolean }
  /** The answer ended by itself: what was held back is said. */
  rest(): Speech
}

export const createStopFilter = (stops: readonly string[]): StopFilter => {
  const marks = stops.filter((stop) => stop !== '')
  const held = createHeldSpeech()
  return {
    push: (speech) => {
      held.add(speech)
      const text = held.text()
      const found = marks.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
      if (found.length > 0) return { said: held.take(Math.min(...found)), isStopped: true }
      return { said: held.take(startOfPartialMark(text, marks)), isStopped: false }
    },
    rest: () => held.take(held.text().length),
  }
}
