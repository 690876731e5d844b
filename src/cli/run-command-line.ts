// The command line as a function: arguments in, exit status out. The one place where errors become text.

import { Command, CommanderError, Option } from 'commander'
import { ArchitectError, type Language, languages, toArchitectError } from '../core/index.js'
import type { CommandContext } from './command-context.js'
import { registerCommands } from './commands.js'
import { describeFailure } from './describe-failure.js'
import { cliError } from './messages.js'
import { parserError, speakChinese } from './parser-texts.js'
import { render } from './render.js'
import { createTerminal, type Terminal } from './terminal.js'
import { productVersion } from './version.js'

interface Invocation {
  readonly args: readonly string[]
  readonly language: Language
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Runs one command. @returns 0 done, 1 the answer is no, 2 bad input or failure, 130 stopped before it was done */
export const runCommandLine = async (invocation: Invocation): Promise<number> => {
  let status = 0
  let terminal: Terminal | undefined
  const { language, args } = invocation
  const text = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  const makeTerminal = () => createTerminal({ language, json: args.includes('--json'), render })
  const context: CommandContext = {
    ...invocation,
    text,
    terminal: () => {
      terminal ??= makeTerminal()
      return terminal
    },
    exitWith: (value) => {
      status = value
    },
  }
  try {
    const program = await createProgram(context, args)
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    const shown = terminal ?? makeTerminal()
    const { signal } = invocation
    if (isStop(error, signal)) return reportStop(shown, text)
    const failed =
      error instanceof CommanderError
        ? reportParser(error, shown, context)
        : report(describeFailure(error), shown)
    return signal.aborted ? 130 : failed
  }
}

const createProgram = async (context: CommandContext, args: readonly string[]): Promise<Command> => {
  const { text } = context
  const program = new Command('llm-architect')
    .description(
      text(
        'From requirements to a production LLM system that proves itself.',
        '從需求到能自我驗證的正式 LLM 系統。',
      ),
    )
    .version(productVersion(), '-V, --version', text('print the version', '顯示版本'))
    .exitOverride()
    .showHelpAfterError(
      text('(llm-architect COMMAND --help explains the command)', '（llm-architect 指令 --help 有說明）'),
    )
    .helpCommand(false)
  if (context.language === 'zh-TW') speakChinese(program)
  await registerCommands(program, context, args)
  // Before the command or after it: both are places where people write them.
  for (const command of [program, ...commandsOf(program)]) {
    command
      .option(
        '--json',
        text('one JSON document on stdout, nothing else', '在標準輸出印出一份 JSON，別無其他'),
      )
      .addOption(
        new Option('--lang <language>', text('language of texts', '文字的語言')).choices([...languages]),
      )
      .exitOverride()
  }
  return program
}

/** Every command, those of groups included. */
const commandsOf = (group: Command): readonly Command[] =>
  group.commands.flatMap((command) => [command, ...commandsOf(command)])

/** Whether a command ended because it was told to, and has nothing else to say. */
const isStop = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && (!(error instanceof ArchitectError) || error.code === 'core.unexpected')

const reportStop = (terminal: Terminal, text: CommandContext['text']): number => {
  terminal.progressEnd()
  terminal.note(text('Stopped.', '已停止。'))
  return 130
}

/** The parser has written its text to stderr already. */
const reportParser = (
  { exitCode, code, message }: CommanderError,
  terminal: Terminal,
  { language, text }: CommandContext,
): number => {
  if (exitCode === 0) return 0
  const isHelp = code === 'commander.help'
  const detail = isHelp ? text('No command was given.', '沒有指定指令。') : parserError(message, language)
  writeError(cliError('cli.bad-argument', { detail }), terminal)
  return 2
}

/** @returns what it says */
const writeError = (error: ArchitectError, terminal: Terminal): string => {
  const { code, params } = error
  const message = terminal.render(error)
  if (terminal.json) process.stdout.write(`${JSON.stringify({ error: { code, message, params } })}\n`)
  return message
}

const report = (error: unknown, terminal: Terminal): number => {
  terminal.note(writeError(toArchitectError(error), terminal))
  if (!(error instanceof ArchitectError) && error instanceof Error) terminal.note(error.stack ?? '')
  return 2
}
