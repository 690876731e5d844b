// The ways that may answer a request, each with what it promises alone: of replicas below an API both, else one.

import type { Candidate, Estimate, TargetEstimate } from '../search/report.js'

/** Whose a figure is: that of replicas below an API, of the API by its name, or of the only way there is. */
export type Whose = 'replicas' | { readonly api: string } | null

export interface AnsweringWay extends Pick<Candidate, 'latency' | 'targets' | 'basis'> {
  readonly whose: Whose
}

export const answeringWays = ({ routing, latency, targets, basis }: Candidate): readonly AnsweringWay[] => {
  if (routing?.kind !== 'overflow') return [{ whose: null, latency, targets, basis }]
  const { base, api } = routing
  return [
    { whose: 'replicas', ...base },
    { whose: { api: api.id }, latency: api.latency, targets: api.targets, basis: api.basis },
  ]
}

export interface WhoseTarget extends TargetEstimate {
  readonly whose: Whose
  readonly basis: Candidate['basis']
  /** The worse of two, which the candidate is judged by; true where there is one. */
  readonly counts: boolean
}

/** Every target of a candidate by each way that may meet it. */
export const targetsByWay = (candidate: Candidate): readonly WhoseTarget[] => {
  const ways = answeringWays(candidate)
  return candidate.targets.flatMap((judged) =>
    ways.flatMap(({ whose, targets, basis }) =>
      targets
        .filter(({ id }) => id === judged.id)
        .map((target) => ({ ...target, whose, basis, counts: isSame(target.estimate, judged.estimate) })),
    ),
  )
}

const isSame = (a: Estimate, b: Estimate) => a.value === b.value && a.low === b.low && a.high === b.high
