// `serve`: runs an architecture until it is told to stop; reloads the file when it changes.

import { dirname } from 'node:path'
import type { Command } from 'commander'
import { createLogger, type RootLogger } from '../telemetry/index.js'
import { checkEngines } from './check-engines.js'
import type { CommandContext } from './command-context.js'
import { engineProgress } from './engine-progress.js'
import { ingestAll } from './ingest-all.js'
import { portOption, wordOption } from './option-values.js'
import { architectureOption, chooseArchitecture, projectOf } from './project.js'
import { reloadOnChange } from './reload-on-change.js'
import { type ServingSystem, serveSystem } from './serve-system.js'
import { tryLines } from './try-lines.js'
import { untilAborted } from './until-aborted.js'

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

interface Options {
  readonly architecture?: string
  readonly port?: number
  readonly logLevel: (typeof logLevels)[number]
  readonly watch: boolean
  readonly check?: boolean
}

export const registerServe = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('serve')
    .description(text('Run the system that architecture.yaml describes', '執行 architecture.yaml 描述的系統'))
    .option(...architectureOption(text))
    .option(
      '--port <n>',
      text('port to listen on; 0 = any free one', '監聽的連接埠；0 表示任一可用埠'),
      portOption(text),
    )
    .option(
      '--log-level <level>',
      text('debug, info, warn, error or silent', 'debug、info、warn、error 或 silent'),
      wordOption(text, '--log-level', logLevels),
      'warn',
    )
    .option('--no-watch', text('do not reload when the file changes', '檔案變更時不重新載入'))
    .option(
      '--check',
      text(
        'only check the engines that would be launched: programs, ports and flags; starts nothing',
        '只檢查將要啟動的引擎：程式、連接埠與旗標；不啟動任何東西',
      ),
    )
    .action(async (options: Options) => {
      const terminal = context.terminal()
      const architectureFile = chooseArchitecture(options.architecture, context)
      if (options.check) return checkEngines(architectureFile, context)
      const log = createLogger({ level: options.logLevel, stream: process.stderr })
      const system = await startSystem(architectureFile, { log, options, context })
      if (!system) return
      try {
        await ingestAll(system, { terminal, signal: context.signal })
        terminal.result({ url: system.url, pid: process.pid }, () =>
          tryLines(system, dirname(architectureFile), context).join('\n'),
        )
        const stopWatching = options.watch ? reloadOnChange(architectureFile, system, context) : () => {}
        await untilAborted(context.signal)
        stopWatching()
        terminal.note(
          text('Stopping: requests under way are finished first.', '正在停止：先完成進行中的請求。'),
        )
      } finally {
        await system.close()
        log.flush()
      }
    })
}

/** Undefined when it was told to stop before its engines had loaded. */
const startSystem = async (
  architectureFile: string,
  { log, options, context }: { log: RootLogger; options: Options; context: CommandContext },
): Promise<ServingSystem | undefined> => {
  const { signal, environment, text } = context
  const terminal = context.terminal()
  try {
    return await serveSystem({
      architectureFile,
      stateDirectory: projectOf(architectureFile).stateDirectory,
      environment,
      log,
      signal,
      ...engineProgress(terminal, text),
      ...(options.port === undefined ? {} : { port: options.port }),
    })
  } catch (error) {
    if (!signal.aborted) throw error
    terminal.note(text('Stopped before everything was ready.', '尚未就緒即已停止。'))
    context.exitWith(130)
    return undefined
  } finally {
    terminal.progressEnd()
  }
}
