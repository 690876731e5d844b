// Runs a task on the project's system: the one that runs, or else one started for the task and stopped after it.

import type { Log } from '../core/index.js'
import { createLogger } from '../telemetry/index.js'
import type { CommandContext } from './command-context.js'
import { engineProgress } from './engine-progress.js'
import { ingestAll } from './ingest-all.js'
import { chooseArchitecture, projectOf } from './project.js'
import { findRunningSystem, type RunningSystem } from './running-system.js'
import { serveSystem } from './serve-system.js'

interface Task<T> {
  /** As given on the command line. */
  readonly architecture: string | undefined
  /** Whether a system started for the task first brings its documents up to date. */
  readonly withKnowledge: boolean
  run(system: Pick<RunningSystem, 'url' | 'adminToken'>, architectureFile: string): Promise<T>
}

/** @throws `cli.file-not-found` when nothing runs and there is nothing to start, and what the task throws */
export const withSystem = async <T>(context: CommandContext, task: Task<T>): Promise<T> => {
  const architectureFile = chooseArchitecture(task.architecture, context)
  const { stateDirectory } = projectOf(architectureFile)
  const running = await findRunningSystem(stateDirectory)
  if (running) return task.run(running, architectureFile)
  const log: Log = createLogger({ level: 'error', stream: process.stderr })
  const system = await serveSystem({
    architectureFile,
    stateDirectory,
    environment: context.environment,
    log,
    port: 0,
    // Keys and the ledger need no engine; whoever asks a question needs both.
    withEngines: task.withKnowledge,
    signal: context.signal,
    ...engineProgress(context.terminal(), context.text),
  })
  try {
    if (task.withKnowledge) await ingestAll(system, { terminal: context.terminal(), signal: context.signal })
    return await task.run(system, architectureFile)
  } finally {
    await system.close()
  }
}
