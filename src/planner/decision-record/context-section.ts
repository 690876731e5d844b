// What the design was asked for: the requirements with their numbers, what matters most, and what contradicts.

import { formatNumber, formatUsd } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { aspectNames } from '../assessment/aspect-names.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

export const contextSection = ({ requirements, assessment }: DesignFacts, write: RecordWriter): string[] => [
  write.heading(recordMessage('planner.record-context', {})),
  requirements.useCase.description,
  markdownTable([write.label('requirement'), write.label('value')], requirementRows(requirements, write)),
  ...(assessment.priorities.length > 0
    ? [
        assessment.priorities
          .map(({ aspect, why }, i) => {
            const reasons = why.map(write.text)
            const name = aspectNames[aspect][write.language]
            return write.language === 'en'
              ? `${i + 1}. ${name}: ${reasons.join(' ')}`
              : `${i + 1}. ${name}：${reasons.join('')}`
          })
          .join('\n'),
      ]
    : []),
  ...(assessment.conflicts.length > 0
    ? [markdownList(assessment.conflicts.map(({ message }) => `⚠ ${write.text(message)}`))]
    : []),
]

const requirementRows = (requirements: Requirements, { label }: RecordWriter): string[][] => {
  const { useCase, scale, availability, hosting, budget, models } = requirements
  const { lengths } = scale
  const spread = ({ p50, p95 }: { readonly p50: number; readonly p95: number }) =>
    `P50 ${formatNumber(p50, 6)}, P95 ${formatNumber(p95, 6)}`
  const money = [
    ...(budget.monthlyUsd === undefined ? [] : [`${formatUsd(budget.monthlyUsd)} ${label('perMonth')}`]),
    ...(budget.usdPerMillionOutputTokens === undefined
      ? []
      : [`${formatUsd(budget.usdPerMillionOutputTokens)} ${label('perMillion')}`]),
  ]
  const owned = hosting.owned.map(({ accelerator, count }) => `${count} x ${accelerator}`)
  return [
    [label('useCase'), useCase.kind],
    [label('languages'), useCase.languages.join(', ')],
    [label('audience'), useCase.audience],
    [
      label('peak'),
      `${formatNumber(scale.peakRequestsPerSecond, 6)} ${label(scale.peakRequestsPerSecond === 1 ? 'requestPerSecond' : 'requestsPerSecond')}`,
    ],
    [label('prompt'), spread(lengths.inputTokens)],
    [label('answer'), spread(lengths.outputTokens)],
    [label('shared'), formatNumber(lengths.sharedPrefixTokens, 6)],
    [label('repeated'), `${formatNumber(scale.repeatedShare * 100)} %`],
    [
      label('availability'),
      [
        `${availability.percent} %`,
        `${label('regions')} ${availability.regions}`,
        ...(availability.survivesReplicaLoss ? [label('survives')] : []),
      ].join(', '),
    ],
    [label('hosting'), hosting.allowed.join(', ')],
    [label('residency'), hosting.dataResidency.join(', ') || label('anywhere')],
    [
      label('owned'),
      owned.length > 0
        ? `${owned.join(', ')}${hosting.ownedOnly ? `; ${label('onlyOwned')}` : ''}`
        : label('none'),
    ],
    [label('budget'), money.join(', ') || label('none')],
    [
      label('models'),
      [
        models.allowed.join(', ') || label('any'),
        ...(models.licences.length > 0 ? [`${label('licences')} ${models.licences.join(', ')}`] : []),
        ...(models.minParametersB === undefined
          ? []
          : [`${label('atLeast')} ${formatNumber(models.minParametersB)}B`]),
      ].join('; '),
    ],
  ]
}
