// Ways that join two, simulated: the replicas of a base with what they take of the peak, and the models of a cascade
// that run on replicas, each with the requests that it gets. The times of an API are its own.

import { placesInRegion } from './base-places.js'
import type { Evaluated } from './candidates.js'
import type { DesignContext } from './design-context.js'
import { fewestReplicas } from './fewest-replicas.js'
import type { Candidate, Escalation, Overflow, SimulatedService } from './report.js'
import type { ServingOption } from './serving-option.js'
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

/**
 * Each model on its own: of those that run on replicas, one that misses a target gets the replicas that meet it.
 * @returns null when both models are APIs
 */
export const confirmCascade = (original: Evaluated, routing: Escalation): Evaluated | null => {
  const { candidate, option, cascade } = original
  if (!cascade) return null
  const small = simulatePart(cascade.first, routing.first, cascade.firstContext)
  const main = cascade.lastContext && simulatePart(option, candidate, cascade.lastContext)
  if (!small && !main) return null
  const planned = withSimulations(original, { small: small?.planned, main: main?.planned })
  const factors = { first: factorOf(small), last: factorOf(main) }
  if (factors.first === null || factors.last === null) return planned
  if (factors.first === 1 && factors.last === 1) return planned
  const larger = cascade.withReplicas({ first: factors.first, last: factors.last })
  return larger ? withSimulations(larger, { small: small?.enough, main: main?.enough }) : planned
}

/** A model of a cascade: with the closed form's replicas, and with those that meet every target. */
interface SimulatedPart {
  readonly planned: SimulatedService
  readonly enough: SimulatedService | null
}

const simulatePart = (
  option: ServingOption | null,
  candidate: Candidate,
  context: DesignContext,
): SimulatedPart | null => {
  const { replicas } = candidate
  if (!option || !replicas) return null
  const at = (serving: number) =>
    simulateService(option, { ...candidate, replicas: { ...replicas, serving } }, context)
  const planned = at(replicas.serving)
  return planned && { planned, enough: isHeld(planned) ? planned : fewestReplicas(planned, at) }
}

/** By how many times the replicas have to be more; null where not even twice as many are enough. */
const factorOf = (part: SimulatedPart | null): number | null => {
  if (part === null) return 1
  return part.enough && part.enough.replicas / part.planned.replicas
}

/** A target that a simulation misses is possible, no more. */
const withSimulations = (
  evaluated: Evaluated,
  { small, main }: Readonly<Record<'small' | 'main', SimulatedService | null | undefined>>,
): Evaluated => {
  const { candidate } = evaluated
  const { routing } = candidate
  if (routing?.kind !== 'cascade') return evaluated
  const simulated: Candidate = {
    ...candidate,
    ...(main ? { simulation: main } : {}),
    ...(small ? { routing: { ...routing, first: { ...routing.first, simulation: small } } } : {}),
  }
  return { ...evaluated, candidate: doubted(simulated, [small ?? null, main ?? null]) }
}
