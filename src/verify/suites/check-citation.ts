// Whether a citation holds: the file exists inside the documents' folder, and the words of the answer that it
// supports stand at the place it names. Reads the files as published, not the index that was built from them.

import { readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { parse } from 'parse5'
import type { Citation } from '../read-reply.js'
import { bareText } from './fold-text.js'

export interface CitedAnswer {
  readonly text: string
  readonly citations: readonly Citation[]
}

/** @param root folder of the documents */
export const createCitationChecker = (root: string) => {
  const pages = new Map<string, Promise<string | undefined>>()
  const pageAt = (path: string) => {
    const page = pages.get(path) ?? readPage(root, path)
    pages.set(path, page)
    return page
  }
  return async (answer: CitedAnswer, citation: Citation): Promise<boolean> => {
    const place = /^(?:[\w.-]+:)?(.+)#(\d+)-(\d+)$/s.exec(citation.url)
    const quote = bareText(answer.text.slice(citation.start, citation.end))
    const source = place ? await pageAt(decodePath(place[1] ?? '')) : undefined
    if (!place || source === undefined || quote === '') return false
    const [start, end] = [Number(place[2]), Number(place[3])]
    if (start >= end) return false
    // Offsets into an HTML page count in its visible text as the index wrote it, which differs in spacing from the
    // text taken here: there the words have to be on the page; in other files at the very place.
    const cited = isHtml(place[1] ?? '') ? source : source.slice(start, end)
    return bareText(cited).includes(quote)
  }
}

const isHtml = (path: string) => /\.html?$/i.test(path)

const decodePath = (path: string) => {
  try {
    return decodeURIComponent(path)
  } catch {
    // A path that was never encoded may hold a percent sign.
    return path
  }
}

const readPage = async (root: string, path: string): Promise<string | undefined> => {
  try {
    const folder = await realpath(root)
    const file = await realpath(join(folder, path))
    if (!file.startsWith(folder + sep)) return undefined
    const source = await readFile(file, 'utf8')
    return isHtml(path) ? visibleText(source) : source
  } catch {
    // A file that cannot be read holds no citation: it counts as one that does not hold.
    return undefined
  }
}

type Node = { readonly nodeName: string; readonly value?: string; readonly childNodes?: readonly Node[] }

const hidden = new Set(['script', 'style', 'template', 'head'])

const visibleText = (html: string): string => {
  const texts: string[] = []
  const visit = (node: Node) => {
    if (hidden.has(node.nodeName)) return
    if (node.nodeName === '#text') texts.push(node.value ?? '')
    for (const child of node.childNodes ?? []) visit(child)
  }
  visit(parse(html) as Node)
  return texts.join(' ')
}
