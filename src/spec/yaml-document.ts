// A YAML file as data, with the line and column of every node. Knows no schema.

import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { problemMessage } from './messages.js'
import { type DocumentPath, formatPath, type Problem } from './problem.js'
import { brokenFrom, type YamlError, yamlErrorsOf } from './yaml-errors.js'

export interface YamlDocument {
  readonly data: unknown
  /** Syntax errors: duplicate keys, bad indentation... `data` is then what could be read. */
  readonly problems: readonly Problem[]
  /** From where on `data` cannot be relied on; null where it can. */
  readonly brokenFrom: Pick<Problem, 'line' | 'column'> | null
  /** Makes a problem at a path, or at its nearest ancestor that stands in the file. */
  problemAt(path: DocumentPath, message: Problem['message'], options?: { readonly atKey?: boolean }): Problem
  lineOf(path: DocumentPath): number
}

export const readYaml = (text: string): YamlDocument => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true })
  const positionAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const offsetOf = (path: DocumentPath, atKey: boolean): number => {
    for (let length = path.length; length >= 0; length--) {
      const here = path.slice(0, length)
      const offset =
        (atKey && length === path.length ? keyOffset(document, here) : undefined) ??
        nodeOffset(document, here)
      if (offset !== undefined) return offset
    }
    return 0
  }
  const tab = document.errors.map(({ pos }) => indentingTab(text, pos[0])).find((at) => at !== undefined)
  if (tab !== undefined) {
    const at = positionAt(tab)
    const problem = { path: '', ...at, message: problemMessage('spec.tab-indent', {}) }
    return {
      data: undefined,
      problems: [problem],
      brokenFrom: { line: 1, column: 1 },
      problemAt: (_path, message) => ({ ...problem, message }),
      lineOf: () => at.line,
    }
  }
  const { data, errors } = readData(document)
  const broken = brokenFrom(document, errors)
  return {
    data,
    problems: errors.map(({ offset, message }) => ({ path: '', ...positionAt(offset), message })),
    brokenFrom: broken === null ? null : positionAt(broken),
    problemAt: (path, message, options) => ({
      path: formatPath(path),
      ...positionAt(offsetOf(path, options?.atKey ?? false)),
      message,
    }),
    lineOf: (path) => positionAt(offsetOf(path, false)).line,
  }
}

/** What could be read; nothing where aliases are of nothing, or stand for more than a file may hold. */
const readData = (document: ParsedDocument): { data: unknown; errors: readonly YamlError[] } => {
  const deep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (deep) return tooDeep(deep.pos[0])
  try {
    return readSound(document)
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(0)
    throw error
  }
}

/** Nothing of a file whose nodes lie deeper than the call stack. */
const tooDeep = (offset: number) => ({
  data: undefined,
  errors: [{ offset, message: problemMessage('spec.too-deep', {}), spoilsRest: true }],
})

const readSound = (document: ParsedDocument): { data: unknown; errors: readonly YamlError[] } => {
  const errors = yamlErrorsOf(document)
  if (errors.length > 0 && document.contents === null) return { data: undefined, errors }
  try {
    return { data: document.toJS(), errors }
  } catch (error) {
    if (error instanceof RangeError) throw error
    const message = problemMessage('spec.not-yaml', { detail: String((error as Error).message) })
    return {
      data: undefined,
      errors: errors.length > 0 ? errors : [{ offset: 0, message, spoilsRest: true }],
    }
  }
}

/** The offset of the tab that indents the line of an error; a tab elsewhere, such as in a text, is none. */
const indentingTab = (text: string, offset: number): number | undefined => {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const spaces = /^ *(?=\t)/.exec(text.slice(start))?.[0]
  return spaces === undefined ? undefined : start + spaces.length
}

type ParsedDocument = ReturnType<typeof parseDocument>

const nodeOffset = (document: ParsedDocument, path: DocumentPath): number | undefined => {
  const node = (path.length === 0 ? document.contents : document.getIn(path, true)) as Node | null | undefined
  return node?.range?.[0]
}

const keyOffset = (document: ParsedDocument, path: DocumentPath): number | undefined => {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
}
