// Finds the blocks of a Markdown text: headings, paragraphs, list items, table rows, code. Follows CommonMark and
// GitHub's tables as far as retrieval needs: what is inside a quotation or a nested list keeps its text and loses
// its structure.

import type { Span } from '../core/index.js'
import type { Block, BlockKind } from './document.js'
import { plainOfMarkdown } from './markdown-inline.js'

interface Line extends Span {
  readonly text: string
}

const fence = /^ {0,3}(`{3,}|~{3,})/
const atxHeading = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*$/
const thematicBreak = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/
const listItem = /^([ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+\S/
const listMarker = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/
const linkDefinition = /^ {0,3}\[[^\]]{1,1000}\]:[ \t]*\S/
const delimiterRow = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const hiddenElement = /^ {0,3}<(script|style|template)\b/i

const isBlank = (line: Line | undefined) => line === undefined || line.text.trim() === ''
const isTableStart = (lines: readonly Line[], at: number) =>
  (lines[at]?.text.includes('|') ?? false) &&
  delimiterRow.test(lines[at + 1]?.text ?? '') &&
  (lines[at + 1]?.text.includes('|') ?? false)

const startsBlock = (lines: readonly Line[], at: number) => {
  const text = lines[at]?.text ?? ''
  return (
    text.trim() === '' ||
    fence.test(text) ||
    atxHeading.test(text) ||
    thematicBreak.test(text) ||
    listItem.test(text) ||
    isTableStart(lines, at)
  )
}

/** What is being read, and what was found so far. */
interface Reading {
  readonly text: string
  readonly lines: readonly Line[]
  readonly blocks: Block[]
  group: number
}

/** The blocks of a Markdown text from an offset on, in order. */
export const markdownBlocks = (text: string, from: number): readonly Block[] => {
  const reading: Reading = { text, lines: splitLines(text, from), blocks: [], group: 0 }
  for (let at = 0; at < reading.lines.length; ) {
    reading.group++
    at = readTable(reading, at) ?? readList(reading, at) ?? readOther(reading, at)
  }
  return reading.blocks
}

/** Lines `first` to `end` (exclusive) as one block. */
const add = (
  { text, lines, blocks, group }: Reading,
  kind: BlockKind,
  { first, end, ...block }: { first: number; end: number } & Partial<Omit<Block, 'end'>>,
) => {
  const from = lines[first]?.start ?? 0
  const source = text.slice(from, lines[end - 1]?.end)
  const span = {
    start: from + source.length - source.trimStart().length,
    end: from + source.trimEnd().length,
  }
  const plain = block.plain ?? plainOfMarkdown(source)
  if (span.end > span.start) blocks.push({ kind, level: 0, group, isHeader: false, ...block, ...span, plain })
}

const readTable = (reading: Reading, at: number): number | undefined => {
  const { lines } = reading
  if (!isTableStart(lines, at)) return undefined
  const row = (first: number, isHeader: boolean) =>
    add(reading, 'row', { first, end: first + 1, isHeader, plain: plainOfRow(lines[first]?.text ?? '') })
  row(at, true)
  let next = at + 2
  for (; !isBlank(lines[next]) && lines[next]?.text.includes('|'); next++) row(next, false)
  return next
}

const readList = (reading: Reading, at: number): number | undefined => {
  const { text, lines } = reading
  const isItem = (index: number) =>
    listItem.test(lines[index]?.text ?? '') && !thematicBreak.test(lines[index]?.text ?? '')
  if (!isItem(at)) return undefined
  let next = at
  while (isItem(next)) {
    const first = next++
    while (next < lines.length && !startsBlock(lines, next)) next++
    const indent = listItem.exec(lines[first]?.text ?? '')?.[1]?.replaceAll('\t', '    ').length ?? 0
    const source = text.slice(lines[first]?.start, lines[next - 1]?.end)
    const plain = plainOfMarkdown(source.replace(listMarker, ''))
    add(reading, 'item', { first, end: next, level: Math.floor(indent / 2), plain })
    if (isBlank(lines[next]) && isItem(next + 1)) next++
  }
  return next
}

const readOther = (reading: Reading, at: number): number => {
  const line = reading.lines[at]
  if (!line || isBlank(line)) return at + 1
  const heading = atxHeading.exec(line.text)
  if (heading) {
    const plain = plainOfMarkdown(heading[2] ?? '')
    add(reading, 'heading', { first: at, end: at + 1, level: heading[1]?.length ?? 1, plain })
    return at + 1
  }
  const opening = fence.exec(line.text)?.[1]
  if (opening) return readFence(reading, at, opening)
  if (line.text.trimStart().startsWith('<!--')) return skipUntil(reading, at, '-->')
  const hidden = hiddenElement.exec(line.text)?.[1]
  if (hidden) return skipUntil(reading, at, `</${hidden.toLowerCase()}`)
  if (thematicBreak.test(line.text) || linkDefinition.test(line.text)) return at + 1
  return readParagraph(reading, at)
}

const readFence = (reading: Reading, at: number, opening: string): number => {
  const { lines } = reading
  const isEnd = (index: number) => {
    const closing = fence.exec(lines[index]?.text ?? '')?.[1] ?? ''
    return closing[0] === opening[0] && closing.length >= opening.length
  }
  let next = at + 1
  while (next < lines.length && !isEnd(next)) next++
  const plain = lines.slice(at + 1, next).map((inner) => inner.text)
  add(reading, 'code', { first: at, end: Math.min(next + 1, lines.length), plain: plain.join('\n') })
  return next + 1
}

const skipUntil = ({ lines }: Reading, at: number, end: string): number => {
  let next = at
  while (next < lines.length && !lines[next]?.text.toLowerCase().includes(end)) next++
  return next + 1
}

const readParagraph = (reading: Reading, at: number): number => {
  const { lines } = reading
  let next = at + 1
  // A line of dashes is a thematic break on its own and an underline below a paragraph.
  while (next < lines.length && !setextUnderline.test(lines[next]?.text ?? '') && !startsBlock(lines, next))
    next++
  const underline = setextUnderline.exec(lines[next]?.text ?? '')?.[1]
  if (underline === undefined) {
    add(reading, 'paragraph', { first: at, end: next })
    return next
  }
  const source = reading.text.slice(lines[at]?.start, lines[next - 1]?.end)
  const level = underline.startsWith('=') ? 1 : 2
  add(reading, 'heading', { first: at, end: next + 1, level, plain: plainOfMarkdown(source) })
  return next + 1
}

const splitLines = (text: string, from: number): Line[] => {
  const lines: Line[] = []
  for (let start = from; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    lines.push({ start, end, text: text.slice(start, end) })
    start = end + 1
  }
  return lines
}

const plainOfRow = (line: string): string =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => plainOfMarkdown(cell.replaceAll('\\|', '|')))
    .join(' | ')
