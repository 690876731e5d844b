// The list of commands, in the order of the help text. Each is loaded when it is asked for: all of them together take
// longer to load than most take to run.

import type { Command } from 'commander'
import type { CommandContext } from './command-context.js'

type Register = (program: Command, context: CommandContext) => void

const commands: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import('./init-command.js')).registerInit,
  assess: async () => (await import('./assess-command.js')).registerAssess,
  design: async () => (await import('./design-command.js')).registerDesign,
  serve: async () => (await import('./serve-command.js')).registerServe,
  start: async () => (await import('./start-command.js')).registerStart,
  ingest: async () => (await import('./ingest-command.js')).registerIngest,
  ask: async () => (await import('./ask-command.js')).registerAsk,
  verify: async () => (await import('./verify-command.js')).registerVerify,
  keys: async () => (await import('./keys-command.js')).registerKeys,
  ledger: async () => (await import('./ledger-command.js')).registerLedger,
  audit: async () => (await import('./audit-command.js')).registerAudit,
  models: async () => (await import('./models-command.js')).registerModels,
  doctor: async () => (await import('./doctor-command.js')).registerDoctor,
  bench: async () => (await import('./bench-command.js')).registerBench,
}

const printsVersion = new Set(['-V', '--version'])

/**
 * Registers the command that the arguments ask for. Where they begin with none (a misspelt name, `--help`, nothing) all of
 * them: help lists them, and a name that is nearly right is suggested.
 */
export const registerCommands = async (
  program: Command,
  context: CommandContext,
  args: readonly string[],
): Promise<void> => {
  const first = firstBehindLanguage(args)
  if (printsVersion.has(first)) return
  const asked = Object.hasOwn(commands, first) ? commands[first] : undefined
  for (const load of asked ? [asked] : Object.values(commands)) (await load())(program, context)
}

/** What every command takes may stand before its name too. */
const firstBehindLanguage = ([first = '', ...rest]: readonly string[]): string => {
  if (first === '--json' || first.startsWith('--lang=')) return firstBehindLanguage(rest)
  return first === '--lang' ? firstBehindLanguage(rest.slice(1)) : first
}
