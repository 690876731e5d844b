// Which ways rest on load tests of the operator, in sentences; and which tests say something about none of them.

import type { Message } from '../../core/index.js'
import { type DeploymentName, deploymentKeyOf } from '../calibration/load-test.js'
import { evidenceMessage } from './evidence-messages.js'
import type { TestedDeployment } from './load-tests.js'
import type { Candidate } from './report.js'

export const loadTestUse = (
  tested: readonly TestedDeployment[],
  candidates: readonly Candidate[],
): readonly Message[] => {
  if (tested.length === 0) return []
  const resting = candidates.filter(({ loadTests }) => loadTests > 0)
  const keys = new Set(resting.map(keyOf))
  const isUsed = ({ deployment }: TestedDeployment) =>
    keys.has(deploymentKeyOf({ ...deployment, engineVersion: null }))
  return [
    ...(resting.length > 0
      ? [
          evidenceMessage('planner.assume-load-tests', {
            deployments: keys.size,
            candidates: resting.length,
            calibrated: resting.filter(({ basis }) => basis === 'calibrated').length,
          }),
        ]
      : []),
    ...tested
      .filter((each) => !isUsed(each))
      .map(({ deployment, tests }) =>
        evidenceMessage('planner.load-tests-unused', {
          deployment: deploymentKeyOf(deployment),
          tests: tests.length,
        }),
      ),
  ]
}

const keyOf = ({ model, accelerator, precision, kvDtype, engine, layout }: Candidate): string =>
  deploymentKeyOf({
    model,
    accelerator: accelerator ?? '',
    precision: precision ?? '',
    kvDtype: kvDtype ?? '',
    engine: engine ?? '',
    engineVersion: null,
    tensorParallel: layout?.tensorParallel ?? 1,
    pipelineParallel: layout?.pipelineParallel ?? 1,
    dataParallel: layout?.dataParallel ?? 1,
    expertParallel: layout?.expertParallel ?? false,
  } satisfies DeploymentName)
