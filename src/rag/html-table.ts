// Reads a table of a page as rows of cells, with merged cells repeated in each row they cover. Knows no blocks.

import type { DefaultTreeAdapterTypes } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

export interface TableRow {
  readonly cells: readonly string[]
  readonly isHeader: boolean
}

/** More columns than this hold no table a reader could use; it bounds what a `colspan` of 1000 costs. */
const maxColumns = 64
const blockInside = new Set([
  'table',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'pre',
  'article',
  'section',
])

export const attributeOf = (element: Element, name: string): string | undefined =>
  element.attrs.find((attribute) => attribute.name === name)?.value

export const isElement = (node: Node): node is Element => 'tagName' in node

/** Whether a table only arranges the page: its cells hold headings, lists or tables of their own. */
export const isLayoutTable = (table: Element): boolean => {
  const role = attributeOf(table, 'role')
  if (role === 'presentation' || role === 'none') return true
  return [...descendants(table, () => false)].some((node) => isElement(node) && blockInside.has(node.tagName))
}

/** The rows in order. Header rows are those in `thead`, or at the top and made of `th` alone. */
export const rowsOfTable = (table: Element): readonly TableRow[] => {
  const rows: TableRow[] = []
  /** Cells that reach down from rows above, by column. */
  const reaching = new Map<number, { text: string; rows: number }>()
  let isTop: boolean = true
  for (const row of descendants(table, (node) => node.tagName === 'table')) {
    if (!isElement(row) || row.tagName !== 'tr') continue
    const cells = row.childNodes
      .filter(isElement)
      .filter(({ tagName }) => tagName === 'td' || tagName === 'th')
    if (cells.length === 0) continue
    const isHeader: boolean = isTop && (inHead(row) || cells.every(({ tagName }) => tagName === 'th'))
    isTop = isHeader
    rows.push({ cells: layOut(cells, reaching), isHeader })
  }
  return rows
}

const inHead = (row: Element) =>
  isElement(row.parentNode as Node) && (row.parentNode as Element).tagName === 'thead'

const layOut = (
  cells: readonly Element[],
  reaching: Map<number, { text: string; rows: number }>,
): string[] => {
  const line: string[] = []
  const fill = () => {
    for (let above = reaching.get(line.length); above; above = reaching.get(line.length)) {
      if (above.rows <= 1) reaching.delete(line.length)
      else reaching.set(line.length, { ...above, rows: above.rows - 1 })
      line.push(above.text)
    }
  }
  for (const cell of cells) {
    fill()
    const text = textOf(cell)
    const columns = spanOf(cell, 'colspan')
    const rows = spanOf(cell, 'rowspan')
    for (let i = 0; i < columns && line.length < maxColumns; i++) {
      if (rows > 1) reaching.set(line.length, { text, rows: rows - 1 })
      line.push(i === 0 || cell.tagName === 'th' ? text : '')
    }
  }
  fill()
  return line
}

const spanOf = (cell: Element, name: 'colspan' | 'rowspan'): number => {
  const value = Number.parseInt(attributeOf(cell, name) ?? '1', 10)
  return value >= 1 && value <= 1000 ? value : 1
}

const notShown = new Set(['script', 'style', 'template', 'button', 'select', 'textarea', 'svg'])

const apart = new Set(['br', 'p', 'div', 'li', 'tr', 'td', 'th'])

/** The text of an element on one line, up to the first element that ends it and has text before it. */
export const textOf = (element: Element, isEnd: (inner: Element) => boolean = () => false): string => {
  let text = ''
  for (const node of descendants(element, (inner) => notShown.has(inner.tagName))) {
    if (isElement(node) && isEnd(node) && text.trim() !== '') break
    if (node.nodeName === '#text') text += (node as DefaultTreeAdapterTypes.TextNode).value
    else if (apart.has(node.nodeName)) text += ' '
    else if (node.nodeName === 'img') text += attributeOf(node as Element, 'alt') ?? ''
  }
  return text.replace(/\s+/g, ' ').trim()
}

/** What is below an element, in order, without recursion: a page may be nested deeper than the call stack. */
function* descendants(root: Element, isClosed: (element: Element) => boolean): Generator<Node> {
  const stack: Node[] = [...root.childNodes].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (isElement(node) && isClosed(node)) continue
    yield node
    if (isElement(node))
      for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push(node.childNodes[i] as Node)
  }
}
