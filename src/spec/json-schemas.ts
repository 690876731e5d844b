// The JSON Schemas of the two files, for editors: completion and checking while one writes.

import { z } from 'zod'
import { architectureSchema } from './architecture.js'
import { requirementsSchema } from './requirements.js'

/** JSON Schema (draft 2020-12) of what may be written; defaults are optional. */
export const jsonSchemas = (): Readonly<Record<'requirements' | 'architecture', object>> => ({
  requirements: { title: 'requirements.yaml', ...z.toJSONSchema(requirementsSchema, { io: 'input' }) },
  architecture: { title: 'architecture.yaml', ...z.toJSONSchema(architectureSchema, { io: 'input' }) },
})
