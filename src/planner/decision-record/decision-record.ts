// The design as a decision record in Markdown: context, decision, options, arithmetic, predictions, consequences, risks,
// what would change it, what to measure next, sources. The same facts give the same text.

import type { Language } from '../../core/index.js'
import { changesSection, consequencesSection, risksSection } from './consequences-section.js'
import { contextSection } from './context-section.js'
import { decisionSection } from './decision-section.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList } from './markdown.js'
import { moneySection } from './money-section.js'
import { nextMeasurement } from './next-measurement.js'
import { arithmeticSection, predictionsSection } from './numbers-section.js'
import { optionsSection } from './options-section.js'
import { recordMessage } from './record-messages.js'
import { createRecordWriter } from './record-writer.js'
import { simulationSection } from './simulation-section.js'
import { sourcesOf } from './sources-of.js'

export interface RecordOptions {
  readonly language: Language
  /** The plot of the front, as seen from the record; default: none is shown. */
  readonly plotFile?: string
}

/** @returns DESIGN.md, ending with a newline */
export const decisionRecord = (facts: DesignFacts, { language, plotFile }: RecordOptions): string => {
  const write = createRecordWriter(language)
  const { requirements, report } = facts
  const { chosen, nearest, pricesAsOf: asOf, requirementsHash } = report
  const hash = `\`${requirementsHash.slice(0, 19)}\``
  const blocks = [
    write.heading(recordMessage('planner.record-title', { name: requirements.name }), 1),
    write.text(
      chosen
        ? recordMessage('planner.record-status-chosen', { candidate: chosen.id, asOf, hash })
        : recordMessage('planner.record-status-none', { nearest: nearest?.id ?? null, asOf, hash }),
    ),
    write.text(recordMessage('planner.record-generated', {})),
    ...contextSection(facts, write),
    ...decisionSection(facts, write),
    ...optionsSection(facts, write, plotFile ?? null),
    ...arithmeticSection(facts, write),
    ...predictionsSection(facts, write),
    ...simulationSection(facts, write),
    ...moneySection(facts, write),
    ...consequencesSection(facts, write),
    ...risksSection(facts, write),
    ...changesSection(facts, write),
    write.heading(recordMessage('planner.record-next', {})),
    write.text(nextMeasurement(report) ?? recordMessage('planner.measure-none', {})),
    write.heading(recordMessage('planner.record-sources', {})),
    markdownList(sourcesOf(facts).map(write.text)),
  ]
  return `${blocks.join('\n\n')}\n`
}
