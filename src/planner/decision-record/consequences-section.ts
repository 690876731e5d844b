// What follows from the decision, what can go wrong, and what would change it.

import type { Message } from '../../core/index.js'
import type { Candidate } from '../search/report.js'
import { whyNot } from '../search/why-not.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

/** Other ways on the front that are worth a paragraph. */
const alternatives = 3

export const consequencesSection = (facts: DesignFacts, write: RecordWriter): string[] => {
  const { chosen, assumptions } = facts.report
  return [
    write.heading(recordMessage('planner.record-consequences', {})),
    ...(chosen ? [markdownList(consequencesOf(chosen, facts).map(write.text))] : []),
    ...(assumptions.length > 0
      ? [
          write.text(recordMessage('planner.record-assumptions', {})),
          markdownList(assumptions.map(write.text)),
        ]
      : []),
  ]
}

const consequencesOf = (chosen: Candidate, { requirements, assessment }: DesignFacts): readonly Message[] => {
  const { replicas, utilisation, engine, provider, accelerators, routing } = chosen
  const { growthPerYear } = requirements.scale
  const { peakInAYear } = assessment.workload.requestsPerSecond
  return [
    ...(replicas
      ? [
          recordMessage('planner.consequence-operate', {
            accelerators,
            replicas: (replicas.serving + replicas.spare) * replicas.regions,
            engine: engine ?? '',
          }),
        ]
      : [recordMessage('planner.consequence-provider', { provider: provider ?? '', share: 1 })]),
    ...(routing?.kind === 'overflow'
      ? [
          recordMessage('planner.consequence-provider', {
            provider: routing.api.provider ?? '',
            share: routing.apiShare,
          }),
        ]
      : []),
    ...(utilisation
      ? [
          recordMessage('planner.consequence-paid-idle', {
            average: utilisation.average,
            isFlat: utilisation.average > 0.9 * utilisation.peak,
            hasSpare: (replicas?.spare ?? 0) > 0,
          }),
        ]
      : []),
    ...(growthPerYear === 1
      ? []
      : [
          recordMessage('planner.consequence-growth', {
            growth: growthPerYear,
            peak: peakInAYear,
            replicas: replicas ? Math.ceil(replicas.serving * growthPerYear) : null,
          }),
        ]),
  ]
}

export const risksSection = ({ assessment: { risks } }: DesignFacts, write: RecordWriter): string[] =>
  risks.length === 0
    ? []
    : [
        write.heading(recordMessage('planner.record-risks', {})),
        markdownTable(
          [
            write.label('risk'),
            write.label('likelihood'),
            write.label('impact'),
            write.label('mitigation'),
            write.label('watched'),
          ],
          risks.map(({ likelihood, impact, what, mitigation, watchedBy }) => [
            write.text(what),
            write.label(likelihood),
            write.label(impact),
            write.text(mitigation),
            watchedBy === null ? '-' : `\`${watchedBy}\``,
          ]),
        ),
      ]

export const changesSection = ({ report, assessment }: DesignFacts, write: RecordWriter): string[] => {
  const breakEven = report.reasons.filter(({ code }) => code === 'planner.break-even')
  const others = report.chosen
    ? report.front.filter((id) => id !== report.chosen?.id).slice(0, alternatives)
    : []
  const items = [
    ...breakEven.map(write.text),
    ...report.relaxations.map(({ message }) => write.text(message)),
    ...others.map((candidate) =>
      [
        write.text(recordMessage('planner.change-alternative', { candidate })),
        ...whyNot(report, candidate).map(write.text),
      ].join(' '),
    ),
    ...assessment.gaps.map(({ path, question, assumed }) =>
      write.text(
        recordMessage('planner.change-open', {
          path: `\`${path}\``,
          question: write.text(question),
          assumed: write.text(assumed),
        }),
      ),
    ),
  ]
  return [
    write.heading(recordMessage('planner.record-change', {})),
    items.length > 0 ? markdownList(items) : write.text(recordMessage('planner.change-nothing', {})),
  ]
}
