// A model that was trained for a task of the requirements, as it lies beside them, and its place in an architecture.
// Reads no file.

import type { Requirements, Strategy } from '../../spec/index.js'
import type { DeploymentDraft } from '../architecture/deployment-draft.js'

/** A share with its 95 % interval. */
export interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface TaskModel {
  /** Id of the task in requirements.yaml. */
  readonly task: string
  /** Path of the weights, from the folder of requirements.yaml. */
  readonly weights: string
  /** Size of the weights, and how many they are. */
  readonly bytes: number
  readonly parameters: number
  /** Arguments by which it says that a question is none of its business. */
  readonly outOfScope?: Readonly<Record<string, string>>
  readonly languages: readonly string[]
  /** Probability of the least certain token, below which the next model is asked; chosen on validation data. */
  readonly escalateBelow: number
  readonly contextLength: number
  /** On test data that neither was trained on. */
  readonly accuracy: Share
  readonly linearAccuracy: Share
}

/** The deployments of the tasks that have a model; the built-in engine serves them on the processor. */
export const taskDeployments = (
  { useCase }: Requirements,
  models: readonly TaskModel[],
): readonly DeploymentDraft[] =>
  useCase.tasks.flatMap(({ id, tool }) => {
    const model = models.find(({ task }) => task === id)
    if (!model) return []
    const { weights, contextLength, languages, outOfScope } = model
    return [
      {
        id,
        engine: 'local',
        model: weights,
        contextLength,
        languages: [...languages],
        // The likeliest answer is the answer; one core is enough for a few million parameters.
        options: { temperature: 0, threads: 1 },
        task: { tool, ...(outOfScope && { outOfScope: { ...outOfScope } }) },
      },
    ]
  })

/** Each task's model first, where the request offers its tool; what it does not know goes on to `rest`. */
export const withTasks = (
  rest: Strategy,
  tasks: readonly DeploymentDraft[],
  models: readonly TaskModel[],
): Strategy =>
  tasks.reduceRight<Strategy>((inner, { id }) => {
    const escalateBelow = models.find(({ task }) => task === id)?.escalateBelow ?? 1
    return { cascade: { strategies: [{ deployment: id }, inner], escalateBelow } }
  }, rest)
