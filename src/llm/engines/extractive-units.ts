// The pieces of a passage that can be quoted: sentences, list items, rows of a table. Offsets are into the passage's
// text. Knows no question.

import { splitSentences } from '../../core/index.js'

export interface QuotableUnit {
  readonly kind: 'sentence' | 'item' | 'row'
  readonly start: number
  readonly end: number
  /** As it stands in the passage. */
  readonly text: string
  /** What the unit hangs on: the headings above it, the header of its table, the line that introduces its list. */
  readonly context: string
}

const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$/
const row = /^[ \t]*\|.*\|[ \t]*$/
const rule = /^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$/
const item = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/
const fence = /^ {0,3}(?:`{3}|~{3})/

/** The units in order; headings, rules and headers of tables are none. */
export const unitsOfPassage = (text: string): readonly QuotableUnit[] => {
  const units: QuotableUnit[] = []
  const state = { heading: '', header: '', leadIn: '', paragraphStart: -1 }
  const endParagraph = (end: number) => {
    if (state.paragraphStart >= 0) addSentences(units, text, state, end)
    state.paragraphStart = -1
  }
  const lines = linesOf(text)
  for (const [i, { start, end }] of lines.entries()) {
    const line = text.slice(start, end)
    const next = lines[i + 1]
    const kind = kindOf(line)
    if (kind !== 'text') endParagraph(start)
    if (kind !== 'row' && kind !== 'rule') state.header = ''
    if (kind === 'heading') state.heading = heading.exec(line)?.[1] ?? ''
    else if (kind === 'item')
      addLine(units, 'item', { text, start, end, context: contextOf(state, state.leadIn) })
    else if (kind === 'row') {
      const isHeader = next !== undefined && kindOf(text.slice(next.start, next.end)) === 'rule'
      if (isHeader) state.header = line
      else addLine(units, 'row', { text, start, end, context: contextOf(state, state.header) })
    } else if (kind === 'text' && state.paragraphStart < 0) state.paragraphStart = start
  }
  endParagraph(text.length)
  return units
}

interface State {
  heading: string
  header: string
  leadIn: string
  paragraphStart: number
}

const kindOf = (line: string): 'blank' | 'heading' | 'rule' | 'row' | 'item' | 'text' => {
  if (line.trim() === '' || fence.test(line)) return 'blank'
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
  { text, start, end, context }: { text: string; start: number; end: number; context: string },
) => {
  const line = text.slice(start, end)
  const from =
    start + (kind === 'item' ? (item.exec(line)?.[0].length ?? 0) : line.length - line.trimStart().length)
  const to = start + line.trimEnd().length
  if (to > from) units.push({ kind, start: from, end: to, text: text.slice(from, to), context })
}

const addSentences = (units: QuotableUnit[], text: string, state: State, end: number) => {
  const from = state.paragraphStart
  const paragraph = text.slice(from, end)
  for (const span of splitSentences(paragraph)) {
    const sentence = paragraph.slice(span.start, span.end)
    units.push({
      kind: 'sentence',
      start: from + span.start,
      end: from + span.end,
      text: sentence,
      context: contextOf(state, ''),
    })
    state.leadIn = /[:：]$/.test(sentence) ? sentence : ''
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
