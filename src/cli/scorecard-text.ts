// A scorecard for people: the table, what has to be said about its rows, and the count of verdicts.

import type { Architecture, Requirements } from '../spec/index.js'
import { describeRows, isHereId, renderNotes, renderScorecard, type Scorecard } from '../verify/index.js'
import type { CommandContext } from './command-context.js'
import { renderTable } from './table.js'

type Row = Scorecard['rows'][number]

interface Subject {
  readonly scorecard: Scorecard
  readonly requirements: Requirements
  readonly architecture: Architecture
}

/** Under which conditions a figure of this machine was taken. */
const conditions = ['verify.note.stand-in-judged', 'verify.note.load', 'verify.note.lengths']

/** Everything of a row that did not pass; of one that did, what a reader would take it for without. */
const isToldOf =
  ({ id, verdict }: Row) =>
  ({ code }: { readonly code: string }): boolean =>
    verdict !== 'pass' ||
    code === 'verify.note.prediction-missed' ||
    (isHereId(id) && conditions.includes(code))

export const scorecardText = (
  { scorecard, requirements, architecture }: Subject,
  context: Pick<CommandContext, 'language' | 'text'>,
): string => {
  const { language, text } = context
  const table = renderScorecard(scorecard, language, describeRows(requirements, architecture))
  const columns = table.columns.map((title, i) => ({
    title,
    align: i === 0 || i === 6 ? ('left' as const) : ('right' as const),
  }))
  const notes = scorecard.rows
    .map((row) => ({
      ...row,
      evidence: { ...row.evidence, notes: row.evidence.notes.filter(isToldOf(row)) },
    }))
    .flatMap((row) => renderNotes(row, language).map((note) => ({ id: row.id, note })))
  // One note may hold for many rows; it is told once, with the rows it is about.
  const told = Object.entries(Object.groupBy(notes, ({ note }) => note)).map(
    ([note, about]) => `  ${about?.map(({ id }) => id).join(text(', ', '、'))}${text(': ', '：')}${note}`,
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
