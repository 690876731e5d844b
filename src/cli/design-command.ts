// `design`: the architecture for the real load, the one for this machine, and the report that says why.

import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { suggest } from '../core/index.js'
import { createLogger } from '../telemetry/index.js'
import { registerDesignCalibrate } from './calibration/design-calibrate-command.js'
import type { CommandContext } from './command-context.js'
import { registerDesignCompare } from './design-compare-command.js'
import { registerDesignExplain } from './design-explain-command.js'
import { registerDesignFit } from './design-fit/design-fit-command.js'
import { designProject } from './design-project.js'
import { designText } from './design-text.js'
import { registerDesignWhatif } from './design-whatif-command.js'
import { meant } from './did-you-mean.js'
import { measuringText } from './machine/measuring-text.js'
import { cliError } from './messages.js'
import { numberOption } from './option-values.js'
import { shortReport } from './write-design.js'
import type { WrittenFile } from './write-generated.js'

export const registerDesign = (program: Command, context: CommandContext): void => {
  const { text } = context
  const design = program
    .command('design')
    .argument('[requirements]', text('requirements file', '需求檔'), 'requirements.yaml')
    .option(
      '--rows <n>',
      text('rows of the table', '表格列數'),
      numberOption(text, { option: '--rows', least: 1 }),
      14,
    )
    .option('--no-write', text('show the design only', '只顯示設計，不寫入檔案'))
    .description(
      text(
        'Design the architecture that meets the requirements at the least cost',
        '設計成本最低且符合需求的架構',
      ),
    )
    .action(async (file: string, options: { readonly rows: number; readonly write: boolean }) => {
      refuseMisspelt(file, design, context)
      const terminal = context.terminal()
      const result = await designProject(file, {
        environment: context.environment,
        language: context.language,
        write: options.write,
        askEngines: options.write,
        log: createLogger({ level: 'warn', stream: process.stderr }),
        onMeasure: () => terminal.note(measuringText(text)),
      })
      const { report, local, written } = result
      terminal.result({ ...result, report: shortReport(report) }, () =>
        [
          designText(report, terminal, options.rows),
          '',
          ...[...local.reasons, ...local.hints.map(({ message }) => message)].map(terminal.render),
          ...written.flatMap((each) => describe(each, context)),
        ]
          .join('\n')
          .trimEnd(),
      )
      context.exitWith(report.chosen ? 0 : 1)
    })
  registerDesignFit(design, context)
  registerDesignCalibrate(design, context)
  registerDesignExplain(design, context)
  registerDesignCompare(design, context)
  registerDesignWhatif(design, context)
}

/** A word that is no file, but nearly the name of a command: `expalin`. */
const refuseMisspelt = (file: string, { commands }: Command, { text }: CommandContext): void => {
  const nearest = suggest(
    file,
    commands.map((command) => command.name()),
  )
  if (nearest === undefined || existsSync(file)) return
  throw cliError('cli.bad-argument', {
    detail: text(
      `design: "${file}" is neither a file nor a command.${meant(`design ${nearest}`, text)}`,
      `design：「${file}」不是檔案，也不是指令。${meant(`design ${nearest}`, text)}`,
    ),
  })
}

const describe = ({ path, state, difference }: WrittenFile, { text }: CommandContext): string[] => {
  if (state === 'proposed')
    return [
      text(
        `The file was edited by hand, so the new design stands in ${path}:`,
        `原檔已由人工修改，新的設計寫在 ${path}：`,
      ),
      difference ?? '',
    ]
  return [
    state === 'written'
      ? text(`Wrote ${path}`, `已寫入 ${path}`)
      : text(`${path} is up to date`, `${path} 無須更新`),
  ]
}
