// evidence/AREA.json: what a long check found, on which commit and machine, by which command and seed. Tables of
// figures in documents are written from it, so that no figure is typed by hand.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { formatNumber } from '../core/index.js'
import { verifyError } from './messages.js'

const bound = z.number().nullable()

export const evidenceSchema = z.strictObject({
  version: z.literal(1),
  area: z.string().regex(/^[a-z][a-z0-9-]*$/),
  commit: z.string(),
  /** Processor, cores, memory, operating system, in words. */
  machine: z.string(),
  command: z.string(),
  seed: z.union([z.number(), z.string()]).nullable(),
  /** ISO 8601. */
  date: z.string(),
  figures: z.array(
    z.strictObject({
      name: z.string(),
      value: z.number(),
      unit: z.string(),
      /** 95 % interval; null where none applies. */
      low: bound,
      high: bound,
      n: z.int().nonnegative(),
      /** Where it differs from the area's. */
      command: z.string().optional(),
    }),
  ),
})

export type Evidence = z.infer<typeof evidenceSchema>

export const writeEvidence = async (path: string, evidence: Evidence): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(evidence, null, 2)}\n`)
}

/** @throws `verify.evidence-invalid` */
export const readEvidence = async (path: string): Promise<Evidence> => {
  try {
    return evidenceSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const detail =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error)
    throw verifyError('verify.evidence-invalid', { path, detail }, { cause: error })
  }
}

/** A Markdown table of the figures, and the line that says where they come from. */
export const renderFigures = (evidence: Evidence): string => {
  const rows = evidence.figures.map(({ name, value, unit, low, high, n }) => {
    const interval = low === null && high === null ? '' : `${text(low)} to ${text(high)}`
    return `| ${cell(name)} | ${formatNumber(value, 4)} ${cell(unit)} | ${interval} | ${n} |`
  })
  const { command, commit, machine, date, seed } = evidence
  const source = [
    `\`${command}\``,
    `commit ${commit.slice(0, 12)}`,
    machine,
    date.slice(0, 10),
    ...(seed === null ? [] : [`seed ${seed}`]),
  ]
  return [
    '| Figure | Value | 95 % interval | n |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Measured by ${source.join(', ')}.`,
  ].join('\n')
}

const text = (value: number | null) => (value === null ? '?' : formatNumber(value, 4))
const cell = (value: string) => value.replaceAll('|', '\\|')

/**
 * A document with the figures of an area between `<!-- figures:AREA -->` and `<!-- /figures -->` brought up to date.
 * @throws `verify.figures-missing` when it has no such place
 */
export const replaceFigures = (document: string, evidence: Evidence): string => {
  const opening = `<!-- figures:${evidence.area} -->`
  const closing = '<!-- /figures -->'
  const start = document.indexOf(opening)
  const end = start === -1 ? -1 : document.indexOf(closing, start)
  if (end === -1) throw verifyError('verify.figures-missing', { area: evidence.area })
  return `${document.slice(0, start + opening.length)}\n${renderFigures(evidence)}\n${document.slice(end)}`
}
