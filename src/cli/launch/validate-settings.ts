// The settings of a design compared with what the engine on this machine lists itself, where it is installed. A setting
// that it does not list stays in the design and says so: the design may be for another version.

import { type Catalogue, checkListed, type FoundProgram, type ListedFlags } from '../../catalog/index.js'
import type { DeploymentLaunch, LaunchSetting } from '../../planner/index.js'
import type { Architecture } from '../../spec/index.js'
import { enginesHomeIn } from '../optional-engines/installed-engine.js'
import { engineEnvironment } from './engine-environment.js'
import { type EngineLaunch, planLaunches } from './engine-launch.js'
import { findProgram } from './find-program.js'
import { listFlags } from './list-flags.js'

export interface ValidateOptions {
  readonly catalogue: Catalogue
  readonly stateDirectory: string
  /** Where relative paths of the commands start. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The launches with each setting judged by the installed engine's list; as they were where none answers. */
export const validateSettings = async (
  architecture: Architecture | null,
  launches: readonly DeploymentLaunch[],
  options: ValidateOptions,
): Promise<readonly DeploymentLaunch[]> => {
  if (!architecture || launches.length === 0) return launches
  const { environment, directory, stateDirectory } = options
  const home = enginesHomeIn(stateDirectory, environment)
  const planned = planLaunches(architecture, { environment, directory, enginesHome: home }).launches
  return Promise.all(
    launches.map(async (launch) => {
      const found = planned.find(({ deployments }) => deployments.includes(launch.deployment))
      const listed = found?.found && (await listOf(found, found.found, options))
      if (!listed || !found?.found) return launch
      const { found: program } = found
      const judge = judgeBy(program, listed, options.catalogue)
      return { ...launch, settings: launch.settings.map(judge) }
    }),
  )
}

const listOf = async (
  { cwd, env: added }: EngineLaunch,
  found: FoundProgram,
  { environment, stateDirectory }: ValidateOptions,
): Promise<ListedFlags | undefined> => {
  const env = engineEnvironment(environment, added)
  const place = await findProgram(found.start[0] ?? '', { directory: cwd, searchPath: env.PATH })
  if (!place || !('path' in place)) return undefined
  const cacheDirectory = `${stateDirectory}/engine-flags`
  return listFlags(found, { path: place.path, env, cwd, cacheDirectory, signal: undefined })
}

/** Only words that begin with dashes stand in an engine's help. */
const judgeBy = (found: FoundProgram, listed: ListedFlags, catalogue: Catalogue) => {
  const against = `${found.program.kind} ${listed.version ?? ''}`.trim()
  return (setting: LaunchSetting): LaunchSetting => {
    const { flag } = setting
    if (!flag?.startsWith('--')) return setting
    const problem = checkListed({ ...found, rest: [flag] }, listed, catalogue)[0]?.kind ?? null
    return { ...setting, validation: { against, list: 'installed', problem } }
  }
}
