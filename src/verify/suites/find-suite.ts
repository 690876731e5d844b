// Where the suite of a target lies, and which of its rows are asked.

import { join } from 'node:path'
import { createRandom } from '../../core/index.js'

export interface SuitePlaces {
  /** Folder of requirements.yaml. */
  readonly suitesDirectory: string
  /** Folder of the product's own data. */
  readonly benchmarksDirectory: string
}

const builtIn = /^builtin:([\w-]+(?:\/[\w-]+)*)$/

/** The path of `evals/answers.jsonl`, or of `builtin:banking77/test`. */
export const suitePath = (suite: string, { suitesDirectory, benchmarksDirectory }: SuitePlaces): string => {
  const name = builtIn.exec(suite)?.[1]
  return name === undefined ? join(suitesDirectory, suite) : join(benchmarksDirectory, `${name}.jsonl`)
}

/** So many rows in the suite's order, each as likely as any other; the same ones each time. */
export const sampleRows = <T>(rows: readonly T[], size: number | undefined): readonly T[] => {
  if (size === undefined || size >= rows.length) return rows
  const drawn = createRandom('suite')
    .shuffle(rows.map((_, index) => index))
    .slice(0, size)
  return drawn.sort((a, b) => a - b).map((index) => rows[index] as T)
}
