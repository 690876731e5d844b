// The engines of an architecture, ready to be started: planned, and looked at for everything that would keep them
// from starting.

import { type Catalogue, engineError, type LaunchProblemCode } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { Architecture } from '../../spec/index.js'
import { enginesHomeIn } from '../optional-engines/installed-engine.js'
import { checkLaunches } from './check-launches.js'
import { type EngineLaunch, planLaunches } from './engine-launch.js'
import { writeRepository } from './write-repository.js'

export interface PrepareOptions {
  /** Where relative paths start: the folder of architecture.yaml. */
  readonly directory: string
  readonly stateDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly catalogue: Catalogue
  readonly signal: AbortSignal
  /** What is worth knowing and keeps nothing from starting. */
  readonly onRemark?: ((remark: Message) => void) | undefined
}

/** @throws the one problem there is | `engine.launch-invalid` with several | `cli.secret-missing` */
export const prepareLaunches = async (
  architecture: Architecture,
  options: PrepareOptions,
): Promise<readonly EngineLaunch[]> => {
  const { onRemark, signal } = options
  const { stateDirectory, environment } = options
  const enginesHome = enginesHomeIn(stateDirectory, environment)
  const { launches, problems } = planLaunches(architecture, { ...options, enginesHome })
  const checks = await checkLaunches(launches, options)
  signal.throwIfAborted()
  throwProblems([...problems, ...checks.flatMap((check) => check.problems)])
  for (const { remarks } of checks) for (const remark of remarks) onRemark?.(remark)
  for (const launch of launches) await writeRepository(launch)
  return launches
}

const throwProblems = (problems: readonly Message[]): void => {
  const [first] = problems
  if (!first) return
  throw problems.length === 1
    ? engineError(first.code as LaunchProblemCode, first.params as never)
    : engineError('engine.launch-invalid', { problems })
}
