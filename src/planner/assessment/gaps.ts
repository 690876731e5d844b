// What the requirements leave open, as questions, and what is assumed until they are answered.

import type { Requirements } from '../../spec/index.js'
import type { TaskModel } from '../machine/task-model.js'
import type { QualityFloor } from '../search/quality.js'
import type { Gap } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'

type Open = readonly [path: string, open: boolean, question: Gap['question'], assumed: Gap['assumed']]

export const findGaps = (
  requirements: Requirements,
  floor: QualityFloor,
  taskModels: readonly TaskModel[],
): readonly Gap[] =>
  [
    ...aboutLoad(requirements),
    ...aboutQuality(requirements, floor),
    ...aboutTasks(requirements, taskModels),
    ...aboutMoney(requirements),
    ...aboutData(requirements),
  ]
    .filter(([, open]) => open)
    .map(([path, , question, assumed]) => ({ path, question, assumed }))

const ask = assessmentMessage

const aboutLoad = ({ scale, performance }: Requirements): Open[] => [
  [
    'performance.targets',
    performance.targets.length === 0,
    ask('planner.ask-targets', {}),
    ask('planner.assume-no-targets', {}),
  ],
  [
    'scale.dailyCurve',
    scale.dailyCurve === undefined,
    ask('planner.ask-curve', {}),
    ask('planner.assume-peak-all-day', {}),
  ],
  [
    'scale.lengths.sharedPrefixTokens',
    scale.lengths.sharedPrefixTokens === 0,
    ask('planner.ask-prefix', {}),
    ask('planner.assume-no-prefix', {}),
  ],
  [
    'scale.growthPerYear',
    scale.growthPerYear === 1,
    ask('planner.ask-growth', {}),
    ask('planner.assume-no-growth', {}),
  ],
]

const aboutQuality = ({ quality, useCase, models }: Requirements, floor: QualityFloor): Open[] => [
  [
    'quality.targets',
    quality.targets.length === 0,
    ask('planner.ask-quality', {}),
    ask('planner.assume-published-quality', {}),
  ],
  [
    'models.minParametersB',
    models.minParametersB === undefined && models.allowed.length === 0,
    ask('planner.ask-floor', {}),
    ask('planner.assume-floor', { kind: useCase.kind, parametersB: floor.effectiveParametersB }),
  ],
  [
    'useCase.knowledge.documents',
    useCase.knowledge !== undefined && useCase.knowledge.documents === undefined,
    ask('planner.ask-documents', {}),
    ask('planner.assume-small-library', {}),
  ],
  [
    'useCase.harmOfWrongAnswer',
    useCase.harmOfWrongAnswer === 'high' &&
      quality.targets.every(({ metric }) => metric !== 'answer-accuracy'),
    ask('planner.ask-accuracy', {}),
    ask('planner.assume-no-accuracy', {}),
  ],
]

const aboutMoney = ({ budget, hosting }: Requirements): Open[] => [
  [
    'budget',
    budget.monthlyUsd === undefined && budget.usdPerMillionOutputTokens === undefined,
    ask('planner.ask-budget', {}),
    ask('planner.assume-cheapest', {}),
  ],
  [
    'hosting.owned',
    hosting.owned.length > 0,
    ask('planner.ask-owned-cost', {}),
    ask('planner.assume-owned-paid', {}),
  ],
  [
    'hosting.allowed',
    hosting.allowed.includes('hosted-api') && !hosting.ownedOnly,
    ask('planner.ask-quota', {}),
    ask('planner.assume-quota', {}),
  ],
]

const aboutData = ({ hosting, safety, useCase }: Requirements): Open[] => {
  const personal = useCase.audience === 'external' && safety.personalData !== 'block'
  return [
    [
      'hosting.dataResidency',
      personal && hosting.dataResidency.length === 0,
      ask('planner.ask-residency', {}),
      ask('planner.assume-anywhere', {}),
    ],
    [
      'safety.regulations',
      useCase.harmOfWrongAnswer === 'high' && safety.regulations.length === 0,
      ask('planner.ask-regulations', {}),
      ask('planner.assume-unregulated', {}),
    ],
  ]
}

/** A task is a classification: where counting words does it as well, a network is not worth its keep. */
const aboutTasks = ({ useCase }: Requirements, models: readonly TaskModel[]): Open[] =>
  useCase.tasks.flatMap(({ id }, i): Open[] => {
    const model = models.find(({ task }) => task === id)
    const path = `useCase.tasks[${i}]`
    if (!model)
      return [[path, true, ask('planner.ask-task-model', { id }), ask('planner.assume-main-model', {})]]
    const { accuracy, linearAccuracy: linear } = model
    return [
      [
        path,
        linear.value >= accuracy.value,
        ask('planner.ask-linear', { id, accuracy, linear }),
        ask('planner.assume-task-model', {}),
      ],
    ]
  })
