// The list of commands, in the order of the help text.

import type { Command } from 'commander'
import type { CommandContext } from './command-context.js'
import { registerDoctor } from './doctor-command.js'
import { registerInit } from './init-command.js'

export const registerCommands = (program: Command, context: CommandContext): void => {
  registerInit(program, context)
  registerDoctor(program, context)
}
