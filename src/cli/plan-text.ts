// What requirements of a text would be designed as: no machine, no engine; of files only load tests that were kept.

import { join } from 'node:path'
import { loadCatalogue } from '../catalog/index.js'
import { type Assessment, assess, type Design, design } from '../planner/index.js'
import { parseRequirements, type Requirements } from '../spec/index.js'
import { calibrationsPath, readCalibrations } from './calibration/calibrations-file.js'
import { projectOf } from './project.js'
import { readTaskModels } from './task-models.js'

export interface PlannedText {
  readonly requirements: Requirements
  readonly assessment: Assessment
  readonly design: Design
}

/**
 * @param directory where paths of the file start
 * @throws `spec.invalid` | `cli.calibrations-broken`
 */
export const planText = async (text: string, file: string, directory: string): Promise<PlannedText> => {
  const requirements = parseRequirements(text, file)
  const taskModels = await readTaskModels(requirements, directory)
  const catalogue = loadCatalogue()
  const { stateDirectory } = projectOf(join(directory, 'requirements.yaml'))
  const { deployments: tested } = await readCalibrations(calibrationsPath(stateDirectory))
  const assessment = assess(requirements, catalogue, taskModels)
  const planned = design({ requirements, assessment, catalogue, taskModels, tested })
  return { requirements, assessment, design: planned }
}
