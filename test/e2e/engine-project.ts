// A project whose route asks an engine that `serve` starts, and falls back to the built-in one.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeDeployment, freePort } from '../../src/cli/launch/__fixtures__/fake-engine.js'
import { architectureSchema, formatArchitecture } from '../../src/spec/index.js'
import { createSmallProject, type SmallProject } from './small-project.js'

export interface EngineProject extends SmallProject {
  /** Where the engine answers; its stand-in tells its processes at `/pids`. */
  readonly enginePort: number
  /** Writes the architecture again, with other variables for the engine. */
  write(env?: Readonly<Record<string, string>>, args?: readonly string[], hasFallback?: boolean): void
}

export const createEngineProject = async (): Promise<EngineProject> => {
  const project = createSmallProject()
  const enginePort = await freePort()
  const write: EngineProject['write'] = (env = {}, args = [], hasFallback = true) => {
    const engine = fakeDeployment(project.directory, {
      id: 'engine',
      port: enginePort,
      args,
      env: { FAKE_TOKEN_MS: '40', ...env },
    })
    const architecture = architectureSchema.parse({
      version: 1,
      name: 'engines',
      server: { port: 0, drainSeconds: 5 },
      deployments: [engine, { id: 'extractive', engine: 'extractive', model: 'extractive' }],
      routes: [
        {
          name: 'support',
          strategy: {
            fallback: [{ deployment: 'engine' }, ...(hasFallback ? [{ deployment: 'extractive' }] : [])],
          },
          knowledge: 'docs',
        },
      ],
      knowledge: [{ id: 'docs', source: join(project.directory, 'docs') }],
    })
    writeFileSync(project.architectureFile, formatArchitecture(architecture))
  }
  write()
  return { ...project, enginePort, write }
}

/** The engine and its worker. */
export const enginePids = async (port: number): Promise<number[]> =>
  (await (await fetch(`http://127.0.0.1:${port}/pids`)).json()) as number[]
