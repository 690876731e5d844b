// The list of commands, in the order of the help text.

import type { Command } from 'commander'
import { registerAsk } from './ask-command.js'
import { registerAssess } from './assess-command.js'
import { registerAudit } from './audit-command.js'
import { registerBench } from './bench-command.js'
import type { CommandContext } from './command-context.js'
import { registerDesign } from './design-command.js'
import { registerDoctor } from './doctor-command.js'
import { registerIngest } from './ingest-command.js'
import { registerInit } from './init-command.js'
import { registerKeys } from './keys-command.js'
import { registerLedger } from './ledger-command.js'
import { registerModels } from './models-command.js'
import { registerServe } from './serve-command.js'
import { registerStart } from './start-command.js'
import { registerVerify } from './verify-command.js'

export const registerCommands = (program: Command, context: CommandContext): void => {
  registerInit(program, context)
  registerAssess(program, context)
  registerDesign(program, context)
  registerServe(program, context)
  registerStart(program, context)
  registerIngest(program, context)
  registerAsk(program, context)
  registerVerify(program, context)
  registerKeys(program, context)
  registerLedger(program, context)
  registerAudit(program, context)
  registerModels(program, context)
  registerDoctor(program, context)
  registerBench(program, context)
}
