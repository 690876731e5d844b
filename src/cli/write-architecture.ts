// Writes a generated architecture file, and never over what a person has changed.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createTwoFilesPatch } from 'diff'
import { contentHash } from '../core/index.js'
import { type Architecture, formatArchitecture } from '../spec/index.js'

export interface WrittenArchitecture {
  /** Where it stands: the file itself, or `*.proposed.yaml` beside one that was edited by hand. */
  readonly path: string
  readonly state: 'written' | 'unchanged' | 'proposed'
  /** Unified difference to the edited file; only when `proposed`. */
  readonly difference?: string
}

const hashLine = /^generatedHash: .*\n/m

/** The text with the hash of its other lines in it, by which a later run knows that nobody has edited it. */
const textOf = (architecture: Architecture, comments: readonly string[]): string => {
  const { generatedHash: _old, ...rest } = architecture
  const text = formatArchitecture(rest, comments)
  return text.replace(/^(name: .*\n)/m, `$1generatedHash: ${contentHash(text)}\n`)
}

const isEdited = (text: string): boolean => {
  const recorded = /^generatedHash: (.*)$/m.exec(text)?.[1]
  return recorded !== contentHash(text.replace(hashLine, ''))
}

/** @param comments lines at the top of the file */
export const writeArchitecture = (
  path: string,
  architecture: Architecture,
  comments: readonly string[],
): WrittenArchitecture => {
  const text = textOf(architecture, comments)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (before === text) return { path, state: 'unchanged' }
  if (before === undefined || !isEdited(before)) {
    writeFileSync(path, text)
    return { path, state: 'written' }
  }
  const proposed = path.replace(/\.yaml$/, '.proposed.yaml')
  writeFileSync(proposed, text)
  return { path: proposed, state: 'proposed', difference: createTwoFilesPatch(path, proposed, before, text) }
}
