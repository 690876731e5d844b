// A case of `design fit` with the load tests that were kept of its deployment.

import { resolve } from 'node:path'
import { deploymentOfRequest, type FitRequest } from '../../planner/index.js'
import { stateDirectoryName } from '../project.js'
import { calibrationsPath, readCalibrations, testsOf } from './calibrations-file.js'

/** @throws `cli.calibrations-broken` */
export const withLoadTests = async (request: FitRequest): Promise<FitRequest> => {
  if (!request.load) return request
  const kept = await readCalibrations(calibrationsPath(resolve(stateDirectoryName)))
  const loadTests = testsOf(kept, deploymentOfRequest(request))
  return loadTests.length > 0 ? { ...request, loadTests } : request
}
