// The architecture around what answers: routes, knowledge, prompts and guards follow from the requirements, whichever
// engines those are.

import type { z } from 'zod'
import {
  type Architecture,
  architectureSchema,
  type KnowledgeBase,
  type Requirements,
  type Strategy,
} from '../../spec/index.js'
import { promptFor } from '../assessment/prompts-for.js'
import { type TaskModel, taskDeployments, withTasks } from '../machine/task-model.js'
import { requirementsHash } from '../requirements-hash.js'
import type { DeploymentDraft } from './deployment-draft.js'
import { cacheFor, guardrailsFor, knowledgeFor } from './system-parts.js'

/** What only a design for the real load says: a machine's own has no limits, which a load test there would meet. */
export type RealLoad = Pick<z.input<typeof architectureSchema>, 'server' | 'limits'>

export interface Surroundings {
  readonly requirements: Requirements
  readonly taskModels: readonly TaskModel[]
  readonly realLoad?: RealLoad
  /** Models that the knowledge base asks, and how. */
  readonly stages?: readonly {
    readonly deployment: DeploymentDraft
    readonly knowledge: Pick<KnowledgeBase, 'embeddings' | 'rerank'>
  }[]
}

/** The deployments that answer, and how the route asks them. */
export interface Answering {
  readonly deployments: readonly DeploymentDraft[]
  readonly strategy: Strategy
}

/** One deployment that answers everything. */
export const answeringAlone = (deployment: DeploymentDraft): Answering => ({
  deployments: [deployment],
  strategy: { deployment: deployment.id },
})

export const architectureAround = (
  { deployments, strategy }: Answering,
  { requirements, taskModels, realLoad = {}, stages = [] }: Surroundings,
): Architecture => {
  const tasks = taskDeployments(requirements, taskModels)
  const asked = Object.assign({}, ...stages.map((stage) => stage.knowledge))
  const plain = knowledgeFor(requirements)
  const knowledge = plain && { ...plain, ...asked }
  const prompt = promptFor(requirements)
  const cache = cacheFor(requirements)
  return architectureSchema.parse({
    version: 1,
    name: requirements.name,
    requirementsHash: requirementsHash(requirements),
    ...realLoad,
    deployments: [...tasks, ...stages.map((stage) => stage.deployment), ...deployments],
    routes: [
      {
        name: requirements.name,
        strategy: withTasks(strategy, tasks, taskModels),
        prompt: prompt.id,
        guardrails: 'default',
        ...(knowledge ? { knowledge: knowledge.id } : {}),
        ...(cache ? { cache } : {}),
      },
      // Each task's model also answers alone, under its own name.
      ...tasks.map(({ id }) => ({ name: id, strategy: { deployment: id }, guardrails: 'default' })),
    ],
    knowledge: knowledge ? [knowledge] : [],
    prompts: [prompt],
    guardrails: [guardrailsFor(requirements)],
  })
}
