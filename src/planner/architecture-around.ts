// The architecture around one engine: routes, knowledge, prompts and guards follow from the requirements, whichever
// engine answers.

import type { z } from 'zod'
import { type Architecture, architectureSchema, type Requirements } from '../spec/index.js'
import { promptFor } from './prompts-for.js'
import { requirementsHash } from './requirements-hash.js'
import { cacheFor, guardrailsFor, knowledgeFor } from './system-parts.js'

export type DeploymentDraft = z.input<typeof architectureSchema>['deployments'][number]

/** What only a design for the real load says: a machine's own has no limits, which a load test there would meet. */
export type RealLoad = Pick<z.input<typeof architectureSchema>, 'server' | 'limits'>

export const architectureAround = (
  deployment: DeploymentDraft,
  requirements: Requirements,
  realLoad: RealLoad = {},
): Architecture => {
  const knowledge = knowledgeFor(requirements)
  const prompt = promptFor(requirements)
  const cache = cacheFor(requirements)
  return architectureSchema.parse({
    version: 1,
    name: requirements.name,
    requirementsHash: requirementsHash(requirements),
    ...realLoad,
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
