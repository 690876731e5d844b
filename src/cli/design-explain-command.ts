// `design explain`: why the choice, why not another way, why a setting, and how a figure comes about.

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Message, suggest } from '../core/index.js'
import { type DesignReport, flagVerdict, requirementsHash, whyNot } from '../planner/index.js'
import type { CommandContext } from './command-context.js'
import { readKeptReport } from './kept-report.js'
import { cliError, cliMessage } from './messages.js'
import { planText } from './plan-text.js'
import { loadRequirements, projectOf } from './project.js'
import { designReportFile, type KeptReport } from './write-design.js'

interface Explanation {
  readonly kind: 'choice' | 'setting' | 'figure' | 'candidate'
  readonly id: string
  readonly messages: readonly Message[]
}

export const registerDesignExplain = (design: Command, context: CommandContext): void => {
  const { text } = context
  design
    .command('explain')
    .argument(
      '[what...]',
      text(
        'a candidate, a setting or a figure; without it the choice',
        '候選方案、設定或數字；不指定則解釋選定的方案',
      ),
    )
    .option(
      '--requirements <file>',
      text('requirements file of the design', '設計所依據的需求檔'),
      'requirements.yaml',
    )
    .description(
      text(
        'Explain the last design: why the choice, why not another, why a setting, how a figure comes about',
        '解釋最近一次的設計：為何選定、為何未選其他、設定的理由、數字的由來',
      ),
    )
    .action(async (words: readonly string[], { requirements }: { readonly requirements: string }) => {
      const kept = keptReport(projectOf(requirements).stateDirectory)
      const isStale = isOfOther(kept, requirements)
      const terminal = context.terminal()
      const found = await explain(asked(words), kept, { requirements, isStale, render: terminal.render })
      if (isStale)
        terminal.note(
          text(
            'The requirements have changed since this design: design again to explain what they lead to now.',
            '需求檔在這次設計之後已變更：請重新執行 design，以解釋目前的結果。',
          ),
        )
      terminal.result(
        { ...found, stale: isStale, figures: figuresOf(kept), settings: settingsOf(kept) },
        () =>
          [
            `${found.id}`,
            ...found.messages.map((message) => `  ${terminal.render(message)}`),
            ...(found.kind === 'choice' ? ['', ...choices(kept, text)] : []),
          ].join('\n'),
      )
      context.exitWith(found.messages.some(({ code }) => code === 'planner.not-considered') ? 1 : 0)
    })
}

/** @throws `cli.file-not-found`, `cli.report-broken` */
const keptReport = (stateDirectory: string): KeptReport => {
  const kept = readKeptReport(stateDirectory)
  const file = join(stateDirectory, designReportFile)
  if (kept === 'broken') throw cliError('cli.report-broken', { file })
  if (!kept) throw cliError('cli.file-not-found', { file, writtenBy: 'design' })
  return kept
}

/** `explain chosen` asks for what `explain` alone tells. */
const asked = (words: readonly string[]): string => {
  const what = words.join(' ').trim()
  return /^(the )?(chosen|choice)$/i.test(what) ? '' : what
}

/** Whether the requirements are no longer those that were designed for. */
const isOfOther = (kept: KeptReport, file: string): boolean =>
  existsSync(file) && requirementsHash(loadRequirements(file).value) !== kept.requirementsHash

const settingsOf = ({ launches }: KeptReport): readonly string[] =>
  launches.flatMap(({ settings }) => settings.flatMap(({ flag }) => flag ?? []))

const figuresOf = ({ arithmetic, cost }: KeptReport): readonly string[] => [
  ...arithmetic.flatMap(({ sums }) => sums.map(({ figure }) => figure)),
  ...(cost?.breakdown.lines.map(({ id }) => id) ?? []),
]

/** Without dashes, as the command line takes them back. */
const settingNames = (kept: KeptReport): readonly string[] => settingsOf(kept).map(withoutDashes)

/** What else can be asked about. */
const choices = (kept: KeptReport, text: CommandContext['text']): readonly string[] => [
  text(`figures: ${figuresOf(kept).join(', ')}`, `數字：${figuresOf(kept).join('、')}`),
  ...(settingsOf(kept).length > 0
    ? [text(`settings: ${settingNames(kept).join(', ')}`, `設定：${settingNames(kept).join('、')}`)]
    : []),
  text(
    `candidates on the front:\n  ${kept.front.join('\n  ')}`,
    `前緣上的候選方案：\n  ${kept.front.join('\n  ')}`,
  ),
]

interface Origin {
  readonly render: (message: Message) => string
  readonly requirements: string
  readonly isStale: boolean
}

const explain = async (what: string, kept: KeptReport, origin: Origin): Promise<Explanation> => {
  if (what === '') return { kind: 'choice', id: kept.chosen?.id ?? '-', messages: kept.reasons }
  return (
    settingNamed(kept, what) ??
    figureNamed(kept, what) ??
    billLineNamed(kept, what, origin.render) ??
    candidateNamed(what, await reportWith(what, kept, origin), kept)
  )
}

/** By its flag, with or without the dashes, `_` for `-` as engines take it. */
const settingNamed = ({ launches }: KeptReport, what: string): Explanation | undefined => {
  const plain = (flag: string) => withoutDashes(flag).replaceAll('_', '-').toLowerCase()
  const found = launches
    .flatMap(({ settings }) => settings)
    .filter(({ flag }) => flag !== null && plain(flag) === plain(what))
  const [first] = found
  return first
    ? {
        kind: 'setting',
        id: [first.flag, first.value].filter(Boolean).join(' '),
        messages: found.flatMap((setting) => [setting.reason, flagVerdict(setting)]),
      }
    : undefined
}

const figureNamed = ({ arithmetic }: KeptReport, what: string): Explanation | undefined => {
  const sums = arithmetic.flatMap((group) =>
    isSame(group.group, what) ? group.sums : group.sums.filter(({ figure }) => isSame(figure, what)),
  )
  return sums.length > 0
    ? { kind: 'figure', id: what, messages: sums.map(({ message }) => message) }
    : undefined
}

const isSame = (name: string, what: string): boolean => name.toLowerCase() === what.toLowerCase()

/** A line of the bill, as `serving` or `spare`, or by how its printed title begins: `accelerators idle`. */
const billLineNamed = (
  { cost }: KeptReport,
  what: string,
  render: (message: Message) => string,
): Explanation | undefined => {
  const lines = cost?.breakdown.lines ?? []
  const line =
    lines.find(({ id }) => isSame(id, what)) ??
    lines.find(({ title }) => render(title).toLowerCase().startsWith(what.toLowerCase()))
  return line ? { kind: 'figure', id: line.id, messages: [line.title, line.basis] } : undefined
}

/** The kept report holds the best candidates; for another all are worked out again, unless the file has changed. */
const reportWith = async (
  what: string,
  kept: KeptReport,
  { requirements, isStale }: Origin,
): Promise<DesignReport> => {
  if (isStale || !existsSync(requirements) || named(kept, what).length > 0) return kept
  const { text } = loadRequirements(requirements)
  const { design } = await planText(text, requirements, dirname(resolve(requirements)))
  return design.report
}

/** Those whose identifier holds every word that was asked for, best first. */
const named = ({ candidates }: Pick<DesignReport, 'candidates'>, what: string) => {
  const exact = candidates.filter(({ id }) => id === what)
  const words = what.toLowerCase().split(/\s+/)
  return exact.length > 0
    ? exact
    : candidates.filter(({ id }) => words.every((word) => id.toLowerCase().includes(word)))
}

/** For what is none either, the nearest name of any kind. */
const candidateNamed = (what: string, report: DesignReport, kept: KeptReport): Explanation => {
  const id = named(report, what)[0]?.id ?? what
  const messages = whyNot(report, id)
  const nearest = suggest(what, [...figuresOf(kept), ...settingsOf(kept).map(withoutDashes)])
  const isStranger = messages.some(({ code }) => code === 'planner.not-considered')
  return {
    kind: 'candidate',
    id,
    messages: isStranger && nearest ? [...messages, cliMessage('cli.did-you-mean', { nearest })] : messages,
  }
}

const withoutDashes = (flag: string) => flag.replace(/^-+/, '')
