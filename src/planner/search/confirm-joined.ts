// Ways that join two, simulated: the replicas of a base with what they take of the peak, and the models of a cascade
// that run on replicas, each with the requests that it gets. The times of an API are its own.

import { placesInRegion } from './base-places.js'
import type { Evaluated } from './candidates.js'
import type { DesignContext } from './design-context.js'
import type { Candidate, Escalation, Overflow, SimulatedService } from './report.js'
import { simulateService } from './simulate-service.js'
import { doubted, isHeld } from './simulated-verdict.js'

/** Where the base misses a target, each replica gets so many times less, and the API the difference. */
const factors = [1.25, 1.5, 2]

/** @returns the same with its simulation; with less for each replica where that is what meets the targets */
export const confirmOverflow = (
  original: Evaluated,
  routing: Overflow,
  context: DesignContext,
): Evaluated | null => {
  const { candidate, again } = original
  const first = simulateBase(original, { candidate, routing }, context)
  if (!first || !again || isHeld(first))
    return first && { ...original, candidate: { ...candidate, simulation: first } }
  const instead = {
    replicas: first.replicas,
    missed: first.targets.filter(({ met }) => met === 'no').map(({ id }) => id),
    concurrency: placesOf(routing, context),
  }
  for (const replicaFactor of factors) {
    const lighter = (changed: DesignContext) => again({ ...changed, replicaFactor })
    const found = lighter(context)
    if (found.routing?.kind !== 'overflow') continue
    const simulation = simulateBase(original, { candidate: found, routing: found.routing }, context)
    if (simulation && isHeld(simulation))
      return { ...original, candidate: { ...found, simulation: { ...simulation, instead } }, again: lighter }
  }
  return { ...original, candidate: doubted({ ...candidate, simulation: first }, [first]) }
}

const simulateBase = (
  { option }: Evaluated,
  { candidate, routing }: { readonly candidate: Candidate; readonly routing: Overflow },
  context: DesignContext,
): SimulatedService | null =>
  option &&
  simulateService(option, candidate, context, {
    api: routing.api.id,
    concurrency: placesOf(routing, context),
    expectedShare: routing.peakApiShare,
  })

/** Of one region. */
const placesOf = ({ concurrency }: Overflow, { requirements }: DesignContext): number =>
  placesInRegion(concurrency, requirements.availability.regions)

/** @returns null when both models are APIs */
export const confirmCascade = (original: Evaluated, routing: Escalation): Evaluated | null => {
  const { candidate, option, cascade } = original
  if (!cascade) return null
  const { first, firstContext, lastContext } = cascade
  const small = first && simulateService(first, routing.first, firstContext)
  const main = option && lastContext && simulateService(option, candidate, lastContext)
  if (!small && !main) return null
  const simulated: Candidate = {
    ...candidate,
    ...(main ? { simulation: main } : {}),
    ...(small ? { routing: { ...routing, first: { ...routing.first, simulation: small } } } : {}),
  }
  return { ...original, candidate: doubted(simulated, [small, main]) }
}
