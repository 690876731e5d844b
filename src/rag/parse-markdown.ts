// Markdown to a parsed document. The text of the document is the source itself.

import { parse } from 'yaml'
import type { ParsedDocument } from './document.js'
import { markdownBlocks } from './markdown-blocks.js'

const frontMatter = /^---[ \t]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/

/** @param untitled the title of a document that names none in its front matter or in a heading of level 1 */
export const parseMarkdown = (text: string, untitled: string): ParsedDocument => {
  const head = frontMatter.exec(text)
  const blocks = markdownBlocks(text, head?.[0].length ?? 0)
  const firstHeading = blocks.find((block) => block.kind === 'heading' && block.level === 1)
  return { text, blocks, title: titleOf(head?.[1]) ?? (firstHeading?.plain || untitled) }
}

/** The title in the front matter; a front matter that is no YAML has none. */
const titleOf = (yaml: string | undefined): string | undefined => {
  if (!yaml) return undefined
  try {
    const data: unknown = parse(yaml, { logLevel: 'silent', maxAliasCount: 20 })
    const title = data && typeof data === 'object' && 'title' in data ? data.title : undefined
    return typeof title === 'string' && title.trim() ? title.trim() : undefined
  } catch {
    // Front matter that is no YAML names no title; the text below it counts all the same.
    return undefined
  }
}
