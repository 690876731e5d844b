// The models that were trained for a project's tasks: `models/ID/task.json` beside requirements.yaml.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { TaskModel } from '../planner/index.js'
import type { Requirements } from '../spec/index.js'
import { cliError } from './messages.js'

const share = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** What the training writes beside the weights. */
const taskFile = z.object({
  version: z.literal(1),
  /** File of the weights, beside this one. */
  weights: z.string(),
  contextLength: z.int().positive(),
  languages: z.array(z.string()),
  /** Arguments of the call by which it says that a question is none of its business. */
  outOfScope: z.record(z.string(), z.string()).optional(),
  escalateBelow: z.number().min(0).max(1),
  accuracy: share,
  linearAccuracy: share,
})

/**
 * The models that are there, in the order of the tasks.
 * @param directory folder of requirements.yaml
 * @throws `cli.task-file-invalid`
 */
export const readTaskModels = ({ useCase }: Requirements, directory: string): readonly TaskModel[] =>
  useCase.tasks.flatMap(({ id }) => {
    const folder = join('models', id)
    const path = join(directory, folder, 'task.json')
    if (!existsSync(path)) return []
    const { version: _version, weights, outOfScope, ...facts } = parse(path)
    return [{ task: id, weights: `./${join(folder, weights)}`, ...(outOfScope && { outOfScope }), ...facts }]
  })

const parse = (path: string): z.infer<typeof taskFile> => {
  try {
    return taskFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw cliError('cli.task-file-invalid', { path, detail }, { cause })
  }
}
