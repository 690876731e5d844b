// One file to a parsed document, by its name's ending. Does not limit what that may cost: see parse-worker.ts.

import { basename, extname } from 'node:path'
import { decodeText } from './decode-text.js'
import type { DocumentParser, ParsedDocument } from './document.js'
import { ragError } from './messages.js'
import { parseHtml } from './parse-html.js'
import { parseMarkdown } from './parse-markdown.js'

type TextParser = (text: string, untitled: string) => ParsedDocument

const parsers: ReadonlyMap<string, { readonly isHtml: boolean; readonly parse: TextParser }> = new Map([
  ['.md', { isHtml: false, parse: parseMarkdown }],
  ['.markdown', { isHtml: false, parse: parseMarkdown }],
  ['.html', { isHtml: true, parse: parseHtml }],
  ['.htm', { isHtml: true, parse: parseHtml }],
])

/** Whether files of this name are read. */
export const isSupportedDocument = (path: string): boolean => parsers.has(extname(path).toLowerCase())

/** Parses in this thread. @throws `rag.file-not-text` | `rag.file-unsupported` */
export const parseDocument: DocumentParser = async ({ path, bytes }) => {
  const extension = extname(path)
  const format = parsers.get(extension.toLowerCase())
  if (!format) throw ragError('rag.file-unsupported', { extension })
  return format.parse(decodeText(bytes, format), basename(path, extension))
}
