// What every section of the record writes with: messages and labels in the reader's language.

import { createRenderer, formatMs, formatNumber, type Language, type Message } from '../../core/index.js'
import { plannerMessages } from '../messages.js'
import type { Estimate, QualityEstimate } from '../search/report.js'
import { type RecordLabel, recordLabels } from './record-labels.js'
import { recordMessage } from './record-messages.js'

const renderPlanner = createRenderer(plannerMessages)

export interface RecordWriter {
  readonly language: Language
  readonly text: (message: Message) => string
  readonly label: (label: RecordLabel) => string
  /** A heading of the record by the end of its code. */
  readonly heading: (message: Message, level?: number) => string
  readonly duration: (estimate: Estimate | null) => string
  readonly quality: (quality: QualityEstimate) => string
}

export const createRecordWriter = (language: Language): RecordWriter => {
  const text = (message: Message) => renderPlanner(message, language)
  const label = (name: RecordLabel) => recordLabels[name][language]
  return {
    language,
    text,
    label,
    heading: (message, level = 2) => `${'#'.repeat(level)} ${text(message)}`,
    duration: (estimate) => (estimate ? formatMs(estimate.value) : '-'),
    quality: (quality) => {
      if (quality.kind === 'published') return `${quality.metric} ${formatNumber(quality.value)}`
      if (quality.kind === 'measured')
        return `${quality.suite} ${quality.metric} ${formatNumber(quality.value)}`
      return quality.kind === 'size-proxy'
        ? text(recordMessage('planner.quality-proxy', { parametersB: quality.effectiveParametersB }))
        : label('unknown')
    },
  }
}
