// `design whatif`: what another number in the requirements would change. Writes nothing.

import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { compareDesigns } from '../planner/index.js'
import { setRequirement } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { comparisonText, isChanged } from './comparison-text.js'
import { cliError } from './messages.js'
import { type PlannedText, planText } from './plan-text.js'
import { loadRequirements } from './project.js'

interface Change {
  readonly path: string
  readonly value: string
}

export const registerDesignWhatif = (design: Command, context: CommandContext): void => {
  const { text } = context
  design
    .command('whatif')
    .argument('[requirements]', text('requirements file', '需求檔'), 'requirements.yaml')
    .requiredOption(
      '--set <path=value>',
      text(
        'a value of the requirements, as scale.peakRequestsPerSecond=80; may be given several times',
        '需求檔中的一個值，例如 scale.peakRequestsPerSecond=80；可重複使用',
      ),
      (written: string, others: readonly Change[] | undefined) => [
        ...(others ?? []),
        changeOf(written, text),
      ],
    )
    .description(
      text(
        'Show what other requirements would change in the design; writes nothing',
        '顯示改變需求後設計會如何不同；不寫入任何檔案',
      ),
    )
    .action(async (file: string, { set }: { readonly set: readonly Change[] }) => {
      const { text: original } = loadRequirements(file)
      const directory = dirname(resolve(file))
      const changed = set.reduce((all, { path, value }) => setRequirement(all, path, value), original)
      const before = await planText(original, file, directory)
      const after = await planText(changed, `${file} (--set)`, directory)
      const contradictions = contradictionsIn(after)
      const figures = compareDesigns(before.design, after.design)
      const terminal = context.terminal()
      const { chosen, reasons } = after.design.report
      terminal.result(
        {
          set: set.map(({ path, value }) => ({ path, value: parse(value) as unknown })),
          figures: figures.map((figure) => ({ ...figure, changed: isChanged(figure) })),
          chosen: { before: before.design.report.chosen, after: chosen },
          contradictions,
          reasons,
        },
        () =>
          [
            ...set.map(({ path, value }) => `${path} = ${value}`),
            '',
            comparisonText(figures, { before: text('now', '目前'), after: text('then', '之後') }, text),
            '',
            ...contradictions.map((message) => `✗ ${terminal.render(message)}`),
            ...reasons.map((reason) => `${chosen ? '→' : '✗'} ${terminal.render(reason)}`),
          ].join('\n'),
      )
      context.exitWith(chosen && contradictions.length === 0 ? 0 : 1)
    })
}

/** What cannot all be true of the changed requirements: a design of them answers nothing. */
const contradictionsIn = ({ assessment }: PlannedText) =>
  assessment.conflicts.filter(({ kind }) => kind === 'contradiction').map(({ message }) => message)

/** @throws `cli.bad-argument` */
const changeOf = (written: string, text: CommandContext['text']): Change => {
  const at = written.indexOf('=')
  if (at > 0) return { path: written.slice(0, at).trim(), value: written.slice(at + 1) }
  throw cliError('cli.bad-argument', {
    detail: text(
      `--set: "${written}" is not PATH=VALUE, as scale.peakRequestsPerSecond=80.`,
      `--set：「${written}」不是「路徑=值」的形式，例如 scale.peakRequestsPerSecond=80。`,
    ),
  })
}
