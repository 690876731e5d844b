// How many steps an answer takes when each step may keep several guessed tokens.

import type { Random } from '../../core/random.js'
import type { Speculation } from './scheduler.js'

/** @param tokens whole, at least 0 @returns steps; as many as tokens without speculation */
export type StepsFor = (tokens: number) => number

/** Every guess is kept with the same probability, independently, until the first that is not. */
export const createStepsFor = (speculation: Speculation | undefined, random: Random): StepsFor => {
  if (!speculation) return (tokens) => tokens
  const { draftTokens, acceptance } = speculation
  const kept = () => {
    let count = 0
    while (count < draftTokens && random.next() < acceptance) count++
    return count
  }
  return (tokens) => {
    let steps = 0
    for (let written = 0; written < tokens; steps++) written += 1 + kept()
    return steps
  }
}
