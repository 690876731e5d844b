// What is owned against what is asked of it.

import type { Requirements } from '../../spec/index.js'
import type { Conflict } from './assessment.js'
import { conflictMessage } from './conflict-messages.js'

export const hardwareConflicts = (requirements: Requirements): readonly Conflict[] => [
  ...ownedUnused(requirements),
  ...ownedWithoutSpare(requirements),
]

const countOf = ({ owned }: Requirements['hosting']) => owned.reduce((sum, { count }) => sum + count, 0)

const ownedUnused = ({ hosting }: Requirements): Conflict[] =>
  hosting.owned.length > 0 && !hosting.ownedOnly && !hosting.allowed.includes('self-hosted')
    ? [
        {
          kind: 'tension',
          between: ['hosting.owned', 'hosting.allowed'],
          message: conflictMessage('planner.owned-unused', { accelerators: countOf(hosting) }),
        },
      ]
    : []

/** Each region has a replica, and one more where one may fail, of at least one accelerator each. */
const ownedWithoutSpare = ({ hosting, availability }: Requirements): Conflict[] => {
  const { regions, survivesReplicaLoss } = availability
  const accelerators = countOf(hosting)
  const needed = regions * (survivesReplicaLoss ? 2 : 1)
  if (!hosting.ownedOnly || accelerators === 0 || accelerators >= needed) return []
  return [
    {
      kind: 'contradiction',
      between: [
        'hosting.owned',
        survivesReplicaLoss ? 'availability.survivesReplicaLoss' : 'availability.regions',
      ],
      message: conflictMessage('planner.owned-without-spare', { accelerators, regions, needed }),
    },
  ]
}
