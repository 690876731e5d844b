// A question that the documents of a project can answer, out of its own suites.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from '../core/index.js'

const suites = ['evals/retrieval.jsonl', 'evals/answers.jsonl']

interface Item {
  readonly lang?: unknown
  readonly question?: unknown
}

/** The first question in the reader's language, else the first; undefined where the project has no suite. */
export const sampleQuestion = (directory: string, language: Language): string | undefined => {
  const items = suites.flatMap((suite) => itemsOf(join(directory, suite)))
  const asked = items.find(({ lang }) => lang === language) ?? items[0]
  return typeof asked?.question === 'string' ? asked.question : undefined
}

/** A suite that cannot be read is reported where it is measured, not here. */
const itemsOf = (file: string): readonly Item[] => {
  if (!existsSync(file)) return []
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.flatMap((line) => (line.trim() === '' ? [] : [(JSON.parse(line) ?? {}) as Item]))
  } catch {
    return []
  }
}
