// `assess`: what the requirements imply, contradict and leave open, before anything is designed.

import { dirname } from 'node:path'
import type { Command } from 'commander'
import { loadCatalogue } from '../catalog/index.js'
import { assess } from '../planner/index.js'
import { assessmentText } from './assessment-text.js'
import type { CommandContext } from './command-context.js'
import { loadRequirements } from './project.js'
import { readTaskModels } from './task-models.js'

export const registerAssess = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('assess')
    .argument('[requirements]', text('requirements file', '需求檔'), 'requirements.yaml')
    .description(
      text('Say what the requirements imply, contradict and leave open', '說明需求的含意、矛盾與缺漏'),
    )
    .action((file: string) => {
      const terminal = context.terminal()
      const { value, path } = loadRequirements(file)
      const assessment = assess(value, loadCatalogue(), readTaskModels(value, dirname(path)))
      terminal.result(assessment, () => assessmentText(assessment, terminal))
      context.exitWith(assessment.conflicts.some(({ kind }) => kind === 'contradiction') ? 1 : 0)
    })
}
