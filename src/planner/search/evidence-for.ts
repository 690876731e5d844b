// What the times of a way rest on beside the fit: load tests of its own, and the simulation of its traffic.

import type { Message } from '../../core/index.js'
import { evidenceMessage } from './evidence-messages.js'
import type { Candidate, SimulatedService } from './report.js'

export const evidenceFor = (candidate: Candidate): readonly Message[] => [
  ...loadTestEvidence(candidate),
  ...(candidate.simulation ? simulationEvidence(candidate, candidate.simulation) : []),
]

/** None for a way that was not tested, and in reports of before there were tests. */
export const loadTestEvidence = ({ loadTests, basis }: Candidate): readonly Message[] =>
  loadTests > 0
    ? [evidenceMessage('planner.rests-on-load-tests', { tests: loadTests, plain: basis === 'calibrated' })]
    : []

const simulationEvidence = (
  { targets }: Candidate,
  { instead, replicas, requests, requestsPerSecond, times, goodput, ...simulation }: SimulatedService,
): readonly Message[] => [
  ...(times
    ? [
        evidenceMessage('planner.simulated', {
          requestsPerSecond,
          replicas,
          requests,
          ttftMs: times.ttftMs.p95,
          tpotMs: times.tpotMs.p95,
          e2eMs: times.e2eMs.p95,
          good: goodput?.share ?? null,
        }),
      ]
    : [evidenceMessage('planner.simulated-overload', { requestsPerSecond, replicas })]),
  ...(instead
    ? [
        evidenceMessage('planner.simulated-more-replicas', {
          from: instead.replicas,
          to: replicas,
          missed: instead.missed,
        }),
      ]
    : []),
  ...simulation.targets.flatMap(({ id, percentile, limit, unit, value, met }) => {
    const closedForm = targets.find((target) => target.id === id)
    return met === 'no' && closedForm
      ? [
          evidenceMessage('planner.simulated-misses', {
            target: id,
            percentile,
            limit,
            unit,
            simulated: value,
            closedForm: closedForm.estimate.value,
          }),
        ]
      : []
  }),
]
