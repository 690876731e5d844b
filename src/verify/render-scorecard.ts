// A scorecard as the cells of a table, in both languages. Knows no terminal.

import { createRenderer, formatNumber, type Language, type Message } from '../core/index.js'
import { verifyMessages } from './messages.js'
import { rowTitles } from './row-titles.js'
import type { Scorecard, ScorecardRow, Verdict } from './scorecard.js'

export interface ScorecardTable {
  /** title, target, predicted, measured, 95 % interval, n, verdict */
  readonly columns: readonly string[]
  /** One cell per column. */
  readonly rows: readonly (readonly string[])[]
}

const columns: Readonly<Record<Language, readonly string[]>> = {
  en: ['', 'target', 'predicted', 'measured', '95 % interval', 'n', 'verdict'],
  'zh-TW': ['', '目標', '預測', '實測', '95% 信賴區間', '樣本數', '結果'],
}

const verdictText: Readonly<Record<Verdict, Readonly<Record<Language, string>>>> = {
  pass: { en: 'pass', 'zh-TW': '通過' },
  fail: { en: 'FAIL', 'zh-TW': '未達標' },
  inconclusive: { en: 'inconclusive', 'zh-TW': '無法判定' },
  invalid: { en: 'INVALID', 'zh-TW': '無效' },
  'not-measured': { en: 'not measured', 'zh-TW': '未判定' },
}

/** @param titles of `describeRows`; without it the titles are in English */
export const renderScorecard = (
  scorecard: Scorecard,
  language: Language,
  titles: ReadonlyMap<string, Message> = new Map(),
): ScorecardTable => ({
  columns: columns[language],
  rows: scorecard.rows.map((row) => [
    titleOf(row, language, titles),
    row.target ? `${row.target.op} ${figure(row.target.value, row.target.unit)}` : '-',
    row.predicted ? `${predictedText(row.predicted)}${hasMissed(row) ? ' ✗' : ''}` : '-',
    row.measured ? figure(row.measured.value, row.measured.unit) : '-',
    row.measured ? rangeText(row.measured) : '-',
    row.measured ? String(row.measured.n) : '-',
    verdictText[row.verdict][language],
  ]),
})

const titleOf = (row: ScorecardRow, language: Language, titles: ReadonlyMap<string, Message>) => {
  const title = titles.get(row.id)
  return title ? render(title, language) : row.title
}

const render = createRenderer(rowTitles, verifyMessages)

/** What has to be said about a row, in the reader's language. */
export const renderNotes = (row: ScorecardRow, language: Language): readonly string[] =>
  row.evidence.notes.map((note) => render(note, language))

const hasMissed = ({ evidence }: ScorecardRow) =>
  evidence.notes.some(({ code }) => code === 'verify.note.prediction-missed')

type Figure = NonNullable<ScorecardRow['predicted']>

const predictedText = ({ value, unit, low, high }: Figure) =>
  low === null && high === null
    ? figure(value, unit)
    : `${figure(value, unit)} (${rangeText({ value, unit, low, high })})`

const rangeText = ({ low, high, unit }: Figure) => `${bound(low, unit)} - ${bound(high, unit)}`

const bound = (value: number | null, unit: string) => (value === null ? '?' : numberIn(value, unit))

const figure = (value: number, unit: string) => `${numberIn(value, unit)}${suffix[unit] ?? ` ${unit}`}`

const numberIn = (value: number, unit: string) => formatNumber(unit === 'share' ? value * 100 : value)

/** A share is shown in percent. */
const suffix: Readonly<Record<string, string>> = { share: ' %' }
