// The ways that were compared, each rejected one with its reason, and what ruled out the rest.

import { formatNumber } from '../../core/index.js'
import type { DesignReport } from '../search/report.js'
import { mostRows, type SummaryRow, summarise } from '../search/summarise.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

const reasonLimit = 8

/** @param plotFile the plot of the front, as seen from the record; null = none is written */
export const optionsSection = (
  { report }: DesignFacts,
  write: RecordWriter,
  plotFile: string | null,
): string[] => {
  const { rows, considered, feasible, ruledOutBy } = summarise(report, mostRows)
  const front = new Set(report.front)
  return [
    write.heading(recordMessage('planner.record-options', {})),
    write.text(recordMessage('planner.record-options-count', { considered, feasible, front: front.size })),
    ...(plotFile === null
      ? []
      : [`![${write.text(recordMessage('planner.plot-x', {}))}](${encodeURI(plotFile)})`]),
    markdownTable(
      [
        '',
        write.label('model'),
        write.label('servedBy'),
        write.label('hardware'),
        write.label('cost'),
        write.label('ttft'),
        write.label('e2e'),
        write.label('quality'),
        write.label('whyNot'),
      ],
      rows.map((row) => cells(row, front.has(row.id), write)),
    ),
    ...(rows.some(({ isJoined }) => isJoined)
      ? [write.text(recordMessage('planner.record-joined-times', {}))]
      : []),
    ...testedWays(report, write),
    ...(ruledOutBy.length > 0
      ? [
          write.text(recordMessage('planner.record-ruled-out', {})),
          markdownList(
            ruledOutBy
              .slice(0, reasonLimit)
              .map(
                ({ constraint, count, example }) => `${count} × \`${constraint}\`: ${write.text(example)}`,
              ),
          ),
        ]
      : []),
  ]
}

/** Which ways are calibrated, and by how many tests. */
const testedWays = ({ candidates }: DesignReport, write: RecordWriter): string[] => {
  const tested = candidates.filter(({ loadTests }) => loadTests > 0)
  if (tested.length === 0) return []
  const more = Math.max(0, tested.length - reasonLimit)
  return [
    write.text(recordMessage('planner.record-load-tests', { more })),
    markdownTable(
      [write.label('way'), write.label('loadTests')],
      tested.slice(0, reasonLimit).map(({ id, loadTests }) => [id, String(loadTests)]),
    ),
  ]
}

const marks: Readonly<Record<SummaryRow['verdict'], string>> = { chosen: '→', possible: '○', rejected: '✗' }

const cells = (row: SummaryRow, isOnFront: boolean, write: RecordWriter): string[] => [
  `${marks[row.verdict]}${isOnFront ? ' ◆' : ''}`,
  row.model,
  row.served,
  row.kind === 'hosted-api' ? 'API' : row.hardware || '-',
  row.costPerMonthUsd === null ? '-' : formatNumber(row.costPerMonthUsd),
  write.duration(row.ttftP90Ms),
  write.duration(row.e2eP90Ms),
  write.quality(row.quality),
  row.why ? write.text(row.why) : '',
]
