// From requirements to an architecture: every candidate judged, the cheapest that meets everything chosen, and the
// reason each other one was rejected.

import type { Catalogue } from '../catalog/index.js'
import type { Architecture, Requirements } from '../spec/index.js'
import { architectureOf, type DeploymentLaunch } from './architecture/architecture-of.js'
import type { Assessment } from './assessment/assessment.js'
import { costOfDesign } from './cost-of-design.js'
import type { TaskModel } from './machine/task-model.js'
import { requirementsHash } from './requirements-hash.js'
import { evaluateAll } from './search/candidates.js'
import { confirmBySimulation } from './search/confirm-by-simulation.js'
import { createContext } from './search/design-context.js'
import { assumptionsOf, reasonsFor } from './search/explain.js'
import { loadTestUse } from './search/load-test-use.js'
import { createLoadTests, type TestedDeployment } from './search/load-tests.js'
import { nearestWay } from './search/nearest-way.js'
import { paretoFront } from './search/pareto-front.js'
import { rankCandidates } from './search/rank-candidates.js'
import { findRelaxations } from './search/relaxations.js'
import type { DesignReport } from './search/report.js'
import { routedCandidates } from './search/routed-candidates.js'
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
  tested = [],
}: {
  readonly requirements: Requirements
  readonly assessment: Assessment
  readonly catalogue: Catalogue
  /** Models that were trained for the tasks of the requirements. */
  readonly taskModels?: readonly TaskModel[]
  /** Load tests of the operator's own. */
  readonly tested?: readonly TestedDeployment[]
}): Design => {
  const context = createContext(requirements, catalogue, {
    fitted: fittedCoefficients,
    loadTestsOf: createLoadTests(tested),
  })
  const alone = evaluateAll(context)
  const all = [...alone, ...routedCandidates(alone, context)]
  const ranked = rankCandidates(all.map(({ candidate }) => candidate))
  const evaluated = confirmBySimulation(all, ranked, context)
  const candidates = evaluated === all ? ranked : rankCandidates(evaluated.map(({ candidate }) => candidate))
  const [first] = candidates
  const chosen = first && first.violations.length === 0 ? first : null
  const nearest = chosen ? null : nearestWay(candidates, context)
  const relaxations = chosen ? [] : findRelaxations(evaluated, context)
  const cost = costOfDesign({ chosen, candidates, evaluated, context })
  const report: DesignReport = {
    requirementsHash: requirementsHash(requirements),
    pricesAsOf: catalogue.asOf,
    candidates,
    chosen,
    nearest,
    front: paretoFront(candidates),
    reasons: reasonsFor({ candidates, chosen, nearest, relaxations, context, cost }),
    relaxations,
    cost,
    breakEvenRequestsPerSecond: cost?.breakEven?.requestsPerSecondPeak ?? null,
    assumptions: [...assumptionsOf(context), ...loadTestUse(tested, candidates)],
  }
  const { contextTokens } = context
  const designed =
    chosen && architectureOf({ candidate: chosen, requirements, taskModels, catalogue, contextTokens })
  return { report, architecture: designed?.architecture ?? null, launches: designed?.launches ?? [] }
}
