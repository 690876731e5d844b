// Writes a generated file, and never over what a person has changed: the file carries the hash of its other lines, by
// which a later run knows that nobody has edited it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createTwoFilesPatch } from 'diff'
import { contentHash } from '../core/index.js'

export interface WrittenFile {
  /** Where it stands: the file itself, or `*.proposed.*` beside one that was edited by hand. */
  readonly path: string
  readonly state: 'written' | 'unchanged' | 'proposed'
  /** Unified difference to the edited file; only when `proposed`. */
  readonly difference?: string
}

/** How a kind of file carries the hash. */
interface HashLine {
  /** The line with its newline; the first group is the hash. */
  readonly pattern: RegExp
  readonly put: (text: string, hash: string) => string
}

const hashLines = {
  /** A field of its own under the name. */
  yaml: {
    pattern: /^generatedHash: (.*)\n/m,
    put: (text, hash) => text.replace(/^(name: .*\n)/m, `$1generatedHash: ${hash}\n`),
  },
  /** A comment at the end, which no reader shows. */
  markup: {
    pattern: /^<!-- generatedHash: (.*) -->\n/m,
    put: (text, hash) => `${text}<!-- generatedHash: ${hash} -->\n`,
  },
} as const satisfies Readonly<Record<string, HashLine>>

/** @param kind where the hash stands; a `yaml` text has a line with its name */
export const writeGenerated = (path: string, text: string, kind: keyof typeof hashLines): WrittenFile => {
  const line: HashLine = hashLines[kind]
  const after = line.put(text, contentHash(text))
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (before === after) return { path, state: 'unchanged' }
  if (before === undefined || !isEdited(before, line)) {
    writeFileSync(path, after)
    return { path, state: 'written' }
  }
  const proposed = path.replace(/(\.\w+)$/, '.proposed$1')
  writeFileSync(proposed, after)
  return { path: proposed, state: 'proposed', difference: createTwoFilesPatch(path, proposed, before, after) }
}

const isEdited = (text: string, { pattern }: HashLine): boolean =>
  pattern.exec(text)?.[1] !== contentHash(text.replace(pattern, ''))
