// From requirements to an architecture: every candidate judged, the cheapest that meets everything chosen, and the
// reason each other one was rejected.

import type { Catalogue } from '../catalog/index.js'
import type { Architecture, Requirements } from '../spec/index.js'
import { architectureOf, type DeploymentLaunch } from './architecture/architecture-of.js'
import type { Assessment } from './assessment/assessment.js'
import type { TaskModel } from './machine/task-model.js'
import { requirementsHash } from './requirements-hash.js'
import { evaluateAll } from './search/candidates.js'
import { createContext, type DesignContext } from './search/design-context.js'
import { assumptionsOf, breakEven, reasonsFor } from './search/explain.js'
import { findRelaxations } from './search/relaxations.js'
import type { Candidate, DesignReport } from './search/report.js'
import { fittedCoefficients } from './speed/coefficients.js'

export interface Design {
  readonly report: DesignReport
  /** Null when nothing meets the requirements; the report then says what would have to change. */
  readonly architecture: Architecture | null
  /** Of each engine that the architecture starts, every setting with its reason. */
  readonly launches: readonly DeploymentLaunch[]
}

/**
 * Chooses a model, an engine, accelerators, a precision and a number of replicas, or a hosted API, by cost under the
 * requirements. Pure, and deterministic for one catalogue.
 * @param options.assessment what `assess` said of the same requirements; its conflicts are not asked again
 */
export const design = ({
  requirements,
  catalogue,
  taskModels = [],
}: {
  readonly requirements: Requirements
  readonly assessment: Assessment
  readonly catalogue: Catalogue
  /** Models that were trained for the tasks of the requirements. */
  readonly taskModels?: readonly TaskModel[]
}): Design => {
  const context = createContext(requirements, catalogue, fittedCoefficients)
  const evaluated = evaluateAll(context)
  const candidates = sortCandidates(
    evaluated.map(({ candidate }) => candidate),
    context,
  )
  const [first] = candidates
  const chosen = first && first.violations.length === 0 ? first : null
  const relaxations = chosen ? [] : findRelaxations(evaluated, context)
  const report: DesignReport = {
    requirementsHash: requirementsHash(requirements),
    pricesAsOf: catalogue.asOf,
    candidates,
    chosen,
    reasons: reasonsFor({ candidates, chosen, relaxations, context }),
    relaxations,
    breakEvenRequestsPerSecond: breakEven(candidates, chosen, context)?.requestsPerSecond ?? null,
    assumptions: assumptionsOf(context),
  }
  const { contextTokens } = context
  const designed =
    chosen && architectureOf({ candidate: chosen, requirements, taskModels, catalogue, contextTokens })
  return { report, architecture: designed?.architecture ?? null, launches: designed?.launches ?? [] }
}

/** Costs within 2 % of each other count as equal; quality decides then, and after it how sure and how small. */
const costClass = ({ costPerMonthUsd }: Candidate) =>
  costPerMonthUsd === null
    ? Number.POSITIVE_INFINITY
    : Math.round(Math.log(Math.max(costPerMonthUsd, 1)) / Math.log(1.02))

const bases: readonly Candidate['basis'][] = ['measured', 'published', 'similar', 'assumed']
/** Where nothing else decides: the engines with the most measurements and the liveliest development first. */
const engines: readonly Candidate['engine'][] = [null, 'vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp']

/**
 * Those that meet everything by cost, weights that can be downloaded before those that have to be made first; the
 * others by how many requirements they miss, then by cost.
 */
const sortCandidates = (
  candidates: readonly Candidate[],
  { qualityRank }: DesignContext,
): readonly Candidate[] =>
  candidates
    .map((candidate) => ({
      candidate,
      key: [
        candidate.violations.filter(({ relaxable }) => !relaxable).length,
        candidate.violations.length,
        candidate.build === 'to-make' ? 1 : 0,
        costClass(candidate),
        -qualityRank(candidate.quality),
        candidate.targets.filter(({ met }) => met !== 'likely').length,
        bases.indexOf(candidate.basis),
        candidate.accelerators,
        candidate.layout?.pipelineParallel ?? 1,
        engines.indexOf(candidate.engine),
        candidate.costPerMonthUsd ?? 0,
      ],
    }))
    .sort((a, b) => compare(a.key, b.key) || (a.candidate.id < b.candidate.id ? -1 : 1))
    .map(({ candidate }) => candidate)

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1
}
