// The kayak club's project in a folder of its own, its system running, and verify as a user runs it. A test changes
// the running system; verify is given the project's files as they were.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ingestAll } from '../../../src/cli/ingest-all.js'
import { packageFile } from '../../../src/cli/package-file.js'
import { loadArchitecture, stateDirectoryName } from '../../../src/cli/project.js'
import { startProvingInstance } from '../../../src/cli/proving-instance.js'
import { render } from '../../../src/cli/render.js'
import { serveSystem } from '../../../src/cli/serve-system.js'
import { createTerminal } from '../../../src/cli/terminal.js'
import { verifyProject } from '../../../src/cli/verify-project.js'
import { silentLog } from '../../../src/core/index.js'
import { type Architecture, formatArchitecture } from '../../../src/spec/index.js'
import type { ProvingInstance, ProvingOrder, Scorecard, VerificationArea } from '../../../src/verify/index.js'
import { copyFewer } from './fewer-data.js'

export type Change = (architecture: Architecture) => Architecture

export interface VerifyOptions {
  /** Where verify finds the system; default: the system itself. */
  readonly url?: string
  /** Public data; default: a third. */
  readonly benchmarksDirectory?: string
  /** What differs in the proving instance that runs. */
  readonly adjustProving?: Change
  /** Called for each proving instance that runs, the one that starts again after the kill included. */
  readonly onProving?: (instance: ProvingInstance, order: ProvingOrder) => Promise<void>
}

export interface RunningProject {
  readonly url: string
  /** Public data with a ninth of the documents. */
  readonly fewestDocuments: string
  /** Reloads the running system, changed; the project's file is put back at once. */
  change(change: Change): Promise<void>
  verify(areas: readonly VerificationArea[], options?: VerifyOptions): Promise<Scorecard>
  close(): Promise<void>
}

const fixture = fileURLToPath(new URL('../../fixtures/kayak-club', import.meta.url))

export const startProject = async (): Promise<RunningProject> => {
  const directory = mkdtempSync(join(tmpdir(), 'sabotage-'))
  cpSync(fixture, directory, { recursive: true })
  const architectureFile = join(directory, 'architecture.yaml')
  const original = loadArchitecture(architectureFile)
  const stateDirectory = join(directory, stateDirectoryName)
  const { signal } = new AbortController()
  const environment = process.env
  const system = await serveSystem({ architectureFile, stateDirectory, environment, log: silentLog, port: 0 })
  const terminal = createTerminal({ language: 'en', json: true, render })
  await ingestAll(system, { terminal, signal })
  const [data, fewestDocuments] = [join(directory, 'data'), join(directory, 'fewest')]
  copyFewer(packageFile('benchmarks/data'), data, 3)
  copyFewer(packageFile('benchmarks/data'), fewestDocuments, 9)
  return {
    url: system.url,
    fewestDocuments,
    change: async (change) => {
      writeFileSync(architectureFile, formatArchitecture(change(original.value)))
      await system.reload().finally(() => writeFileSync(architectureFile, original.text))
    },
    verify: (areas, { url = system.url, benchmarksDirectory = data, adjustProving, onProving } = {}) =>
      verifyProject({
        requirementsFile: join(directory, 'requirements.yaml'),
        architecture: original,
        stateDirectory,
        system: { url, adminToken: system.adminToken },
        profile: 'here',
        areas,
        benchmarksDirectory,
        environment,
        signal,
        onProgress: () => {},
        startProvingInstance: async (order) => {
          const instance = await startProvingInstance(original.value, order, adjustProving)
          return {
            ...instance,
            waitReady: async (waiting) => {
              await instance.waitReady(waiting)
              await onProving?.(instance, order)
            },
          }
        },
      }),
    close: async () => {
      await system.close()
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
