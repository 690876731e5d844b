// The designed architecture with another engine in it: routes, knowledge, prompts and guards stay as they are.

import type { z } from 'zod'
import { type Architecture, architectureSchema, type Requirements } from '../spec/index.js'
import { promptFor } from './prompts-for.js'
import { requirementsHash } from './requirements-hash.js'
import { cacheFor, guardrailsFor, knowledgeFor } from './system-parts.js'

export type DeploymentDraft = z.input<typeof architectureSchema>['deployments'][number]

/** Limits are left out: they are meant for the real load, and a load test here would meet them. */
export const machineArchitecture = (
  requirements: Requirements,
  deployment: DeploymentDraft,
): Architecture => {
  const knowledge = knowledgeFor(requirements)
  const prompt = promptFor(requirements)
  const cache = cacheFor(requirements)
  return architectureSchema.parse({
    version: 1,
    name: requirements.name,
    requirementsHash: requirementsHash(requirements),
    deployments: [deployment],
    routes: [
      {
        name: requirements.name,
        strategy: { deployment: deployment.id },
        prompt: prompt.id,
        guardrails: 'default',
        ...(knowledge ? { knowledge: knowledge.id } : {}),
        ...(cache ? { cache } : {}),
      },
    ],
    knowledge: knowledge ? [knowledge] : [],
    prompts: [prompt],
    guardrails: [guardrailsFor(requirements)],
  })
}
