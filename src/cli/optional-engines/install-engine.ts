// Installs an optional engine step by step, each step one that may be repeated: what a run that was cut off has done
// is kept, and a stamp tells the installation that is whole. Knows no engine but by the table.

import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesPerGiB, type Clock, type Message } from '../../core/index.js'
import { acquireDirectoryLock } from '../../supervisor/index.js'
import type { OptionalEngine } from './engine-table.js'
import { createSite, type Environment } from './install-site.js'
import { type InstallStamp, readStamp, stampFile } from './installed-engine.js'
import { engineError, engineMessage, type StepName } from './messages.js'

export interface InstallProgress {
  /** The engine and the step that runs, for a reader. */
  readonly title: Message
  /** Steps that are done, and how many there are. */
  readonly done: number
  readonly total: number
}

export interface InstallOptions {
  /** The folder that holds the engines, each in its own. */
  readonly home: string
  readonly environment: Environment
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (progress: InstallProgress) => void
}

/** How long another installation of the same engine is waited for. */
const lockWaitMs = 60 * 60 * 1000

/**
 * Installs what is missing of an engine; does nothing where it is whole.
 * @throws `engines.platform-unsupported` | `engines.disk-full` | `engines.python-missing` | `engines.venv-missing` |
 * `engines.python-not-debian` | `engines.tool-missing` | `engines.step-failed` | `engines.cancelled`
 */
export const installEngine = async (
  engine: OptionalEngine,
  options: InstallOptions,
): Promise<InstallStamp> => {
  const { home, clock, signal } = options
  const installed = readStamp(home, engine)
  if (installed) return installed
  refusePlatform(engine)
  const directory = join(home, engine.name)
  const waiting = { waitMs: lockWaitMs, clock, signal }
  const lock = await acquireDirectoryLock(directory, { task: 'install' }, waiting).catch((error) => {
    throw signal?.aborted ? engineError('engines.cancelled', { title: engine.title }) : error
  })
  try {
    // Who waited for the lock may find the work done.
    return readStamp(home, engine) ?? (await runSteps(engine, options, directory))
  } finally {
    await lock.release()
  }
}

const refusePlatform = ({ title, platforms }: OptionalEngine) => {
  const platform = `${process.platform}-${process.arch}`
  if (platforms.length > 0 && !platforms.includes(platform))
    throw engineError('engines.platform-unsupported', { title, platform, supported: platforms.join(', ') })
}

const runSteps = async (
  engine: OptionalEngine,
  options: InstallOptions,
  directory: string,
): Promise<InstallStamp> => {
  const { environment, clock, signal, onProgress } = options
  const { title, steps, lock, versions } = engine
  const startMs = clock.monotonicMs()
  await clearOtherVersion(engine, directory)
  await refuseFullDisk(engine, directory)
  const constraintsFile = lock.length > 0 ? join(directory, 'constraints.txt') : undefined
  if (constraintsFile) await writeFile(constraintsFile, `${lock.join('\n')}\n`)
  let current: StepName = 'environment'
  const site = createSite({ title, directory, environment, signal, constraintsFile }, () => current)
  for (const [done, step] of steps.entries()) {
    current = step.name
    if (signal?.aborted) throw engineError('engines.cancelled', { title })
    onProgress?.({
      title: engineMessage('engines.step', { title, step: step.name }),
      done,
      total: steps.length,
    })
    await step.run(site)
  }
  const stamp: InstallStamp = {
    version: 1,
    engine: engine.name,
    versions: { ...versions },
    lock: [...lock],
    installedAt: new Date(clock.wallMs()).toISOString(),
    seconds: Math.round((clock.monotonicMs() - startMs) / 100) / 10,
  }
  await writeWhole(join(directory, stampFile), JSON.stringify(stamp, null, 2))
  return stamp
}

/** Written aside and renamed, so that a stamp is there whole or not at all. */
const writeWhole = async (file: string, text: string) => {
  await writeFile(`${file}.new`, `${text}\n`)
  await rename(`${file}.new`, file)
}

const wantedFile = 'wanted.json'

/** What was begun for other versions is no start for these. */
const clearOtherVersion = async ({ versions, lock }: OptionalEngine, directory: string) => {
  const wanted = `${JSON.stringify({ versions, lock })}\n`
  const file = join(directory, wantedFile)
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return
  for (const name of ['venv', 'source', 'bin', 'node_modules', stampFile])
    await rm(join(directory, name), { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  await writeWhole(file, wanted)
}

/** Room for the whole is asked for once: a run that goes on has used some of it. */
const refuseFullDisk = async ({ title, diskGiB }: OptionalEngine, directory: string) => {
  if (['venv', 'source', 'node_modules'].some((name) => existsSync(join(directory, name)))) return
  const { bavail, bsize } = await statfs(directory)
  const freeGiB = Math.floor((bavail * bsize * 10) / bytesPerGiB) / 10
  if (freeGiB < diskGiB)
    throw engineError('engines.disk-full', { title, directory, neededGiB: diskGiB, freeGiB })
}
