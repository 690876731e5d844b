// Where an engine's log and the note of its processes lie, and the clearing away of what a killed system left.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../core/index.js'
import { endLeftOver } from '../../supervisor/index.js'
import type { EngineLaunch } from './engine-launch.js'

const recordsIn = (stateDirectory: string) => join(stateDirectory, 'running')

export const engineFiles = (
  stateDirectory: string,
  { id, fingerprint }: Pick<EngineLaunch, 'id' | 'fingerprint'>,
) => ({
  logFile: join(stateDirectory, 'logs', `${id}.log`),
  // Two engines of one deployment run side by side while one replaces the other.
  recordFile: join(recordsIn(stateDirectory), `${id}-${fingerprint}.json`),
})

/** The notes of all engines that run, or ran when their system was killed. */
export const recordFiles = async (stateDirectory: string): Promise<readonly string[]> => {
  const directory = recordsIn(stateDirectory)
  // No engine has run here yet.
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).map((name) => join(directory, name))
}

/** Ends the engines that an earlier system left behind. The caller holds the lock of the state directory. */
export const endLeftOverEngines = async (stateDirectory: string, clock: Clock): Promise<void> => {
  const files = await recordFiles(stateDirectory)
  await Promise.all(files.map((file) => endLeftOver(file, { clock, graceMs: 0 })))
}
