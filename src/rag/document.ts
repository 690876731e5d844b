// A parsed document: its text, and where the parts of that text lie. Knows no file format.

import type { Span } from '../core/index.js'

export type BlockKind = 'heading' | 'paragraph' | 'item' | 'row' | 'code'

/** A part of a document's text that is not taken apart lightly. Offsets are into `ParsedDocument.text`. */
export interface Block extends Span {
  readonly kind: BlockKind
  /** What a reader sees: without markup, cells separated by ` | `. */
  readonly plain: string
  /** Of a heading 1 to 6; of a list item its depth from 0; otherwise 0. */
  readonly level: number
  /** Items of one list and rows of one table share a number; other blocks have one of their own. */
  readonly group: number
  /** Whether a row names the columns of the rows after it. */
  readonly isHeader: boolean
}

export interface ParsedDocument {
  /** The text that offsets and citations refer to: of Markdown the source itself, of HTML what is visible. */
  readonly text: string
  readonly title: string
  readonly blocks: readonly Block[]
}

/** Parses one file. @throws ArchitectError `rag.file-*` when the file cannot be read as a document */
export type DocumentParser = (file: {
  readonly path: string
  readonly bytes: Uint8Array
  readonly signal?: AbortSignal
}) => Promise<ParsedDocument>
