// What can go wrong, how likely, how bad, what the architecture does about it, and which row of the scorecard sees it.

import type { Requirements } from '../../spec/index.js'
import { rowOf, standingRows } from '../machine/row-ids.js'
import type { Level, Risk } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import type { Workload } from './workload.js'

const points: Readonly<Record<Level, number>> = { low: 1, medium: 2, high: 3 }

export const registerRisks = (requirements: Requirements, workload: Workload): readonly Risk[] =>
  [
    ...ofAnswers(requirements),
    ...ofAttacks(requirements),
    ...ofData(requirements),
    ...ofSpeed(requirements, workload),
    ...ofMoney(requirements, workload),
    ...ofOperation(requirements),
  ].sort((a, b) => points[b.likelihood] * points[b.impact] - points[a.likelihood] * points[a.impact])

const message = assessmentMessage

const ofAnswers = (requirements: Requirements): Risk[] => {
  const { useCase, safety } = requirements
  const documents = useCase.knowledge !== undefined
  const others = useCase.languages.filter((language) => !language.startsWith('en'))
  const risks: Risk[] = [
    {
      id: 'wrong-answer',
      likelihood: documents ? 'medium' : 'high',
      impact: useCase.harmOfWrongAnswer,
      what: message('planner.risk-wrong-answer', {}),
      mitigation: message('planner.mitigate-wrong-answer', { grounded: safety.groundedAnswers }),
      watchedBy: rowOf(requirements, 'answer-accuracy'),
    },
  ]
  if (documents)
    risks.push({
      id: 'not-in-documents',
      likelihood: 'medium',
      impact: useCase.harmOfWrongAnswer,
      what: message('planner.risk-not-in-documents', {}),
      mitigation: message('planner.mitigate-not-in-documents', {}),
      watchedBy: rowOf(requirements, 'unanswerable-refused'),
    })
  if (others.length > 0)
    risks.push({
      id: 'language',
      likelihood: 'medium',
      impact: 'medium',
      what: message('planner.risk-language', { languages: others }),
      mitigation: message('planner.mitigate-language', {}),
      watchedBy: documents
        ? rowOf(requirements, 'retrieval-ndcg@10')
        : rowOf(requirements, 'answer-accuracy'),
    })
  return risks
}

const ofAttacks = (requirements: Requirements): Risk[] => {
  const { useCase, safety } = requirements
  const external = useCase.audience === 'external'
  return [
    {
      id: 'prompt-injection',
      likelihood: external ? 'high' : 'medium',
      impact: useCase.kind === 'agent' ? 'high' : 'medium',
      what: message('planner.risk-injection', { documents: useCase.knowledge !== undefined }),
      mitigation: message('planner.mitigate-injection', { blocked: safety.promptInjection === 'block' }),
      watchedBy: rowOf(requirements, 'attacks-caught'),
    },
    {
      id: 'false-alarm',
      likelihood: safety.promptInjection === 'block' ? 'medium' : 'low',
      impact: 'medium',
      what: message('planner.risk-false-alarm', {}),
      mitigation: message('planner.mitigate-false-alarm', {}),
      watchedBy: rowOf(requirements, 'harmless-flagged'),
    },
  ]
}

const ofData = (requirements: Requirements): Risk[] => {
  const { safety, hosting } = requirements
  const places = hosting.dataResidency
  const risks: Risk[] = [
    {
      id: 'personal-data',
      likelihood: safety.personalData === 'allow' ? 'high' : 'low',
      impact: safety.regulations.length > 0 ? 'high' : 'medium',
      what: message('planner.risk-personal-data', {}),
      mitigation: message('planner.mitigate-personal-data', { action: safety.personalData }),
      watchedBy: rowOf(requirements, 'attacks-caught'),
    },
  ]
  if (places.length > 0)
    risks.push({
      id: 'residency',
      likelihood: 'medium',
      impact: 'high',
      what: message('planner.risk-residency', { places }),
      mitigation: message('planner.mitigate-residency', {}),
      watchedBy: null,
    })
  return risks
}

const ofSpeed = (requirements: Requirements, workload: Workload): Risk[] => {
  const { peak, peakInAYear } = workload.requestsPerSecond
  const risks: Risk[] = [
    {
      id: 'slower-than-predicted',
      likelihood: 'medium',
      impact: requirements.performance.targets.length > 0 ? 'medium' : 'low',
      what: message('planner.risk-slow', {}),
      mitigation: message('planner.mitigate-slow', {}),
      watchedBy: rowOf(requirements, 'ttft'),
    },
    {
      id: 'burst',
      likelihood: 'medium',
      impact: 'medium',
      what: message('planner.risk-burst', { peak }),
      mitigation: message('planner.mitigate-burst', {}),
      watchedBy: rowOf(requirements, 'e2e'),
    },
  ]
  if (peakInAYear > peak)
    risks.push({
      id: 'growth',
      likelihood: 'high',
      impact: 'medium',
      what: message('planner.risk-growth', { peak, inAYear: peakInAYear }),
      mitigation: message('planner.mitigate-growth', {}),
      watchedBy: rowOf(requirements, 'e2e'),
    })
  return risks
}

const ofMoney = ({ budget }: Requirements, { tokensPerMonth }: Workload): Risk[] => [
  {
    id: 'cost-overrun',
    likelihood: 'medium',
    impact: budget.monthlyUsd === undefined ? 'low' : 'medium',
    what: message('planner.risk-cost', {
      millionTokens: (tokensPerMonth.input + tokensPerMonth.output) / 1e6,
    }),
    mitigation: message('planner.mitigate-cost', {}),
    watchedBy: standingRows.cost,
  },
  {
    id: 'wrong-bill',
    likelihood: 'low',
    impact: 'medium',
    what: message('planner.risk-bill', {}),
    mitigation: message('planner.mitigate-bill', {}),
    watchedBy: standingRows.invoice,
  },
]

const ofOperation = ({ availability }: Requirements): Risk[] => [
  {
    id: 'crash',
    likelihood: 'medium',
    impact: availability.percent >= 99.9 ? 'high' : 'medium',
    what: message('planner.risk-crash', {}),
    mitigation: message('planner.mitigate-crash', { spare: availability.survivesReplicaLoss }),
    watchedBy: standingRows.survival,
  },
]
