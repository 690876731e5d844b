// What requirements of a text would be designed as: no machine, no file, only the planner.

import { loadCatalogue } from '../catalog/index.js'
import { type Assessment, assess, type Design, design } from '../planner/index.js'
import { parseRequirements, type Requirements } from '../spec/index.js'
import { readTaskModels } from './task-models.js'

export interface PlannedText {
  readonly requirements: Requirements
  readonly assessment: Assessment
  readonly design: Design
}

/**
 * @param directory where paths of the file start
 * @throws `spec.invalid`
 */
export const planText = async (text: string, file: string, directory: string): Promise<PlannedText> => {
  const requirements = parseRequirements(text, file)
  const taskModels = await readTaskModels(requirements, directory)
  const catalogue = loadCatalogue()
  const assessment = assess(requirements, catalogue, taskModels)
  return { requirements, assessment, design: design({ requirements, assessment, catalogue, taskModels }) }
}
