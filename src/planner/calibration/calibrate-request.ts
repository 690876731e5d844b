// What load tests change for a deployment as `design fit` describes it: each tested load before and after, the factors,
// and which test to make next. Pure.

import type { FitRequest } from '../fit/fit-request.js'
import { stepsOf } from '../fit/fit-speed.js'
import type { Parts } from '../speed/calibrate.js'
import { type ClosedLoop, closedLoopParts } from '../speed/closed-loop.js'
import { fittedCoefficients, type OfBoth } from '../speed/coefficients.js'
import { calibrateDeployment, type Ranged } from './calibrate-deployment.js'
import type { DeploymentName, LoadTest } from './load-test.js'
import { type NextMeasurement, nextBestMeasurement } from './next-measurement.js'

export interface CalibratedRequest {
  readonly factors: OfBoth<Parts>
  readonly loads: readonly {
    readonly test: LoadTest
    readonly before: OfBoth<Ranged>
    readonly after: OfBoth<Ranged>
  }[]
  /** For the time per token of the request's load, or of the largest tested one: the best test first. */
  readonly next: { readonly target: ClosedLoop; readonly tests: readonly NextMeasurement<ClosedLoop>[] }
}

/** Numbers in flight that a next test is looked for among. */
const grid = [1, 4, 16, 64, 256] as const

/** @returns null when the rates of the accelerator are not known, or there is no test */
export const calibrateRequest = (
  request: FitRequest,
  tests: readonly LoadTest[],
): CalibratedRequest | null => {
  const steps = stepsOf(request)
  const largest = [...tests].sort((a, b) => b.load.concurrency - a.load.concurrency)[0]
  if (!steps || !largest) return null
  const ofEngine = fittedCoefficients.coefficients.engines[request.engine]
  const predictable = { steps, engine: request.engine, ofEngine }
  const untested = calibrateDeployment(predictable, [], fittedCoefficients)
  const tested = calibrateDeployment(predictable, tests, fittedCoefficients)
  const target = targetOf(request) ?? largest.load
  const partsOf = (load: ClosedLoop) => ({ ...closedLoopParts(steps, load, ofEngine).tpot })
  const points = tests.flatMap(({ load, tpotMs }) =>
    tpotMs === null ? [] : [{ parts: partsOf(load), measuredMs: tpotMs }],
  )
  return {
    factors: tested.factors,
    loads: tests.map((test) => ({
      test,
      before: untested.predict(test.load),
      after: tested.predict(test.load),
    })),
    next: {
      target,
      tests: nextBestMeasurement({
        candidates: grid.map((concurrency) => ({ ...target, concurrency })),
        target,
        partsOf,
        spread: fittedCoefficients.spread.tpot,
        points,
      }),
    },
  }
}

const targetOf = ({ load }: FitRequest): ClosedLoop | null =>
  load && load.concurrency !== null
    ? { concurrency: load.concurrency, inputTokens: load.inputTokens, outputTokens: load.outputTokens }
    : null

export const deploymentOfRequest = (request: FitRequest): DeploymentName => {
  const { model, card, precision, kvDtype, engine, engineVersion } = request
  const { tensorParallel, pipelineParallel, dataParallel, expertParallel } = request
  return {
    model: model.name,
    accelerator: card.accelerator?.name ?? card.label,
    precision,
    kvDtype,
    engine,
    engineVersion: engineVersion ?? null,
    tensorParallel,
    pipelineParallel,
    dataParallel,
    expertParallel,
  }
}
