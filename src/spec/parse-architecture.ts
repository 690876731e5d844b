// architecture.yaml: text in, Architecture or every problem out; and the text of an Architecture.

import { Document, isMap, isScalar } from 'yaml'
import { suggest } from '../core/index.js'
import { type Architecture, architectureSchema } from './architecture.js'
import { kindProblems } from './deployment-kinds.js'
import { deploymentsOf } from './deployments-of.js'
import { problemMessage, specError } from './messages.js'
import type { DocumentPath, Problem } from './problem.js'
import { sharingProblems } from './shared-accelerators.js'
import { tellable, validate } from './validate.js'
import { readYaml, type YamlDocument } from './yaml-document.js'

/**
 * Reads architecture.yaml.
 * @param file shown in the error, nothing is read from it
 * @throws `spec.invalid` with all problems at once
 */
export const parseArchitecture = (text: string, file = 'architecture.yaml'): Architecture => {
  const document = readYaml(text)
  const { data, problems } = validate(architectureSchema, document)
  const all = tellable(document, [...problems, ...(data ? consistency(document, data) : [])])
  if (all.length > 0 || data === undefined) throw specError('spec.invalid', { file, problems: all })
  return data
}

/** Comments of a file that is written; without their `#`. */
export interface ArchitectureComments {
  /** The lines before it. */
  readonly head?: readonly string[]
  /** Each in a line above the field or the item at its path, in their order; one at a path that is not there is left out. */
  readonly beside?: readonly { readonly path: DocumentPath; readonly comment: string }[]
}

/** The text of an architecture. */
export const formatArchitecture = (
  architecture: Architecture,
  { head = [], beside = [] }: ArchitectureComments = {},
): string => {
  const document = new Document(architecture)
  for (const { path, comment } of beside) {
    const node = commentedNode(document, path)
    if (node) node.commentBefore = [node.commentBefore, ` ${comment}`].filter(Boolean).join('\n')
  }
  return head.map((line) => `# ${line}\n`).join('') + document.toString({ lineWidth: 110 })
}

/** Of a field its key, of an item of a list the item. */
const commentedNode = (document: Document, path: DocumentPath) => {
  const parent = document.getIn(path.slice(0, -1), true)
  const item = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key
    : document.getIn(path, true)
  return isScalar(item) ? item : undefined
}

const consistency = (document: YamlDocument, architecture: Architecture): Problem[] => [
  ...duplicates(document, architecture),
  ...architecture.routes.flatMap((route, index) =>
    brokenReferences(document, architecture, { route, index }),
  ),
  ...kindProblems(document, architecture),
  ...sharingProblems(document, architecture),
  ...publicWithoutKeys(document, architecture),
]

const lists = ['deployments', 'routes', 'knowledge', 'prompts', 'guardrails'] as const

const duplicates = (document: YamlDocument, architecture: Architecture): Problem[] =>
  lists.flatMap((list) => {
    const key = list === 'routes' ? 'name' : 'id'
    const lines = new Map<string, number>()
    return architecture[list].flatMap((item, index) => {
      const id = 'name' in item ? item.name : item.id
      const path = [list, index, key]
      const firstLine = lines.get(id)
      if (firstLine !== undefined)
        return [document.problemAt(path, problemMessage('spec.duplicate-id', { id, firstLine }))]
      lines.set(id, document.lineOf(path))
      return []
    })
  })

interface Reference {
  readonly kind: string
  readonly id: string
  readonly path: DocumentPath
  readonly known: readonly string[]
}

const brokenReferences = (
  document: YamlDocument,
  architecture: Architecture,
  { route, index }: { route: Architecture['routes'][number]; index: number },
): Problem[] => {
  const ids = (list: 'deployments' | 'knowledge' | 'prompts' | 'guardrails') =>
    architecture[list].map((item) => item.id)
  const named = (kind: string, key: 'knowledge' | 'prompt' | 'guardrails', known: string[]): Reference[] => {
    const id = route[key]
    return id === undefined ? [] : [{ kind, id, path: ['routes', index, key], known }]
  }
  const references: Reference[] = [
    ...deploymentsOf(route.strategy, ['routes', index, 'strategy']).map((reference) => ({
      kind: 'deployment',
      ...reference,
      known: ids('deployments'),
    })),
    ...named('knowledge base', 'knowledge', ids('knowledge')),
    ...named('prompt', 'prompt', ids('prompts')),
    ...named('guardrail policy', 'guardrails', ids('guardrails')),
  ]
  return references
    .filter(({ id, known }) => !known.includes(id))
    .map(({ kind, id, path, known }) => {
      const suggestion = suggest(id, known)
      const params = { kind, id, known: [...known], ...(suggestion === undefined ? {} : { suggestion }) }
      return document.problemAt(path, problemMessage('spec.unknown-reference', params))
    })
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

const publicWithoutKeys = (document: YamlDocument, { server }: Architecture): Problem[] =>
  loopback.has(server.host) || server.requireKeys
    ? []
    : [
        document.problemAt(
          ['server', 'host'],
          problemMessage('spec.public-without-keys', { host: server.host }),
        ),
      ]
