// What is wrong with the syntax of a YAML file, where, and from where on nothing can be relied on. Knows no schema.

import { isMap, isNode, type parseDocument, visit } from 'yaml'
import type { Message } from '../core/index.js'
import { problemMessage } from './messages.js'

type ParsedDocument = ReturnType<typeof parseDocument>

export interface YamlError {
  readonly offset: number
  readonly message: Message
  /** A key twice leaves all the rest as it is. */
  readonly spoilsRest: boolean
}

export const yamlErrorsOf = (document: ParsedDocument): readonly YamlError[] => [
  ...document.errors.map(({ code, pos: [at], message: detail }) => ({
    offset: detail.startsWith('Missing closing') ? (quoteAround(document, at) ?? at) : at,
    message:
      code === 'MULTIPLE_DOCS'
        ? problemMessage('spec.second-document', {})
        : problemMessage('spec.not-yaml', { detail }),
    spoilsRest: code !== 'DUPLICATE_KEY',
  })),
  ...unresolvedAliases(document),
]

/** Where the quoted text begins that an offset stands in or ends. */
const quoteAround = (document: ParsedDocument, offset: number): number | undefined => {
  let start: number | undefined
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (range && type?.startsWith('QUOTE') && range[0] < offset && offset <= range[2]) start = range[0]
    },
  })
  return start
}

const unresolvedAliases = (document: ParsedDocument): readonly YamlError[] => {
  const found: YamlError[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return
      const message = problemMessage('spec.alias-of-nothing', { alias: alias.source })
      found.push({ offset: alias.range?.[0] ?? 0, message, spoilsRest: true })
    },
  })
  return found
}

/**
 * Where the entry of the file's own mapping begins that the first error stands in; null where none spoils the rest.
 * What comes before has been read whole; a bracket that is not closed is an error where the next entry begins.
 */
export const brokenFrom = (document: ParsedDocument, errors: readonly YamlError[]): number | null => {
  const first = Math.min(...errors.filter(({ spoilsRest }) => spoilsRest).map(({ offset }) => offset))
  if (!Number.isFinite(first)) return null
  const { contents } = document
  if (!isMap(contents)) return 0
  const starts = contents.items.map(({ key }) => (isNode(key) ? (key.range?.[0] ?? 0) : 0))
  return Math.max(0, ...starts.filter((start) => start < first))
}
