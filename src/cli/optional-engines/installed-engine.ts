// Which optional engines are installed here, by the stamp that the last step of an installation leaves.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { stateDirectoryName } from '../project.js'
import { type OptionalEngine, type OptionalEngineName, optionalEngines } from './engine-table.js'
import type { Environment } from './install-site.js'
import { engineError } from './messages.js'

const stampSchema = z.object({
  version: z.literal(1),
  engine: z.string(),
  versions: z.record(z.string(), z.string()),
  lock: z.array(z.string()),
  /** ISO 8601. */
  installedAt: z.string(),
  /** Of the run that finished it; what an earlier run had done is not in it. */
  seconds: z.number(),
})

export type InstallStamp = z.infer<typeof stampSchema>

export const stampFile = 'installed.json'

/** Where engines are installed: below the state directory, or where LLM_ARCHITECT_ENGINES says, to share them. */
export const enginesHome = (projectDirectory: string, environment: Environment): string =>
  enginesHomeIn(join(projectDirectory, stateDirectoryName), environment)

/** The same, of a state directory. */
export const enginesHomeIn = (stateDirectory: string, environment: Environment): string =>
  environment.LLM_ARCHITECT_ENGINES || join(stateDirectory, 'engines')

/** @throws `engines.unknown` */
export const findOptionalEngine = (name: string): OptionalEngine => {
  const engine = optionalEngines.find((known) => known.name === name)
  if (engine) return engine
  const known = optionalEngines.map((one) => `${one.name} (${one.diskGiB} GiB)`).join(', ')
  throw engineError('engines.unknown', { name, known })
}

/** The stamp of an installation that is whole and of the versions the product wants; undefined otherwise. */
export const readStamp = (home: string, engine: OptionalEngine): InstallStamp | undefined => {
  try {
    const stamp = stampSchema.parse(JSON.parse(readFileSync(join(home, engine.name, stampFile), 'utf8')))
    return isOf(stamp, engine) ? stamp : undefined
  } catch {
    // Not there, or of another product's version: it counts as not installed.
    return undefined
  }
}

const isOf = (stamp: InstallStamp, { versions, lock }: OptionalEngine): boolean =>
  JSON.stringify([stamp.versions, stamp.lock]) === JSON.stringify([versions, lock])

/**
 * The folder of an engine that is installed.
 * @throws `engines.not-installed`
 */
export const requireInstalled = (home: string, name: OptionalEngineName): string => {
  const engine = findOptionalEngine(name)
  if (!readStamp(home, engine)) throw engineError('engines.not-installed', { title: engine.title, name })
  return join(home, name)
}
