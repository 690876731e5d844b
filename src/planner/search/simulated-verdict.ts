// What simulations say of the targets of a way. Runs none.

import type { Candidate, SimulatedService, TargetEstimate } from './report.js'

/** The closed form meets every target of what is confirmed. */
export const isHeld = ({ times, targets }: SimulatedService): boolean =>
  times !== null && targets.every(({ met }) => met !== 'no')

/** A target that only one of the two predictions meets is possible, no more. */
export const doubted = (
  candidate: Candidate,
  simulations: readonly (SimulatedService | null)[],
): Candidate => {
  const missed = new Set(
    simulations
      .flatMap((simulation) => simulation?.targets ?? [])
      .flatMap(({ id, met }) => (met === 'no' ? [id] : [])),
  )
  return {
    ...candidate,
    targets: candidate.targets.map((target) =>
      missed.has(target.id) && target.met === 'likely' ? { ...target, met: 'possible' } : target,
    ),
  }
}

/** A simulation of a way, and what the closed form says of the replicas that it is of. */
export interface ShownSimulation {
  readonly of: 'all' | 'base' | 'first' | 'main'
  readonly simulation: SimulatedService
  readonly closedForm: readonly TargetEstimate[]
  /** Whose replicas. */
  readonly model: string
}

/** Of a cascade the small model first; none where nothing was simulated. */
export const simulationsOf = (candidate: Candidate): readonly ShownSimulation[] => {
  const { routing, simulation, targets, model } = candidate
  if (routing?.kind === 'cascade') {
    const { first, lastTargets } = routing
    return [
      ...(first.simulation
        ? [
            {
              of: 'first' as const,
              simulation: first.simulation,
              closedForm: first.targets,
              model: first.model,
            },
          ]
        : []),
      ...(simulation ? [{ of: 'main' as const, simulation, closedForm: lastTargets, model }] : []),
    ]
  }
  if (!simulation) return []
  return routing
    ? [{ of: 'base', simulation, closedForm: routing.base.targets, model }]
    : [{ of: 'all', simulation, closedForm: targets, model }]
}
