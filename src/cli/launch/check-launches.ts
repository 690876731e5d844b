// What would keep the engines from starting, found before they are started: programs that are not there, and flags
// that they do not have.

import { join } from 'node:path'
import {
  type Catalogue,
  checkListed,
  checkSnapshot,
  engineRemark,
  type FoundProgram,
  isOlder,
  type LaunchFlagProblem,
  type ListedFlags,
  launchProblem,
  snapshotName,
} from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { engineEnvironment } from './engine-environment.js'
import type { EngineLaunch } from './engine-launch.js'
import { findProgram } from './find-program.js'
import { listFlags } from './list-flags.js'

export interface LaunchCheck {
  readonly launch: EngineLaunch
  /** Absolute path of the program; null when it was not found. */
  readonly program: string | null
  /** Whose flags the command was compared with: `vllm 0.32.0`; null for a program that is not known. */
  readonly checkedAgainst: string | null
  /** Whether that is what the installed engine lists itself, and not the catalogue. */
  readonly isValidated: boolean
  readonly problems: readonly Message[]
  readonly remarks: readonly Message[]
}

export interface CheckOptions {
  readonly catalogue: Catalogue
  readonly stateDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** Looks at every launch; runs the engines' own help, and nothing else. */
export const checkLaunches = (
  launches: readonly EngineLaunch[],
  options: CheckOptions,
): Promise<readonly LaunchCheck[]> => {
  // Two deployments of one engine: it is asked once.
  const asked = new Map<string, ReturnType<typeof listFlags>>()
  const listOnce: typeof listFlags = (found, how) => {
    const key = JSON.stringify([how.path, found.start.slice(1), how.env])
    const answer = asked.get(key) ?? listFlags(found, how)
    asked.set(key, answer)
    return answer
  }
  return Promise.all(launches.map((launch) => checkLaunch(launch, options, listOnce)))
}

const checkLaunch = async (
  launch: EngineLaunch,
  options: CheckOptions,
  list: typeof listFlags,
): Promise<LaunchCheck> => {
  const { found, id, cwd } = launch
  const env = engineEnvironment(options.environment, launch.env)
  const lookUp = (word: string) => findProgram(word, { directory: cwd, searchPath: env.PATH })
  const outer = await lookUp(launch.command[0] ?? '')
  // Behind a wrapper stands the engine itself, which must be there too.
  const place = found && found.start[0] !== launch.command[0] ? await lookUp(found.start[0] ?? '') : outer
  const missing =
    placeProblems(launch, outer, launch.command[0]) ?? placeProblems(launch, place, found?.start[0])
  const path = place && 'path' in place ? place.path : undefined
  const program = outer && 'path' in outer ? outer.path : null
  const base = { launch, program, checkedAgainst: null, isValidated: false, remarks: [] }
  if (!found) return { ...base, problems: missing ?? [] }
  const listed =
    missing || path === undefined
      ? undefined
      : await list(found, {
          path,
          env,
          cwd,
          cacheDirectory: join(options.stateDirectory, 'engine-flags'),
          signal: options.signal,
        })
  if (listed) return { ...base, program, ...compareListed(found, listed, { id, options }) }
  const checkedAgainst = snapshotName(found, options.catalogue)
  const problems = checkSnapshot(found, options.catalogue)
  if (missing)
    return {
      ...base,
      checkedAgainst,
      problems: [
        ...missing,
        ...problems.map((problem) => asMessage(problem, id, { checkedAgainst, isValidated: false })),
      ],
    }
  // It may well have flags that the catalogue does not know: it is started, and says so itself.
  const unknown = problems.map(({ flag }) => flag)
  const remark = engineRemark('engine.flags-not-validated', { deployment: id, checkedAgainst, unknown })
  return { ...base, checkedAgainst, problems: [], remarks: [remark] }
}

const compareListed = (
  found: FoundProgram,
  listed: ListedFlags,
  { id, options }: { readonly id: string; readonly options: CheckOptions },
) => {
  const engine = found.program.kind
  const needed = snapshotName(found, options.catalogue).slice(engine.length + 1)
  const installed = listed.version ?? ''
  const checkedAgainst = `${engine} ${installed}`.trim()
  const problems = checkListed(found, listed, options.catalogue).map((problem) =>
    problem.kind === 'too-old'
      ? launchProblem('engine.too-old', { deployment: id, engine, flag: problem.flag, installed, needed })
      : asMessage(problem, id, { checkedAgainst, isValidated: true }),
  )
  const isOld = problems.length === 0 && isOlder(installed, needed)
  const remarks = isOld
    ? [engineRemark('engine.older-than-design', { deployment: id, engine, installed, needed })]
    : []
  return { checkedAgainst, isValidated: true, problems, remarks }
}

const asMessage = (
  { flag, kind, suggestion }: LaunchFlagProblem,
  deployment: string,
  against: { readonly checkedAgainst: string; readonly isValidated: boolean },
): Message =>
  kind === 'not-a-choice' || kind === 'not-a-number'
    ? launchProblem('engine.flag-value', { deployment, flag, kind })
    : launchProblem('engine.flag-unknown', { deployment, flag, suggestion, ...against })

const placeProblems = (
  { id, found }: EngineLaunch,
  place: Awaited<ReturnType<typeof findProgram>>,
  program = '',
): Message[] | undefined => {
  if (place && 'path' in place) return undefined
  if (place)
    return [
      launchProblem('engine.program-refused', {
        deployment: id,
        program: place.refused,
        reason: place.reason,
      }),
    ]
  return [
    launchProblem('engine.program-missing', {
      deployment: id,
      program,
      // A wrapper that is missing is not installed like the engine behind it.
      install: program === found?.start[0] ? found.program.install : null,
    }),
  ]
}
