// From the name of a model to a plan: which source, and what it needs to be asked.

import { resolve } from 'node:path'
import { type Clock, systemClock } from '../../core/index.js'
import { createHttpAccess } from './http-access.js'
import { knownModels } from './known-models.js'
import { weightsError } from './messages.js'
import { planFile } from './plan-file.js'
import { planHub } from './plan-hub.js'
import { planPackage } from './plan-package.js'
import { planWeb } from './plan-web.js'
import type { PullPlan } from './pull-plan.js'
import { parseReference } from './reference.js'
import { requireLocalName } from './safe-path.js'

export interface PlanOptions {
  /** Where relative paths start. */
  readonly directory: string
  /** `HF_ENDPOINT`, `HF_TOKEN`, proxies, and pip's settings. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Link to local files rather than copy them. */
  readonly link?: boolean
  readonly clock?: Clock
}

export interface OpenPlan extends PullPlan {
  close(): Promise<void>
}

/** Asks the source what a pull would bring. Close the plan when it is carried out or not wanted. */
export const planPull = async (name: string, options: PlanOptions): Promise<OpenPlan> => {
  const { environment, signal, directory, link = false, clock = systemClock } = options
  const endpoint = endpointOf(environment.HF_ENDPOINT)
  const http = createHttpAccess({ environment, endpoint })
  const reference = parseReference(name)
  const plan = async (): Promise<PullPlan> => {
    switch (reference.kind) {
      case 'hub':
        return planHub(reference, { http, endpoint, hasToken: Boolean(environment.HF_TOKEN), clock, signal })
      case 'web':
        return planWeb(reference.url, { http, clock, signal })
      case 'file':
        return planFile({ path: resolve(directory, reference.path), link })
      case 'package':
        return planPackage(reference, { environment, signal })
    }
  }
  try {
    const made = await plan()
    const shortName = Object.hasOwn(knownModels, name) ? requireLocalName(name) : made.name
    return { ...made, name: shortName, close: () => http.close() }
  } catch (error) {
    await http.close()
    throw error
  }
}

const defaultEndpoint = 'https://huggingface.co'

const endpointOf = (given: string | undefined): URL => {
  const text = given?.trim() || defaultEndpoint
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text)
  throw weightsError('weights.hub-unreadable', {
    endpoint: 'HF_ENDPOINT',
    reason: 'it is not an http address',
  })
}
