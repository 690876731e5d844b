// Whether every choice of an answer that has begun has also finished.

import type { ChatEvent } from '../contract.js'
import type { OutcomeBuilder } from '../outcome-builder.js'

/** @param choices how many were asked for; a server that gives fewer is believed */
export const createFinishTracker = (result: OutcomeBuilder, choices: number) => {
  const begun = new Set<number>()
  return {
    observe: (event: ChatEvent) => {
      begun.add(event.choice)
      if (event.type === 'finish') result.addFinish(event.choice, event.reason)
    },
    areAllFinished: (): boolean => {
      const finished = result.finishes()
      if (finished.size === 0) return false
      if (choices === 1) return true
      for (const choice of begun) if (!finished.has(choice)) return false
      return true
    },
  }
}
