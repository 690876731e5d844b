// What matters most, from what the requirements say and how strictly. Points only order the aspects.

import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { strictest, targetValue } from '../search/target.js'
import type { Aspect, Priority } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import type { Workload } from './workload.js'

type Point = readonly [aspect: Aspect, points: number, holds: boolean, why: Message]

/** A first token within half a second is what people take for immediate in a conversation. */
const immediateMs = 500
const muchTokensPerMonth = 1e9

export const prioritise = (requirements: Requirements, workload: Workload): readonly Priority[] => {
  const points = [
    ...aboutHarm(requirements),
    ...aboutSpeed(requirements),
    ...aboutMoney(requirements, workload),
    ...aboutAvailability(requirements),
  ].filter(([, , holds]) => holds)
  const aspects = [...new Set(points.map(([aspect]) => aspect))]
  return aspects
    .map((aspect) => {
      const own = points.filter(([of]) => of === aspect)
      return {
        aspect,
        weight: own.reduce((sum, [, weight]) => sum + weight, 0),
        why: own.map(([, , , why]) => why),
      }
    })
    .sort((a, b) => b.weight - a.weight)
}

const aboutHarm = ({ useCase, safety, hosting, quality }: Requirements): Point[] => {
  const harm = useCase.harmOfWrongAnswer
  const external = useCase.audience === 'external'
  const personal = safety.personalData !== 'allow'
  const places = hosting.dataResidency
  const named = quality.targets.length
  const message = assessmentMessage
  return [
    ['safety', 2, harm === 'high', message('planner.why-harm', { harm })],
    ['safety', 1, external, message('planner.why-external', {})],
    ['safety', 1, safety.promptInjection === 'block' && external, message('planner.why-injection', {})],
    [
      'safety',
      1,
      safety.regulations.length > 0,
      message('planner.why-regulated', { count: safety.regulations.length }),
    ],
    ['privacy', 1, personal, message('planner.why-personal-data', { action: safety.personalData })],
    ['privacy', 2, places.length > 0, message('planner.why-residency', { places })],
    ['privacy', 2, hosting.ownedOnly, message('planner.why-owned-only', {})],
    ['quality', 2, harm === 'high', message('planner.why-harm', { harm })],
    ['quality', 1, harm === 'medium', message('planner.why-harm', { harm })],
    ['quality', 1, safety.groundedAnswers, message('planner.why-grounded', {})],
    ['quality', 1, named > 0, message('planner.why-quality-targets', { count: named })],
  ]
}

const aboutSpeed = (requirements: Requirements): Point[] => {
  const ttft = strictest(requirements, 'ttft')
  const e2e = strictest(requirements, 'e2e')
  const speed = strictest(requirements, 'outputTokensPerSecond')
  const why = (id: string, value: number, unit: string) =>
    assessmentMessage('planner.why-target', { target: id, value, unit })
  const points: Point[] = []
  if (ttft) {
    const immediate = targetValue(ttft) <= immediateMs
    points.push(['latency', immediate ? 2 : 1, true, why(ttft.id, targetValue(ttft), 'ms')])
  }
  if (e2e) points.push(['latency', 1, true, why(e2e.id, targetValue(e2e), 'ms')])
  if (speed) points.push(['latency', 0.5, true, why(speed.id, targetValue(speed), 'tokens/s')])
  return points
}

const aboutMoney = ({ budget }: Requirements, { tokensPerMonth }: Workload): Point[] => {
  const { monthlyUsd, usdPerMillionOutputTokens } = budget
  const total = tokensPerMonth.input + tokensPerMonth.output
  return [
    ['cost', 1, monthlyUsd !== undefined, assessmentMessage('planner.why-budget', { usd: monthlyUsd ?? 0 })],
    [
      'cost',
      1,
      usdPerMillionOutputTokens !== undefined,
      assessmentMessage('planner.why-token-budget', { usd: usdPerMillionOutputTokens ?? 0 }),
    ],
    [
      'cost',
      1,
      total > muchTokensPerMonth,
      assessmentMessage('planner.why-volume', { millionTokens: total / 1e6 }),
    ],
  ]
}

const aboutAvailability = ({ availability }: Requirements): Point[] => {
  const { percent, regions, survivesReplicaLoss } = availability
  const why = assessmentMessage('planner.why-availability', { percent, minutes: downtimeMinutes(percent) })
  return [
    ['availability', percent >= 99.9 ? 2 : 0.5, true, why],
    ['availability', 0.5, survivesReplicaLoss, assessmentMessage('planner.why-replica-loss', {})],
    ['availability', 1, regions > 1, assessmentMessage('planner.why-regions', { regions })],
  ]
}

/** Minutes of a mean month in which the system may be away. */
export const downtimeMinutes = (percent: number): number => (1 - percent / 100) * 730.5 * 60
