// A schema against a document: every issue zod finds, as problems with line and suggestion.

import type { z } from 'zod'
import { suggest } from '../core/index.js'
import { problemMessage } from './messages.js'
import type { DocumentPath, Problem } from './problem.js'
import { valueAt } from './raw-items.js'
import { keysAt } from './schema-keys.js'
import { showValue } from './show-value.js'
import type { YamlDocument } from './yaml-document.js'

type Issue = z.core.$ZodIssue

/** The data with its defaults, or the problems; never both. */
export const validate = <S extends z.ZodType>(
  schema: S,
  document: YamlDocument,
): { readonly data?: z.infer<S>; readonly problems: readonly Problem[] } => {
  const result = schema.safeParse(document.data ?? {})
  if (result.success) return { data: result.data, problems: [] }
  return {
    problems: result.error.issues.flatMap((issue) => problemsOf(issue, { schema, document, prefix: [] })),
  }
}

/**
 * Every problem worth telling, by its place. What is no valid YAML comes first, and of the others what stands before it:
 * behind it, or in the same part of the file, they would be guesses, and what seems missing may only be unread.
 */
export const tellable = (document: YamlDocument, problems: readonly Problem[]): Problem[] => {
  const { brokenFrom } = document
  if (brokenFrom === null) return [...document.problems, ...withoutMissing(document, problems)].sort(byPlace)
  const before = problems.filter((problem) => byPlace(problem, brokenFrom) < 0)
  return [...document.problems].sort(byPlace).concat(withoutMissing(document, before).toSorted(byPlace))
}

const withoutMissing = (document: YamlDocument, problems: readonly Problem[]): readonly Problem[] =>
  document.problems.length === 0
    ? problems
    : problems.filter(({ message }) => message.code !== 'spec.missing')

type Place = Pick<Problem, 'line' | 'column'>
const byPlace = (a: Place, b: Place) => a.line - b.line || a.column - b.column

interface Context {
  readonly schema: z.ZodType
  readonly document: YamlDocument
  readonly prefix: DocumentPath
}

const problemsOf = (issue: Issue, context: Context): Problem[] => {
  const path = [...context.prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, context))
  if (issue.code === 'invalid_union') return problemsOfUnion(issue, path, context)
  return [context.document.problemAt(path, messageOf(issue, valueAt(context.document.data, path), path))]
}

const unknownKey = (key: string, path: DocumentPath, { schema, document }: Context): Problem => {
  const known = keysAt(schema, path)
  const suggestion = suggest(key, known)
  const params = { key, known, ...(suggestion === undefined ? {} : { suggestion }) }
  return document.problemAt([...path, key], problemMessage('spec.unknown-key', params), { atKey: true })
}

/** Of the alternatives of a union, the one the writer most likely meant: the fewest issues that are not at its root. */
const problemsOfUnion = (
  issue: Issue & { code: 'invalid_union' },
  path: DocumentPath,
  context: Context,
): Problem[] => {
  const branches = issue.errors
    .filter((issues) => !issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0))
    .sort((a, b) => missingAtRoot(a) - missingAtRoot(b) || a.length - b.length)
  const best = branches[0]
  const value = valueAt(context.document.data, path)
  if (!best || (branches.length === issue.errors.length && typeof value !== 'object')) {
    return [context.document.problemAt(path, noAlternative(issue, { value, path, schema: context.schema }))]
  }
  return best.flatMap((inner) => problemsOf(inner, { ...context, prefix: path }))
}

/** Nothing, or something of a kind that no alternative has. */
const noAlternative = (
  issue: Issue & { code: 'invalid_union' },
  { value, path, schema }: { value: unknown; path: DocumentPath; schema: z.ZodType },
) => {
  const options = [...new Set(issue.errors.flatMap((issues) => issues.flatMap(expectedOf)))]
  const keys = keysAt(schema, path)
  const isMappingOnly = options.length === 1 && options[0] === 'object' && keys.length > 0
  const expected = isMappingOnly ? `{ ${keys.join(' | ')}: ... }` : options.join(' | ')
  if (value === undefined)
    return problemMessage('spec.missing', { key: String(path.at(-1) ?? '.'), expected })
  if (isMappingOnly) return problemMessage('spec.wrong-type', { expected, received: showValue(value, path) })
  return notOneOf(value, options, path)
}

const missingAtRoot = (issues: readonly Issue[]) =>
  issues.filter(
    (issue) => issue.path.length === 1 && issue.code === 'invalid_type' && issue.input === undefined,
  ).length

const expectedOf = (issue: Issue): string[] => {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_type' ? [issue.expected] : []
}

const notOneOf = (value: unknown, options: string[], path: DocumentPath) => {
  const suggestion = typeof value === 'string' ? suggest(value, options) : undefined
  return problemMessage('spec.not-one-of', {
    value: showValue(value, path),
    options,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

const lengthMessage = (value: unknown, limit: { readonly least?: number; readonly most?: number }) =>
  problemMessage('spec.list-length', { length: Array.isArray(value) ? value.length : 0, ...limit })

const messageOf = (issue: Issue, value: unknown, path: DocumentPath) => {
  const shown = showValue(value, path)
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? problemMessage('spec.missing', { key: String(path.at(-1) ?? '.'), expected: issue.expected })
        : problemMessage('spec.wrong-type', { expected: issue.expected, received: shown })
    case 'invalid_value':
      return value === undefined
        ? problemMessage('spec.missing', {
            key: String(path.at(-1)),
            expected: issue.values.map(String).join(' | '),
          })
        : notOneOf(value, issue.values.map(String), path)
    case 'too_small':
      if (issue.origin === 'array') return lengthMessage(value, { least: Number(issue.minimum) })
      return problemMessage('spec.out-of-range', {
        rule: `${issue.inclusive ? '>=' : '>'} ${issue.minimum}`,
        value: shown,
      })
    case 'too_big':
      if (issue.origin === 'array') return lengthMessage(value, { most: Number(issue.maximum) })
      return problemMessage('spec.out-of-range', {
        rule: `${issue.inclusive ? '<=' : '<'} ${issue.maximum}`,
        value: shown,
      })
    case 'invalid_format':
      return problemMessage('spec.bad-format', { format: issue.pattern ?? issue.format, value: shown })
    default:
      return problemMessage('spec.wrong-type', { expected: issue.message, received: shown })
  }
}
