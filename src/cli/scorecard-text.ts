// A scorecard for people: the table, what has to be said about its rows, and the count of verdicts.

import type { Architecture, Requirements } from '../spec/index.js'
import { describeRows, renderNotes, renderScorecard, type Scorecard } from '../verify/index.js'
import type { CommandContext } from './command-context.js'
import { renderTable } from './table.js'

interface Subject {
  readonly scorecard: Scorecard
  readonly requirements: Requirements
  readonly architecture: Architecture
}

export const scorecardText = (
  { scorecard, requirements, architecture }: Subject,
  context: CommandContext,
): string => {
  const { language, text } = context
  const table = renderScorecard(scorecard, language, describeRows(requirements, architecture))
  const columns = table.columns.map((title, i) => ({
    title,
    align: i === 0 || i === 6 ? ('left' as const) : ('right' as const),
  }))
  const notes = scorecard.rows
    .filter(({ verdict }) => verdict !== 'pass')
    .flatMap((row) => renderNotes(row, language).map((note) => ({ id: row.id, note })))
  // One note may hold for many rows; it is told once, with the rows it is about.
  const told = Object.entries(Object.groupBy(notes, ({ note }) => note)).map(
    ([note, about]) => `  ${about?.map(({ id }) => id).join(', ')}: ${note}`,
  )
  const counts = Object.entries(Object.groupBy(scorecard.rows, (row) => row.verdict)).map(
    ([verdict, rows]) => `${rows?.length} ${verdict}`,
  )
  return [
    renderTable(columns, table.rows),
    '',
    ...told,
    '',
    text(`Verdicts: ${counts.join(', ')}.`, `結果：${counts.join('、')}。`),
  ].join('\n')
}
