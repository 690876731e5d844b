// A deployment as it is written, before its defaults are filled in.

import type { z } from 'zod'
import type { architectureSchema } from '../../spec/index.js'

export type DeploymentDraft = z.input<typeof architectureSchema>['deployments'][number]
