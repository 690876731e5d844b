// What `doctor --fix NAME` does: installs optional engines one after the other, with progress.

import { systemClock } from '../../core/index.js'
import type { CommandContext } from '../command-context.js'
import { installEngine } from './install-engine.js'
import { enginesHome, findOptionalEngine, type InstallStamp } from './installed-engine.js'

/**
 * @param projectDirectory the folder whose state directory holds the engines
 * @throws what `installEngine` throws, and `engines.unknown` before anything is installed
 */
export const fixEngines = async (
  names: readonly string[],
  context: CommandContext,
  projectDirectory: string,
): Promise<readonly InstallStamp[]> => {
  const engines = names.map(findOptionalEngine)
  const terminal = context.terminal()
  const stamps: InstallStamp[] = []
  for (const engine of engines)
    stamps.push(
      await installEngine(engine, {
        home: enginesHome(projectDirectory, context.environment),
        environment: context.environment,
        clock: systemClock,
        signal: context.signal,
        onProgress: ({ title, done, total }) => terminal.progress(terminal.render(title), done, total),
      }),
    )
  terminal.progressEnd()
  return stamps
}
