// What a load test of one deployment found, and which deployment it was. Knows no prediction.

import type { ClosedLoop } from '../speed/closed-loop.js'

/** Means over a run that kept a number of requests in flight. */
export interface LoadTest {
  readonly load: ClosedLoop
  /** Time per output token after the first; null = not measured. */
  readonly tpotMs: number | null
  readonly ttftMs: number | null
}

/** What tests must have in common to say something about each other. */
export interface DeploymentName {
  readonly model: string
  readonly accelerator: string
  readonly precision: string
  readonly kvDtype: string
  readonly engine: string
  /** null = not known. */
  readonly engineVersion: string | null
  readonly tensorParallel: number
  readonly pipelineParallel: number
  readonly dataParallel: number
  readonly expertParallel: boolean
}

/** One line of text that is equal for equal deployments: `model|accelerator|precision|kv|engine|version|tp2pp1dp1`. */
export const deploymentKeyOf = (deployment: DeploymentName): string => {
  const { model, accelerator, precision, kvDtype, engine, engineVersion } = deployment
  const { tensorParallel, pipelineParallel, dataParallel, expertParallel } = deployment
  const spread = `tp${tensorParallel}pp${pipelineParallel}dp${dataParallel}${expertParallel ? 'ep' : ''}`
  return [model, accelerator, precision, kvDtype, engine, engineVersion ?? '*', spread].join('|')
}

/** Whether tests of the one say something about the other: a release of the engine that is not known may be any. */
export const isSameDeployment = (a: DeploymentName, b: DeploymentName): boolean =>
  (a.engineVersion === null || b.engineVersion === null || a.engineVersion === b.engineVersion) &&
  deploymentKeyOf({ ...a, engineVersion: null }) === deploymentKeyOf({ ...b, engineVersion: null })
