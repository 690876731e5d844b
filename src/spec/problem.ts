// One thing that is wrong in a file, and where.

import type { Message } from '../core/index.js'

export interface Problem {
  /** Where in the document, for example `performance.targets[0].unit`; empty for the whole file. */
  readonly path: string
  /** Line and column in the file, counting from 1. */
  readonly line: number
  readonly column: number
  readonly message: Message
}

export type DocumentPath = readonly PropertyKey[]

/** `['a', 0, 'b']` as `a[0].b`. */
export const formatPath = (path: DocumentPath): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  )
