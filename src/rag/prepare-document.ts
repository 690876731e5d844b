// One file's bytes to the rows that make it searchable, vectors aside. Knows no table and no folder.

import { basename, extname } from 'node:path'
import { canonicalJson, contentHash, languageOfText } from '../core/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { type Chunk, chunkDocument } from './chunk-document.js'
import type { ParsedDocument } from './document.js'
import { passageIdOf, versionOf } from './passage-id.js'
import type { PassageRow } from './passage-index.js'
import { gramsOf, normalizeText } from './search-text.js'

/** Raised when the same bytes give other passages than before. */
const passageFormat = 2
/** Between the headings of a passage's title. */
const headingSeparator = ' > '

export interface PreparedDocument {
  readonly path: string
  readonly fingerprint: string
  readonly version: string
  readonly text: string
  readonly rows: readonly PassageRow[]
}

/** Of the bytes and of every setting that decides what becomes of them. */
export const fingerprintOf = (
  bytes: Uint8Array,
  { id, tenant, access, chunkTokens }: KnowledgeBase,
): string =>
  contentHash(
    canonicalJson({
      passageFormat,
      id,
      tenant,
      access: [...access].sort(),
      chunkTokens,
      bytes: contentHash(bytes),
    }),
  )

/** @returns a document without rows when it holds no text */
export const prepareDocument = (
  knowledge: KnowledgeBase,
  file: { readonly path: string; readonly fingerprint: string; readonly document: ParsedDocument },
): PreparedDocument => {
  const { path, fingerprint, document } = file
  const { text } = document
  const version = versionOf({ tenant: knowledge.tenant, knowledge: knowledge.id, path, text })
  const chunks = chunkDocument(document, knowledge.chunkTokens)
  const rows = chunks.map((chunk) => rowOf(chunk, { knowledge, path, version, text }))
  return { path, fingerprint, version, text, rows }
}

const rowOf = (
  { start, end, headings, context, plain }: Chunk,
  {
    knowledge,
    path,
    version,
    text,
  }: { knowledge: KnowledgeBase; path: string; version: string; text: string },
): PassageRow => {
  // Of a document without a title the name of its file stands in; one like 0042 says nothing and is near to all.
  const fileName = basename(path, extname(path))
  const said = headings.filter((name) => name !== fileName || /\p{L}{2}/u.test(name))
  const heading = normalizeText(said.join('\n'))
  const body = normalizeText([heading, context, plain].filter((part) => part !== '').join('\n'))
  return {
    id: passageIdOf(knowledge.id, version, { start, end }),
    document: path,
    version,
    tenant: knowledge.tenant,
    access: knowledge.access,
    language: languageOfText(plain),
    title: headings.join(headingSeparator),
    start,
    end,
    text: text.slice(start, end),
    context,
    body,
    heading,
    grams: gramsOf(body),
  }
}
