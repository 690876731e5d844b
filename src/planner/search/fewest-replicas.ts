// How many replicas a simulation asks for, where those of the closed form miss a target. Knows no price.

import type { SimulatedService } from './report.js'
import { isHeld } from './simulated-verdict.js'

/**
 * By halving between the closed form's number and twice as many.
 * @param first the simulation of the closed form's number, which misses a target
 * @returns with what the closed form would have had; null when not even twice as many meet every target
 */
export const fewestReplicas = (
  first: SimulatedService,
  at: (replicas: number) => SimulatedService | null,
): SimulatedService | null => {
  const held = (replicas: number) => {
    const found = at(replicas)
    return found && isHeld(found) ? found : null
  }
  let best = held(2 * first.replicas)
  if (!best) return null
  let low = first.replicas
  while (best.replicas - low > 1) {
    const middle = Math.floor((low + best.replicas) / 2)
    const found = held(middle)
    if (found) best = found
    else low = middle
  }
  const missed = first.targets.filter(({ met }) => met === 'no').map(({ id }) => id)
  return { ...best, instead: { replicas: first.replicas, missed } }
}
