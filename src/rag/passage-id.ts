// Names passages and versions by what they are, so that the same content has the same name in every run.

import { createHash } from 'node:crypto'
import { canonicalJson, type Span } from '../core/index.js'

/** Names a text of a document: 160 bits of a hash over where it belongs and what it says. */
export const versionOf = (document: {
  readonly tenant: string
  readonly knowledge: string
  readonly path: string
  readonly text: string
}): string => createHash('sha256').update(canonicalJson(document)).digest('hex').slice(0, 40)

/** Names a span of a version of a knowledge base. */
export const passageIdOf = (knowledge: string, version: string, { start, end }: Span): string =>
  `${knowledge}:${version}.${start.toString(36)}.${end.toString(36)}`

/** The knowledge base and the version that a passage is a span of; undefined for what is no passage's name. */
export const sourceOfPassage = (id: string): { knowledge: string; version: string } | undefined => {
  const parts = /^([a-z0-9][a-z0-9._-]*):([0-9a-f]{40})\./i.exec(id)
  return parts ? { knowledge: parts[1] ?? '', version: parts[2] ?? '' } : undefined
}
