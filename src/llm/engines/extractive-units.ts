// The pieces of a passage that can be quoted: sentences, list items, rows of a table, code. Offsets are into the passage's
// text. Knows no question.

import { splitSentences } from '../../core/index.js'

export interface QuotableUnit {
  readonly kind: 'sentence' | 'item' | 'row' | 'code'
  readonly start: number
  readonly end: number
  /** As it stands in the passage. */
  readonly text: string
  /** What the unit hangs on: the headings above it, the header of its table, the line that introduces it. */
  readonly context: string
  /** The rows that name the columns of a row, with the rule below them; otherwise empty. */
  readonly header: string
}

/** Whether a sentence leaves its content to what comes after it. */
export const introduces = (sentence: string): boolean => /(?:[:：]|如下[。.]?)$/.test(sentence)

const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$/
const row = /^[ \t]*\|.*\|[ \t]*$/
const rule = /^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$/
const item = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/
const fence = /^ {0,3}(?:`{3}|~{3})/

/** The units in order; headings, rules and headers of tables are none. */
export const unitsOfPassage = (text: string): readonly QuotableUnit[] => {
  const units: QuotableUnit[] = []
  const state: State = { heading: '', header: '', leadIn: '', paragraphStart: -1, codeStart: -1 }
  const lines = linesOf(text)
  for (const [i, line] of lines.entries()) {
    const next = lines[i + 1]
    readLine(units, state, {
      ...line,
      text,
      isBeforeRule: next !== undefined && rule.test(text.slice(next.start, next.end)),
    })
  }
  endParagraph(units, text, state, text.length)
  return units
}

interface LineOfPassage {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly isBeforeRule: boolean
}

const readLine = (units: QuotableUnit[], state: State, line: LineOfPassage) => {
  const { text, start, end } = line
  const source = text.slice(start, end)
  const kind = kindOf(source)
  if (kind === 'fence' || state.codeStart >= 0) return readCode(units, state, line, kind === 'fence')
  if (kind !== 'text') endParagraph(units, text, state, start)
  if (kind !== 'row' && kind !== 'rule') state.header = ''
  if (kind === 'heading') state.heading = heading.exec(source)?.[1] ?? ''
  else if (kind === 'item')
    addLine(units, 'item', { text, start, end, context: contextOf(state, state.leadIn), header: '' })
  else if (kind === 'row' && line.isBeforeRule) state.header = source
  else if (kind === 'row')
    addLine(units, 'row', { text, start, end, context: contextOf(state, state.header), header: state.header })
  else if (kind === 'text' && state.paragraphStart < 0) state.paragraphStart = start
}

/** What stands between two fences is one unit, without them. */
const readCode = (
  units: QuotableUnit[],
  state: State,
  { text, start, end }: LineOfPassage,
  isFence: boolean,
) => {
  if (!isFence) return
  endParagraph(units, text, state, start)
  if (state.codeStart < 0) {
    state.codeStart = Math.min(end + 1, text.length)
    return
  }
  const code = text.slice(state.codeStart, start).trimEnd()
  const context = contextOf(state, state.leadIn)
  if (code.trim() !== '')
    units.push({
      kind: 'code',
      start: state.codeStart,
      end: state.codeStart + code.length,
      text: code,
      context,
      header: '',
    })
  state.codeStart = -1
}

interface State {
  heading: string
  header: string
  leadIn: string
  paragraphStart: number
  codeStart: number
}

const kindOf = (line: string): 'blank' | 'fence' | 'heading' | 'rule' | 'row' | 'item' | 'text' => {
  if (fence.test(line)) return 'fence'
  if (line.trim() === '') return 'blank'
  if (heading.test(line)) return 'heading'
  if (rule.test(line)) return 'rule'
  if (row.test(line)) return 'row'
  return item.test(line) ? 'item' : 'text'
}

const contextOf = ({ heading: above }: State, more: string) =>
  [above, more].filter((part) => part !== '').join('\n')

const addLine = (
  units: QuotableUnit[],
  kind: 'item' | 'row',
  {
    text,
    start,
    end,
    ...more
  }: Pick<LineOfPassage, 'text' | 'start' | 'end'> & Pick<QuotableUnit, 'context' | 'header'>,
) => {
  const line = text.slice(start, end)
  const from =
    start + (kind === 'item' ? (item.exec(line)?.[0].length ?? 0) : line.length - line.trimStart().length)
  const to = start + line.trimEnd().length
  if (to > from) units.push({ kind, start: from, end: to, text: text.slice(from, to), ...more })
}

const endParagraph = (units: QuotableUnit[], text: string, state: State, end: number) => {
  const from = state.paragraphStart
  if (from < 0) return
  state.paragraphStart = -1
  const paragraph = text.slice(from, end)
  for (const span of splitSentences(paragraph)) {
    const sentence = paragraph.slice(span.start, span.end)
    units.push({
      kind: 'sentence',
      start: from + span.start,
      end: from + span.end,
      text: sentence,
      context: contextOf(state, ''),
      header: '',
    })
    state.leadIn = introduces(sentence) ? sentence : ''
  }
}

const linesOf = (text: string) => {
  const lines: { start: number; end: number }[] = []
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    lines.push({ start, end })
    start = end + 1
  }
  return lines
}
