// A project's design: judged, chosen, and written to the files that `serve` and `verify` read.

import { dirname } from 'node:path'
import { loadCatalogue } from '../catalog/index.js'
import { assess, design, designForMachine } from '../planner/index.js'
import { calibrationsPath, readCalibrations } from './calibration/calibrations-file.js'
import { validateSettings } from './launch/validate-settings.js'
import { measureMachine } from './machine/measure-machine.js'
import { loadRequirements, projectOf } from './project.js'
import type { DesignOptions, ProjectDesign } from './project-design.js'
import { readTaskModels } from './task-models.js'
import { writeDesign } from './write-design.js'

/** @throws `cli.file-not-found` | `spec.invalid` | `cli.calibrations-broken` */
export const designProject = async (file: string, options: DesignOptions): Promise<ProjectDesign> => {
  const { value: requirements, path } = loadRequirements(file)
  const taskModels = await readTaskModels(requirements, dirname(path))
  const catalogue = loadCatalogue()
  const stateDirectory = options.directory ?? projectOf(path).stateDirectory
  const machine =
    options.machine ??
    (await measureMachine({ ...options, stateDirectory, hasLocalModels: taskModels.length > 0 }))
  const { deployments: tested } = await readCalibrations(calibrationsPath(stateDirectory))
  const assessment = assess(requirements, catalogue, taskModels)
  const {
    report,
    architecture,
    launches: designed,
  } = design({
    requirements,
    assessment,
    catalogue,
    taskModels,
    tested,
  })
  const launches = options.askEngines
    ? await validateSettings(architecture, designed, {
        catalogue,
        stateDirectory,
        directory: dirname(path),
        environment: options.environment,
      })
    : designed
  const { engine, requestsPerSecond } = options
  const local = designForMachine({
    requirements,
    machine,
    catalogue,
    production: architecture,
    taskModels,
    ...(engine === undefined ? {} : { engine }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  })
  const result = { assessment, report, architecture, launches, local, machine, written: [] }
  if (!options.write) return result
  const written = await writeDesign({ path, requirements, catalogue }, result, options)
  return { ...result, written }
}
