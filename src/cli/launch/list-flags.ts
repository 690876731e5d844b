// Asks an installed engine for its flags and its version, and keeps the answer: a Python engine needs seconds for it.

import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FoundProgram,
  flagsInHelp,
  helpCommand,
  type ListedFlags,
  versionIn,
} from '../../catalog/index.js'
import { contentHash } from '../../core/index.js'
import { stampPackage } from './stamp-package.js'

export interface ListFlagsOptions {
  /** The program that stands first in `found.start`. */
  readonly path: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly cacheDirectory: string
  readonly signal: AbortSignal | undefined
  readonly timeoutMs?: number
}

const maxOutputBytes = 8 * 1024 * 1024

/** Undefined when it does not answer in time or answers something else. */
export const listFlags = async (
  found: FoundProgram,
  options: ListFlagsOptions,
): Promise<ListedFlags | undefined> => {
  const cache = await cacheOf(found, options)
  const kept = cache && (await readCache(cache))
  if (kept) return kept
  const { versionArguments } = found.program
  const [help, version] = await Promise.all([
    run(helpCommand(found), options),
    versionArguments && found.start.length === 1 ? run([...found.start, ...versionArguments], options) : '',
  ])
  const flags = flagsInHelp(help)
  if (!flags) return undefined
  const listed: ListedFlags = { flags, version: versionIn(version) }
  if (cache) await writeCache(cache, options.cacheDirectory, listed)
  return listed
}

/** What it printed, whatever its exit status: some print their help and say 1. Nothing where it did not end by itself. */
const run = (command: readonly string[], options: ListFlagsOptions): Promise<string> =>
  new Promise((resolve) => {
    const { path, env, cwd, signal, timeoutMs = 120_000 } = options
    execFile(
      path,
      command.slice(1),
      {
        cwd,
        env: env as NodeJS.ProcessEnv,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: maxOutputBytes,
        ...(signal ? { signal } : {}),
      },
      (error, stdout, stderr) => {
        const hasEnded = !error || typeof error.code === 'number'
        resolve(hasEnded ? `${stdout}\n${stderr}` : '')
      },
    )
  })

/** Under what its answer is kept; undefined where what it would answer may change unseen. */
const cacheOf = async (
  { start }: FoundProgram,
  { path, env, cwd, cacheDirectory }: ListFlagsOptions,
): Promise<string | undefined> => {
  // Gone since it was found: the start will say so.
  const entry = await stat(path).catch(() => undefined)
  if (!entry) return undefined
  const stamp = [path, entry.size, entry.mtimeMs]
  const [, , module] = start
  const packages = module === undefined ? [] : await stampPackage(module, { interpreter: path, env, cwd })
  if (!packages) return undefined
  const key = contentHash(JSON.stringify([...stamp, start.slice(1), packages]))
  return join(cacheDirectory, `${key.slice(key.indexOf(':') + 1)}.json`)
}

const readCache = async (file: string): Promise<ListedFlags | undefined> => {
  try {
    const { flags, version } = JSON.parse(await readFile(file, 'utf8')) as Partial<ListedFlags>
    return Array.isArray(flags) ? { flags, version: version ?? null } : undefined
  } catch {
    // Not there, or not whole: the engine is asked again.
    return undefined
  }
}

/** A cache that cannot be written costs the next start some seconds, and nothing else. */
const writeCache = async (file: string, directory: string, listed: ListedFlags): Promise<void> => {
  const temporary = `${file}.${process.pid}`
  await mkdir(directory, { recursive: true })
    .then(() => writeFile(temporary, JSON.stringify(listed)))
    .then(() => rename(temporary, file))
    .catch(() => {})
}
