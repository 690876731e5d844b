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

/** Ends the engines that an earlier system left behind. The caller holds the lock of the state directory. */
export const endLeftOverEngines = async (stateDirectory: string, clock: Clock): Promise<void> => {
  const directory = recordsIn(stateDirectory)
  const names = await readdir(directory).catch(() => [])
  await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => endLeftOver(join(directory, name), { clock, graceMs: 0 })),
  )
}
