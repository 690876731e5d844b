// The load tests that the operator made, by the way to serve that they were made of. Knows no prediction.

import { type DeploymentName, deploymentKeyOf, type LoadTest } from '../calibration/load-test.js'
import type { ServingOption } from './serving-option.js'

export interface TestedDeployment {
  readonly deployment: DeploymentName
  readonly tests: readonly LoadTest[]
}

/** Tests of what an option starts; none for most. */
export type LoadTestsOf = (option: ServingOption) => readonly LoadTest[]

/**
 * A design does not fix a release of the engine, so tests of any count; of several releases those of the one that comes
 * last, and those whose release is not known. Drafting and neighbours on the card are not part of a tested deployment:
 * such options get the tests of the plain one.
 */
export const createLoadTests = (tested: readonly TestedDeployment[]): LoadTestsOf => {
  if (tested.length === 0) return () => none
  const byKey = new Map<string, TestedDeployment[]>()
  for (const each of tested) {
    const key = keyOfAnyRelease(each.deployment)
    byKey.set(key, [...(byKey.get(key) ?? []), each])
  }
  const known = new Map([...byKey].map(([key, releases]) => [key, testsOfLatest(releases)]))
  return (option) => known.get(keyOfAnyRelease(deploymentOf(option))) ?? none
}

const none: readonly LoadTest[] = []

const keyOfAnyRelease = (deployment: DeploymentName) =>
  deploymentKeyOf({ ...deployment, engineVersion: null })

const testsOfLatest = (releases: readonly TestedDeployment[]): readonly LoadTest[] => {
  const latest = releases.findLast(({ deployment }) => deployment.engineVersion !== null)
  return releases
    .filter(
      ({ deployment: { engineVersion } }) =>
        engineVersion === null || engineVersion === latest?.deployment.engineVersion,
    )
    .flatMap(({ tests }) => tests)
}

/** The deployment that an option is one way to start. */
const deploymentOf = ({ model, build, engine, supply, layout, kvDtype }: ServingOption): DeploymentName => ({
  model: model.name,
  accelerator: supply.accelerator.name,
  precision: build.precision,
  kvDtype: kvDtype ?? 'auto',
  engine,
  engineVersion: null,
  tensorParallel: layout.tensorParallel,
  pipelineParallel: layout.pipelineParallel,
  dataParallel: layout.dataParallel ?? 1,
  expertParallel: layout.expertParallel ?? false,
})
