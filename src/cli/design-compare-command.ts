// `design compare`: two requirements files as the designs they lead to, or two architecture files as they stand.

import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { type ComparedFigure, compareDesigns } from '../planner/index.js'
import { type Architecture, parseArchitecture } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { comparisonText, isChanged } from './comparison-text.js'
import { flatValues } from './flat-values.js'
import { readKeptReport } from './kept-report.js'
import { cliError } from './messages.js'
import { planText } from './plan-text.js'
import { projectOf } from './project.js'
import { readTextFile } from './read-text-file.js'

export const registerDesignCompare = (design: Command, context: CommandContext): void => {
  const { text } = context
  design
    .command('compare')
    .argument('<a>', text('requirements or architecture file', '需求檔或架構檔'))
    .argument('<b>', text('another of the same kind', '同類的另一個檔案'))
    .description(
      text(
        'Show two requirements files, or two architecture files, side by side',
        '並列比較兩個需求檔，或兩個架構檔',
      ),
    )
    .action(async (a: string, b: string) => {
      const [one, other] = [readSide(a), readSide(b)]
      if (one.kind !== other.kind) throw cliError('cli.bad-argument', { detail: unlike(one, other, text) })
      const figures =
        one.kind === 'requirements' ? await compareRequirements(one, other) : compareArchitectures(one, other)
      context
        .terminal()
        .result(
          { kind: one.kind, a, b, figures: figures.map((each) => ({ ...each, changed: isChanged(each) })) },
          () => comparisonText(figures, titlesOf(a, b), text),
        )
    })
}

interface Side {
  readonly file: string
  readonly text: string
  readonly kind: 'requirements' | 'architecture'
}

/** An architecture has deployments; anything else is judged as requirements. @throws `cli.file-not-found` */
const readSide = (file: string): Side => {
  if (!existsSync(file)) throw cliError('cli.file-not-found', { file })
  const text = readTextFile(file)
  return { file, text, kind: isArchitecture(text) ? 'architecture' : 'requirements' }
}

const isArchitecture = (text: string): boolean => {
  try {
    return Array.isArray((parse(text) as { deployments?: unknown } | null)?.deployments)
  } catch {
    // No YAML: the parser of requirements says where.
    return false
  }
}

const unlike = (one: Side, other: Side, text: CommandContext['text']): string =>
  text(
    `${one.file} holds ${one.kind}, ${other.file} ${other.kind}: compare two of one kind.`,
    `${one.file} 是${one.kind === 'architecture' ? '架構' : '需求'}檔，${other.file} 是${other.kind === 'architecture' ? '架構' : '需求'}檔：請比較同類的兩個檔案。`,
  )

/** Names that tell the two apart: the files', or with their folders where those are the same. */
const titlesOf = (a: string, b: string) => {
  const short = (file: string) =>
    basename(a) === basename(b) ? join(basename(dirname(resolve(file))), basename(file)) : basename(file)
  return { before: short(a), after: short(b) }
}

const compareRequirements = async (one: Side, other: Side): Promise<readonly ComparedFigure[]> => {
  const [before, after] = [await planSide(one), await planSide(other)]
  return [...compareDesigns(before.design, after.design), ...leaves(before.requirements, after.requirements)]
}

const planSide = ({ text, file }: Side) => planText(text, file, dirname(resolve(file)))

const compareArchitectures = (one: Side, other: Side): readonly ComparedFigure[] => {
  const [before, after] = [architectureOf(one), architectureOf(other)]
  return [...designedFigures(before, after), ...leaves(before.values, after.values)]
}

interface ReadArchitecture {
  readonly file: string
  readonly requirementsHash: string | undefined
  readonly values: Omit<Architecture, 'generatedHash' | 'requirementsHash'>
}

const architectureOf = ({ text, file }: Side): ReadArchitecture => {
  const { generatedHash: _hash, requirementsHash, ...values } = parseArchitecture(text, file)
  return { file, requirementsHash, values }
}

/** Cost and times of the designs behind them, where the reports are still there and are of the same requirements. */
const designedFigures = (before: ReadArchitecture, after: ReadArchitecture): readonly ComparedFigure[] => {
  const [one, other] = [keptDesign(before), keptDesign(after)]
  if (!one || !other) return []
  return compareDesigns(one, other).filter(
    ({ figure }) => !figure.startsWith('setting ') && figure !== 'feasible',
  )
}

const keptDesign = ({ file, requirementsHash }: ReadArchitecture) => {
  const report = readKeptReport(projectOf(file).stateDirectory)
  return report && report !== 'broken' && report.requirementsHash === requirementsHash
    ? { report, architecture: null, launches: report.launches }
    : undefined
}

/** Every leaf of the files that differs. */
const leaves = (before: unknown, after: unknown): readonly ComparedFigure[] => {
  const [one, other] = [flatValues(before), flatValues(after)]
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((path): ComparedFigure[] => {
    const values = { before: one.get(path) ?? null, after: other.get(path) ?? null }
    return isChanged(values) ? [{ figure: path, unit: 'text', ...values }] : []
  })
}
