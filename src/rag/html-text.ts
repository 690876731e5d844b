// Writes the visible text of a page, and the blocks it is made of, while somebody walks the page. Knows no HTML.

import type { Block, BlockKind } from './document.js'

export interface TextWriter {
  /** Adds words to the block being written; runs of white space count as one space. */
  append(text: string): void
  /** Adds text as it is. */
  appendVerbatim(text: string): void
  /** Ends the block being written and says what the next ones are. */
  begin(kind: BlockKind, block?: { level?: number; group?: number; marker?: string }): void
  /** Writes a row of a table. @param cells plain text, one line each */
  row(cells: readonly string[], row: { group: number; isHeader: boolean }): void
  /** A number for a new list or table. */
  newGroup(): number
  finish(): { readonly text: string; readonly blocks: readonly Block[] }
}

const wide = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。、；：！？「」（）]`
/** A line break in the source between two Chinese characters is no space. */
const breakBetweenWide = new RegExp(String.raw`(?<=${wide})[ \t]*\n\s*(?=${wide})`, 'gu')

export const createTextWriter = (): TextWriter => {
  const parts: string[] = []
  const blocks: Block[] = []
  let length = 0
  let groups = 0
  let buffer = ''
  let kind: BlockKind = 'paragraph'
  let level = 0
  let group = 0
  let marker = ''

  const write = (written: string, block: Omit<Block, 'start' | 'end'>) => {
    const previous = blocks.at(-1)
    const isSameGroup = previous?.group === block.group
    const separator = previous === undefined ? '' : isSameGroup ? '\n' : '\n\n'
    const start = length + separator.length
    parts.push(separator, written)
    length = start + written.length
    blocks.push({ ...block, start, end: length })
  }

  const flush = () => {
    const plain =
      kind === 'code' ? buffer.replace(/^\n+|\s+$/g, '') : buffer.replace(/[ \t]*\n[ \t]*/g, '\n').trim()
    buffer = ''
    if (plain === '') return
    const indent = '  '.repeat(level)
    const prefix = kind === 'heading' ? `${'#'.repeat(level)} ` : kind === 'item' ? indent + marker : ''
    const own = kind === 'item' ? group : ++groups
    const written = kind === 'code' ? fenced(plain) : prefix + plain
    write(written, {
      kind,
      plain,
      level: kind === 'item' || kind === 'heading' ? level : 0,
      group: own,
      isHeader: false,
    })
    // What follows in the same list item has no marker of its own.
    if (kind === 'item') marker = '  '
  }

  return {
    append: (text) => {
      const words = text.replace(breakBetweenWide, '').replace(/\s+/g, ' ')
      buffer += /\s$/.test(buffer) || buffer === '' ? words.trimStart() : words
    },
    appendVerbatim: (text) => {
      buffer += text
    },
    begin: (next, block = {}) => {
      flush()
      kind = next
      level = block.level ?? 0
      group = block.group ?? 0
      marker = block.marker ?? marker
    },
    row: (cells, { group: table, isHeader }) => {
      flush()
      const shown = cells.map((cell) => cell.replaceAll('|', '\\|'))
      const rule = isHeader ? `\n|${' --- |'.repeat(cells.length)}` : ''
      write(`| ${shown.join(' | ')} |`, {
        kind: 'row',
        plain: cells.join(' | '),
        level: 0,
        group: table,
        isHeader,
      })
      parts.push(rule)
      length += rule.length
    },
    newGroup: () => ++groups,
    finish: () => {
      flush()
      return { text: parts.join(''), blocks }
    },
  }
}

/** As in Markdown; the fence is longer than any run of its characters inside. */
const fenced = (code: string): string => {
  const runs = code.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)))
  return `${fence}\n${code}\n${fence}`
}
