// What passages are made of: blocks, pieces of long blocks, and blocks that belong together. Fills no passage.

import { type Span, splitSentences } from '../core/index.js'
import { estimateTokens } from '../llm/index.js'
import type { Block } from './document.js'
import { plainOfMarkdown } from './markdown-inline.js'

export interface Unit extends Span {
  readonly plain: string
  /** Estimated; 0 of headings, which are searched in a field of their own. */
  readonly tokens: number
  /** Whether it goes on with a block that was cut before it. */
  readonly isContinuation?: boolean
  /** The end of the text before this unit, to be repeated when a passage begins here in the middle of it. */
  readonly overlap?: Span & { readonly plain: string }
  /** The header of a table that was cut before this unit. */
  readonly context?: string
}

/** A table may be this many times longer than a passage before it is cut. */
const tableAllowance = 2
/** When running text is cut, its last sentence is repeated unless it takes more than this share of a passage. */
const overlapShare = 0.25
/** Introduces what comes next. */
const leadIn = /(?:[:：]|如下[。.]?)$/

/** The units of one section, whose headings come first. */
export const unitsOf = (text: string, blocks: readonly Block[], chunkTokens: number): readonly Unit[] => {
  const content = blocks.findIndex((block) => block.kind !== 'heading')
  const units: Unit[] = []
  const heading = joined(blocks.slice(0, content).map((block) => ({ ...block, plain: '', tokens: 0 })))
  if (heading) units.push(heading)
  for (let at = Math.max(0, content); at < blocks.length; ) {
    let end = at + 1
    while (end < blocks.length && blocks[end]?.group === blocks[at]?.group) end++
    const members = blocks.slice(at, end)
    const isTable = members[0]?.kind === 'row'
    const cut = isTable ? cutTable : cutText
    units.push(...cut(text, members, chunkTokens))
    at = end
  }
  return joinLeadIns(units, chunkTokens)
}

const unitOf = (block: Block): Unit => ({
  start: block.start,
  end: block.end,
  plain: block.plain,
  tokens: estimateTokens(block.plain),
})

const joined = (units: readonly Unit[]): Unit | undefined => {
  const [first] = units
  if (!first) return undefined
  const plain = units.map((unit) => unit.plain).join('\n')
  const tokens = units.reduce((sum, unit) => sum + unit.tokens, 0)
  return { ...first, end: units.at(-1)?.end ?? first.end, plain: tokens === 0 ? '' : plain, tokens }
}

/** A table is one unit where it fits; otherwise each row is one, and knows the header. */
const cutTable = (text: string, rows: readonly Block[], chunkTokens: number): readonly Unit[] => {
  const whole = joined(rows.map(unitOf))
  if (whole && whole.tokens <= tableAllowance * chunkTokens) return [whole]
  const context = joined(rows.filter((row) => row.isHeader).map(unitOf))?.plain
  return rows.flatMap((row) =>
    cutBlock(text, row, chunkTokens).map((unit) =>
      row.isHeader || context === undefined ? unit : { ...unit, context },
    ),
  )
}

const cutText = (text: string, blocks: readonly Block[], chunkTokens: number): readonly Unit[] =>
  blocks.flatMap((block) => cutBlock(text, block, chunkTokens))

/** The block itself, or its sentences (of code its lines) when it is longer than a passage. */
const cutBlock = (text: string, block: Block, chunkTokens: number): readonly Unit[] => {
  const whole = unitOf(block)
  if (whole.tokens <= chunkTokens) return [whole]
  const source = text.slice(block.start, block.end)
  const hasMarkup = source !== block.plain && block.kind !== 'code'
  const spans = block.kind === 'code' ? linesOf(source) : splitSentences(source)
  const units: Unit[] = []
  for (const span of spans.flatMap((part) => cutToFit(source, part, chunkTokens))) {
    const part = source.slice(span.start, span.end)
    const plain = hasMarkup ? plainOfMarkdown(part) : part
    const previous = units.at(-1)
    const isShort = previous !== undefined && previous.tokens <= overlapShare * chunkTokens
    units.push({
      start: block.start + span.start,
      end: block.start + span.end,
      plain,
      tokens: estimateTokens(plain),
      ...(previous && { isContinuation: true }),
      ...(isShort && block.kind !== 'code' && { overlap: previous }),
    })
  }
  return units
}

const linesOf = (source: string): readonly Span[] => {
  const spans: Span[] = []
  for (let start = 0; start < source.length; ) {
    const newline = source.indexOf('\n', start)
    const end = newline === -1 ? source.length : newline
    if (source.slice(start, end).trim() !== '') spans.push({ start, end })
    start = end + 1
  }
  return spans
}

/** Cuts a sentence that is longer than a passage, between words where there are any, never inside a character. */
const cutToFit = (source: string, span: Span, chunkTokens: number): readonly Span[] => {
  const spans: Span[] = []
  for (let start = span.start; start < span.end; ) {
    const reach = reachOf(source, { start, end: span.end }, chunkTokens)
    const end = reach === span.end ? reach : breakBefore(source, start, reach)
    spans.push({ start, end })
    start = end
  }
  return spans
}

/** How far a passage reaches from `start`, at least two characters. */
const reachOf = (source: string, { start, end }: Span, chunkTokens: number): number => {
  // No text has fewer tokens than a quarter of its characters.
  let reach = Math.min(end, start + 4 * chunkTokens)
  while (reach - start > 2 && estimateTokens(source.slice(start, reach)) > chunkTokens)
    reach = start + Math.max(2, Math.floor((reach - start) * 0.8))
  return reach
}

const breakBefore = (source: string, start: number, limit: number): number => {
  for (let at = limit; at > start + (limit - start) / 2; at--)
    if (/[\s，、,;；]/.test(source[at - 1] ?? '')) return at
  const isInsideCharacter = /[\udc00-\udfff]/.test(source[limit] ?? '')
  return isInsideCharacter ? limit - 1 : limit
}

/** Keeps "The fees are:" with what it introduces. */
const joinLeadIns = (units: readonly Unit[], chunkTokens: number): readonly Unit[] => {
  const out: Unit[] = []
  for (const unit of units) {
    const previous = out.at(-1)
    const fits = previous && previous.tokens + unit.tokens <= tableAllowance * chunkTokens
    if (previous && fits && leadIn.test(previous.plain)) out.push(joined([out.pop() as Unit, unit]) as Unit)
    else out.push(unit)
  }
  return out
}
