// What the times of a way rest on beside the fit: load tests of its own, and the simulation of its traffic.

import type { Message } from '../../core/index.js'
import { evidenceMessage } from './evidence-messages.js'
import type { Candidate, SimulatedService } from './report.js'
import { type ShownSimulation, simulationsOf } from './simulated-verdict.js'

export const evidenceFor = (candidate: Candidate): readonly Message[] => [
  ...loadTestEvidence(candidate),
  ...simulationEvidence(candidate),
]

/** None for a way that was not tested, and in reports of before there were tests. */
export const loadTestEvidence = ({ loadTests, basis }: Candidate): readonly Message[] =>
  loadTests > 0
    ? [evidenceMessage('planner.rests-on-load-tests', { tests: loadTests, plain: basis === 'calibrated' })]
    : []

const simulationEvidence = (candidate: Candidate): readonly Message[] => {
  const shown = simulationsOf(candidate)
  return shown.flatMap((each) => [
    ...(each.of === 'first' || each.of === 'main'
      ? [evidenceMessage('planner.simulated-part', { part: each.of, model: each.model })]
      : []),
    ...evidenceOf(each),
    ...missesOf(each),
  ])
}

const evidenceOf = ({ of, simulation }: ShownSimulation): readonly Message[] => {
  const { replicas, requests, requestsPerSecond, times, goodput, overflow } = simulation
  return [
    times
      ? evidenceMessage('planner.simulated', {
          requestsPerSecond,
          replicas,
          requests,
          ttftMs: times.ttftMs.p95,
          tpotMs: times.tpotMs.p95,
          e2eMs: times.e2eMs.p95,
          good: goodput?.share ?? null,
        })
      : evidenceMessage('planner.simulated-overload', {
          requestsPerSecond,
          replicas,
          triedTwice: of !== 'base',
        }),
    ...(overflow ? [evidenceMessage('planner.simulated-overflow', { ...overflow, requestsPerSecond })] : []),
    ...insteadOf(simulation),
  ]
}

const insteadOf = ({ instead, replicas, overflow }: SimulatedService): readonly Message[] => {
  if (!instead) return []
  const { missed, concurrency } = instead
  return overflow && concurrency !== undefined
    ? [
        evidenceMessage('planner.simulated-lighter-base', {
          from: { replicas: instead.replicas, concurrency },
          to: { replicas, concurrency: overflow.concurrency },
          missed,
        }),
      ]
    : [evidenceMessage('planner.simulated-more-replicas', { from: instead.replicas, to: replicas, missed })]
}

const missesOf = ({ of, simulation, closedForm }: ShownSimulation): readonly Message[] =>
  simulation.targets.flatMap(({ id, percentile, limit, unit, value, met }) => {
    const expected = closedForm.find((target) => target.id === id)
    return met === 'no' && expected
      ? [
          evidenceMessage('planner.simulated-misses', {
            target: id,
            percentile,
            limit,
            unit,
            simulated: value,
            closedForm: expected.estimate.value,
            triedTwice: of !== 'base',
          }),
        ]
      : []
  })
