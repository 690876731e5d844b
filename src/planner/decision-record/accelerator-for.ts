// The accelerator that a candidate was worked out on: where it is owned, with the figures of the requirements.

import type { Accelerator } from '../../catalog/index.js'
import { ownedAccelerator } from '../search/owned-accelerator.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts } from './design-facts.js'

/** @returns null for an API, and for a name that nothing describes */
export const acceleratorFor = (
  { accelerator, provider }: Candidate,
  { catalogue, requirements }: Pick<DesignFacts, 'catalogue' | 'requirements'>,
): Accelerator | null => {
  if (accelerator === null) return null
  const isIt = (name: string) =>
    name === accelerator || catalogue.lookUpAccelerator(name).found?.name === accelerator
  const owned =
    provider === 'owned' ? requirements.hosting.owned.find((each) => isIt(each.accelerator)) : undefined
  return owned ? ownedAccelerator(owned, catalogue) : (catalogue.lookUpAccelerator(accelerator).found ?? null)
}
