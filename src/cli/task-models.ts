// The models that were trained for a project's tasks: `models/ID/` beside requirements.yaml, as the training left it.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { resolveWeights } from '../llm/index.js'
import type { TaskModel } from '../planner/index.js'
import type { Requirements } from '../spec/index.js'
import { wilson } from '../stats/index.js'
import { cliError } from './messages.js'

/** What the model is for. */
const taskFile = z.object({
  /** Weights by format, beside this file. */
  files: z.object({ gguf: z.string() }),
  languages: z.array(z.string()),
  tool: z.object({
    name: z.string(),
    parameters: z.object({ properties: z.record(z.string(), z.unknown()) }),
  }),
  /** The label by which it says that a question is none of its business. */
  outOfScopeLabel: z.string(),
  escalateBelow: z.number().min(0).max(1),
})

const share = z.object({ share: z.number().min(0).max(1), n: z.int().positive() })

/** What it was measured at, on test data that it was not trained on. */
const metricsFile = z.object({
  accuracy: z.object({
    intents77: share,
    linear: z.object({ testAccuracy: z.number().min(0).max(1), testRows: z.int().positive() }),
  }),
})

/**
 * The models that are there, in the order of the tasks.
 * @param directory folder of requirements.yaml
 * @throws `cli.task-file-invalid`, `weights.header-unreadable`
 */
export const readTaskModels = async (
  { useCase }: Requirements,
  directory: string,
): Promise<readonly TaskModel[]> => {
  const ids = useCase.tasks.map(({ id }) => id)
  const present = ids.filter((id) => existsSync(join(directory, 'models', id, 'task.json')))
  return Promise.all(present.map((id) => readTaskModel(id, directory)))
}

const readTaskModel = async (id: string, directory: string): Promise<TaskModel> => {
  const folder = join('models', id)
  const { files, languages, tool, outOfScopeLabel, escalateBelow } = parse(
    join(directory, folder, 'task.json'),
    taskFile,
  )
  const { accuracy } = parse(join(directory, folder, 'metrics.json'), metricsFile)
  const weights = `./${join(folder, files.gguf)}`
  const { path, facts } = await resolveWeights(weights, { directory, modelsDirectory: '' })
  const [argument = 'label'] = Object.keys(tool.parameters.properties)
  return {
    task: id,
    weights,
    bytes: statSync(path).size,
    parameters: facts.parameters ?? 0,
    contextLength: facts.contextLength ?? 512,
    languages,
    outOfScope: { [argument]: outOfScopeLabel },
    escalateBelow,
    accuracy: shareOf(accuracy.intents77.share, accuracy.intents77.n),
    linearAccuracy: shareOf(accuracy.linear.testAccuracy, accuracy.linear.testRows),
  }
}

/** The share as it was counted: files round it, and two that tie must not differ by that. */
const shareOf = (share: number, n: number) => {
  const { value, low, high } = wilson(Math.round(share * n), n)
  return { value, low: low ?? 0, high: high ?? 1 }
}

const parse = <S extends z.ZodType>(path: string, schema: S): z.infer<S> => {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw cliError('cli.task-file-invalid', { path, detail }, { cause })
  }
}
