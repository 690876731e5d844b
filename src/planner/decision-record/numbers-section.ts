// The arithmetic line by line, and what follows from it for each target.

import { counted, formatNumber } from '../../core/index.js'
import type { SpeedTarget } from '../../spec/index.js'
import { answeringWays, targetsByWay, type Whose } from './answering-ways.js'
import { arithmeticOf, subjectOf } from './arithmetic-of.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'
import { basisNames } from './sum-messages.js'

export const arithmeticSection = (facts: DesignFacts, write: RecordWriter): string[] => {
  const subject = subjectOf(facts.report)
  return [
    write.heading(recordMessage('planner.record-arithmetic', {})),
    ...(subject
      ? [write.text(recordMessage('planner.record-arithmetic-of', { candidate: subject.id }))]
      : []),
    ...arithmeticOf(facts).flatMap(({ group, sums }) => [
      write.heading(recordMessage(`planner.group-${group}`, {}), 3),
      markdownList(sums.map(({ message }) => write.text(message))),
    ]),
  ]
}

export const predictionsSection = ({ report, requirements }: DesignFacts, write: RecordWriter): string[] => {
  const subject = subjectOf(report)
  if (!subject) return []
  const asked = new Map(requirements.performance.targets.map((target) => [target.id, target]))
  const ways = answeringWays(subject)
  const isJoined = ways.length > 1
  return [
    write.heading(recordMessage('planner.record-predictions', {})),
    subject.targets.length === 0
      ? write.text(recordMessage('planner.record-no-targets', {}))
      : markdownTable(
          [
            write.label('target'),
            ...(isJoined ? [write.label('whose')] : []),
            write.label('condition'),
            write.label('limit'),
            'P10',
            'P50',
            'P90',
            write.label('verdict'),
          ],
          targetsByWay(subject).map(({ id, percentile, op, limit, unit, estimate, met, whose, counts }) => [
            `${isJoined && counts ? '→ ' : ''}${id} (P${formatNumber(percentile)})`,
            ...(whose === null ? [] : [whoseName(whose, write)]),
            conditionOf(asked.get(id)),
            `${op} ${formatNumber(limit)} ${unit}`,
            ...[estimate.low, estimate.value, estimate.high].map((value) => `${formatNumber(value)} ${unit}`),
            write.label(met),
          ]),
        ),
    ...(isJoined ? [write.text(recordMessage('planner.record-worse-counts', {}))] : []),
    write.text(
      recordMessage('planner.record-support', {
        of: ways.map(({ whose, basis }) => ({
          whose: whose && whoseName(whose, write),
          basis,
          meaning: basisNames[basis][write.language],
        })),
      }),
    ),
  ]
}

const whoseName = (whose: NonNullable<Whose>, write: RecordWriter): string =>
  whose === 'replicas' ? write.label('replicas') : whose.api

/** The condition as the file writes it. */
const conditionOf = (target: SpeedTarget | undefined): string => {
  if (!target) return ''
  const { load, lengths, cache } = target
  const loadText =
    typeof load === 'string'
      ? load
      : 'concurrency' in load
        ? `concurrency ${load.concurrency}`
        : `${counted(load.requestsPerSecond, 'request')}/s`
  const lengthText =
    typeof lengths === 'string'
      ? lengths
      : `${lengths.inputTokens} + ${counted(lengths.outputTokens, 'token')}`
  return [loadText, lengthText, cache].join(', ')
}
