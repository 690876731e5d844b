// HTML to a parsed document. The text of the document is what a reader sees of the page's main part: no scripts, no
// navigation, no forms; headings, lists and tables written as in Markdown.

import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import type { ParsedDocument } from './document.js'
import { attributeOf, isElement, isLayoutTable, rowsOfTable, textOf } from './html-table.js'
import { createTextWriter, type TextWriter } from './html-text.js'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

const dropped = new Set(
  'script style template noscript nav iframe object embed svg canvas audio video head dialog button select textarea input datalist'.split(
    ' ',
  ),
)
const droppedRoles = new Set(['navigation', 'banner', 'contentinfo', 'search', 'menu', 'menubar'])
const blockElements = new Set(
  'p div section article main blockquote dt dd figure figcaption caption address summary details fieldset legend form body header footer aside tr td th hgroup center'.split(
    ' ',
  ),
)

/** @param untitled the title of a page that has neither a heading of level 1 nor a `title` */
export const parseHtml = (html: string, untitled: string): ParsedDocument => {
  const page = parse(html)
  const writer = createTextWriter()
  const { main, title, heading } = survey(page)
  walk(main ?? page, { writer, isWholePage: main === undefined, listGroup: 0, lists: [], verbatim: 0 })
  return { ...writer.finish(), title: heading ?? title ?? untitled }
}

interface Walk {
  readonly writer: TextWriter
  /** Nobody marked the main part, so that the page's header and footer have to be told from it. */
  readonly isWholePage: boolean
  /** Open lists, outermost first: the next number of an ordered one. */
  readonly lists: { next: number | undefined }[]
  listGroup: number
  /** How many `pre` are open. */
  verbatim: number
}

/** A heading that nobody closed holds all that follows. */
const endsHeading = ({ tagName }: Element): boolean =>
  blockElements.has(tagName) || ['table', 'ul', 'ol', 'dl', 'pre', 'hr'].includes(tagName)

/** Finds the main part and the names of a page. */
const survey = (page: Node) => {
  let main: Element | undefined
  let title: string | undefined
  let heading: string | undefined
  const articles: Element[] = []
  for (const node of inOrder(page)) {
    if (!isElement(node)) continue
    if (node.tagName === 'main' || attributeOf(node, 'role') === 'main') main ??= node
    if (node.tagName === 'article') articles.push(node)
    if (node.tagName === 'title' && node.parentNode?.nodeName === 'head') title ??= textOf(node) || undefined
    if (node.tagName === 'h1') heading ??= textOf(node, endsHeading) || undefined
  }
  return { main: main ?? (articles.length === 1 ? articles[0] : undefined), title, heading }
}

type Step = { readonly node: Node } | { readonly leave: () => void }

/** Depth first, without recursion: a page may be nested deeper than the call stack. */
const walk = (root: Node, state: Walk) => {
  const stack: Step[] = [{ node: root }]
  for (let step = stack.pop(); step; step = stack.pop()) {
    if ('leave' in step) {
      step.leave()
      continue
    }
    const { node } = step
    if (node.nodeName === '#text') writeText((node as DefaultTreeAdapterTypes.TextNode).value, state)
    const leave = isElement(node) ? enter(node, state) : undefined
    if (leave === 'skip' || !('childNodes' in node)) continue
    if (leave) stack.push({ leave })
    for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push({ node: node.childNodes[i] as Node })
  }
}

const writeText = (text: string, { writer, verbatim }: Walk) =>
  verbatim > 0 ? writer.appendVerbatim(text) : writer.append(text)

/** @returns what to do after the element's children, or `skip` to leave them out */
const enter = (element: Element, state: Walk): (() => void) | 'skip' | undefined => {
  const { tagName } = element
  const { writer } = state
  if (isDropped(element, state)) return 'skip'
  if (/^h[1-6]$/.test(tagName)) {
    writer.begin('heading', { level: Number(tagName[1]) })
    return () => beginFlow(state)
  }
  switch (tagName) {
    case 'br':
      writer.appendVerbatim('\n')
      return 'skip'
    case 'img':
      writer.append(attributeOf(element, 'alt') ?? '')
      return 'skip'
    case 'pre':
      writer.begin('code')
      state.verbatim++
      return () => {
        state.verbatim--
        beginFlow(state)
      }
    case 'ul':
    case 'ol':
      return enterList(element, state)
    case 'li':
      return enterItem(state)
    case 'table':
      return writeTable(element, state)
    default:
      if (!blockElements.has(tagName)) return undefined
      beginFlow(state)
      return () => beginFlow(state)
  }
}

const isDropped = (element: Element, { isWholePage }: Walk): boolean => {
  const { tagName } = element
  if (dropped.has(tagName) || droppedRoles.has(attributeOf(element, 'role') ?? '')) return true
  if (attributeOf(element, 'hidden') !== undefined || attributeOf(element, 'aria-hidden') === 'true')
    return true
  if (/(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attributeOf(element, 'style') ?? ''))
    return true
  if (!isWholePage) return false
  if (tagName === 'footer') return true
  return tagName === 'header' && ![...inOrder(element)].some((node) => node.nodeName === 'h1')
}

/** Starts a block of running text: of the list item that is open, or else a paragraph. */
const beginFlow = ({ writer, lists, listGroup }: Walk) =>
  lists.length > 0
    ? writer.begin('item', { level: lists.length - 1, group: listGroup })
    : writer.begin('paragraph')

const enterList = (list: Element, state: Walk) => {
  state.writer.begin('paragraph')
  if (state.lists.length === 0) state.listGroup = state.writer.newGroup()
  const start = Number.parseInt(attributeOf(list, 'start') ?? '1', 10)
  state.lists.push({ next: list.tagName === 'ol' ? (Number.isFinite(start) ? start : 1) : undefined })
  return () => {
    // Text of the innermost item is written before its list is closed.
    beginFlow(state)
    state.lists.pop()
    beginFlow(state)
  }
}

const enterItem = (state: Walk) => {
  const list = state.lists.at(-1)
  const marker = list?.next === undefined ? '- ' : `${list.next++}. `
  const level = Math.max(0, state.lists.length - 1)
  state.writer.begin('item', { level, group: state.listGroup || state.writer.newGroup(), marker })
  return () => beginFlow(state)
}

const writeTable = (table: Element, state: Walk): 'skip' | (() => void) => {
  beginFlow(state)
  if (isLayoutTable(table)) return () => beginFlow(state)
  const caption = table.childNodes.find((node) => node.nodeName === 'caption')
  if (caption && isElement(caption)) state.writer.append(textOf(caption))
  const group = state.writer.newGroup()
  for (const { cells, isHeader } of rowsOfTable(table)) state.writer.row(cells, { group, isHeader })
  beginFlow(state)
  return 'skip'
}

function* inOrder(root: Node): Generator<Node> {
  const stack: Node[] = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node
    if ('childNodes' in node)
      for (let i = node.childNodes.length - 1; i >= 0; i--) stack.push(node.childNodes[i] as Node)
  }
}
