// Whether the port of an engine is free. What an earlier run of this system left there does not count: it makes way.

import { launchProblem } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { foreignListener } from '../../supervisor/index.js'
import { recordFiles } from './engine-files.js'
import type { EngineLaunch } from './engine-launch.js'

/** The problem that another program listens there, if one does. */
export const checkPort = async (
  { id, origin, host, port }: EngineLaunch,
  stateDirectory: string,
): Promise<readonly Message[]> => {
  const listener = await foreignListener({ host, port }, await recordFiles(stateDirectory))
  return listener
    ? [launchProblem('engine.port-taken', { deployment: id, address: origin, by: listener.by })]
    : []
}
