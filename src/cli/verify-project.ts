// Verification of a project's system: supplies the processes, files and facts that `verify` asks for.

import { existsSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { bytesPerGiB, contentHash, systemClock } from '../core/index.js'
import { notInDocuments } from '../llm/index.js'
import type { Architecture } from '../spec/index.js'
import { superviseChild } from '../supervisor/index.js'
import { createLogger } from '../telemetry/index.js'
import {
  type ProvingOrder,
  runVerification,
  type Scorecard,
  type VerificationArea,
  type VerificationProgress,
} from '../verify/index.js'
import { childEnvironment } from './child-environment.js'
import { packageFile, processEntry } from './package-file.js'
import { type LoadedFile, loadRequirements } from './project.js'
import { loadProfileOf } from './project-load.js'
import { startProvingInstance } from './proving-instance.js'
import { productVersion } from './version.js'

export interface ProjectVerification {
  readonly requirementsFile: string
  readonly architecture: LoadedFile<Architecture>
  readonly stateDirectory: string
  readonly system: { readonly url: string; readonly adminToken: string }
  readonly apiKey?: string | undefined
  readonly profile: 'here' | 'production'
  readonly areas?: readonly VerificationArea[] | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly onProgress: (progress: VerificationProgress) => void
  /** Public data; default: that of the package. */
  readonly benchmarksDirectory?: string | undefined
  /** Replaces the start of proving instances; for tests that break the instance on purpose. */
  readonly startProvingInstance?: (order: ProvingOrder) => ReturnType<typeof startProvingInstance>
}

/** Measures the system and writes scorecard.json. @throws the errors of `runVerification` */
export const verifyProject = async (options: ProjectVerification): Promise<Scorecard> => {
  const { stateDirectory, architecture, system, signal, onProgress, apiKey, areas } = options
  const requirements = loadRequirements(options.requirementsFile)
  const directory = dirname(requirements.path)
  const predictionsFile = join(stateDirectory, 'predictions.json')
  const scorecard = await runVerification({
    baseUrl: system.url,
    adminToken: system.adminToken,
    requirements: requirements.value,
    requirementsHash: contentHash(requirements.text),
    architecture: architecture.value,
    architectureHash: contentHash(architecture.text),
    suitesDirectory: directory,
    benchmarksDirectory: options.benchmarksDirectory ?? packageFile('benchmarks/data'),
    stateDirectory,
    loadProfile: loadProfileOf(directory, options.profile, requirements.value.useCase.languages),
    refusalPhrases: Object.values(notInDocuments),
    ports: createPorts(options),
    environment: describeMachine(),
    clock: systemClock,
    signal,
    onProgress,
    ...(existsSync(predictionsFile) ? { predictionsFile } : {}),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(areas === undefined ? {} : { areas }),
  })
  writeFileSync(join(stateDirectory, 'scorecard.json'), `${JSON.stringify(scorecard, null, 2)}\n`)
  return scorecard
}

const createPorts = (options: ProjectVerification) => {
  const { architecture, environment } = options
  const log = createLogger({ level: 'error', stream: process.stderr })
  const start = async (name: 'load' | 'provider-mock', args: unknown) => {
    const child = superviseChild({
      name,
      entry: processEntry(name),
      args,
      env: childEnvironment(environment),
      clock: systemClock,
      log,
    })
    await child.ready
    return child
  }
  const directory = dirname(architecture.path)
  return {
    startLoad: () => start('load', {}),
    startProvider: (provider: object) => start('provider-mock', provider),
    startProvingInstance:
      options.startProvingInstance ??
      ((order: ProvingOrder) =>
        startProvingInstance(withAbsolutePlugins(architecture.value, directory), order)),
  }
}

/** A proving instance's file stands elsewhere, so what it names relative to the original is named in full. */
export const withAbsolutePlugins = (architecture: Architecture, directory: string): Architecture => ({
  ...architecture,
  plugins: architecture.plugins.map((name) =>
    existsSync(resolve(directory, name)) ? resolve(directory, name) : name,
  ),
})

const describeMachine = (): Scorecard['environment'] => ({
  product: `llm-architect ${productVersion()}`,
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / bytesPerGiB),
  measuredAt: new Date().toISOString(),
})
