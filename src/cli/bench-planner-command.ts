// `bench planner`: the planner's predictions beside published measurements, in a table that the user names.

import type { Command } from 'commander'
import { loadCatalogue } from '../catalog/index.js'
import { validatePlanner } from '../planner/index.js'
import { benchReport, benchText } from './bench-report.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { readTextFile } from './read-text-file.js'

export const registerBenchPlanner = (bench: Command, context: CommandContext): void => {
  const { text } = context
  bench
    .command('planner')
    .description(
      text(
        'Errors of predictions beside measured runs: as shipped, for unseen models, after three load tests',
        '預測與實測的誤差：出廠設定、未見過的模型、三次負載測試校準之後',
      ),
    )
    .requiredOption('--measured <file>', text('CSV of measured runs', '實測結果的 CSV 檔'))
    .action((options: { readonly measured: string }) => {
      const { figures, file, rows, runs } = validatePlanner(readTextFile(options.measured), loadCatalogue())
      if (rows === 0 || file.missing.includes('model'))
        throw cliError('cli.bench-measured', { path: options.measured, missing: file.missing.join(', ') })
      const report = benchReport('planner', figures, {
        measured: options.measured,
        rows,
        runs,
        brokenLines: file.brokenLines.length,
      })
      const terminal = context.terminal()
      if (file.brokenLines.length > 0)
        terminal.note(
          text(
            `${file.brokenLines.length} lines could not be read, the first is line ${file.brokenLines[0]}`,
            `有 ${file.brokenLines.length} 行無法讀取，第一個是第 ${file.brokenLines[0]} 行`,
          ),
        )
      terminal.result(report, () => benchText(report, context))
    })
}
