// Requirements about money and capacity that contradict each other. Knows no candidate.

import type { Catalogue } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Conflict } from '../assessment/assessment.js'
import { costMessage } from './cost-messages.js'
import { planIngest } from './ingest-plan.js'
import { marketOf } from './market.js'

type Finder = (requirements: Requirements) => readonly Conflict[]

/** @param efficiency share of an accelerator's 16-bit peak that prompts reach */
export const costConflicts = (
  requirements: Requirements,
  catalogue: Catalogue,
  efficiency: number,
): readonly Conflict[] => [
  ...finders.flatMap((find) => find(requirements)),
  ...ingestConflicts(requirements, catalogue, efficiency),
]

const noLoad = ({ scale }: Requirements): boolean =>
  [...(scale.dailyCurve ?? []), ...(scale.weeklyCurve ?? [])].includes(0)

const scaleToZero: Finder = (requirements) => {
  const { availability, performance } = requirements
  if (!availability.scaleToZero) return []
  const found: Conflict[] = []
  const add = (between: readonly string[], message: Message) =>
    found.push({ kind: 'tension', between, message })
  if (availability.minReplicas > 1)
    add(
      ['availability.scaleToZero', 'availability.minReplicas'],
      costMessage('planner.zero-and-least', { minReplicas: availability.minReplicas }),
    )
  if (!noLoad(requirements))
    add(['availability.scaleToZero', 'scale.dailyCurve'], costMessage('planner.zero-never', {}))
  const timed = performance.targets.find(({ metric }) => metric === 'ttft' || metric === 'e2e')
  if (timed && noLoad(requirements))
    add(['availability.scaleToZero', timed.id], costMessage('planner.zero-waits', { target: timed.id }))
  return found
}

const spot: Finder = ({ hosting, availability }) =>
  hosting.spot && !availability.survivesReplicaLoss
    ? [
        {
          kind: 'tension',
          between: ['hosting.spot', 'availability.survivesReplicaLoss'],
          message: costMessage('planner.spot-without-spare', {}),
        },
      ]
    : []

const week: Finder = ({ scale }) => {
  const highest = Math.max(...(scale.weeklyCurve ?? [1]))
  return highest === 1
    ? []
    : [
        {
          kind: 'tension',
          between: ['scale.weeklyCurve'],
          message: costMessage('planner.week-without-peak', { highest }),
        },
      ]
}

const deferrable: Finder = ({ scale, performance }) =>
  scale.deferrableShare > 0 && performance.targets.length > 0
    ? [
        {
          kind: 'tension',
          between: ['scale.deferrableShare', 'performance.targets'],
          message: costMessage('planner.deferrable-with-targets', { deferrableShare: scale.deferrableShare }),
        },
      ]
    : []

const electricity: Finder = ({ budget, hosting }) =>
  budget.electricity && hosting.owned.length === 0
    ? [
        {
          kind: 'tension',
          between: ['budget.electricity', 'hosting.owned'],
          message: costMessage('planner.electricity-without-hardware', {}),
        },
      ]
    : []

const finders = [scaleToZero, spot, week, deferrable, electricity]

/** A day that nothing which may be used can keep. */
const ingestConflicts = (
  requirements: Requirements,
  catalogue: Catalogue,
  efficiency: number,
): readonly Conflict[] => {
  const wantedDays = requirements.useCase.knowledge?.ingestDays
  const plan = planIngest(requirements, { ...marketOf(requirements, catalogue), efficiency })
  const fastest = plan?.ways
    .filter(({ days }) => days !== null)
    .sort((a, b) => (a.days ?? 0) - (b.days ?? 0))[0]
  if (wantedDays === undefined || !plan || !fastest || plan.ways.some(({ inTime }) => inTime)) return []
  return [
    {
      kind: 'contradiction',
      between: ['useCase.knowledge.ingestDays', 'hosting.owned'],
      message: costMessage('planner.ingest-too-slow', {
        days: fastest.days ?? 0,
        wantedDays,
        tokens: plan.tokens,
        name: fastest.name,
        count: fastest.count,
      }),
    },
  ]
}
