// A second instance of the system under test, in a process tree and a state directory of its own, for drills.

import { spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Architecture, formatArchitecture } from '../spec/index.js'
import { type ProvingInstance, type ProvingOrder, patchArchitecture } from '../verify/index.js'
import { cliError } from './messages.js'
import { packageFile } from './package-file.js'
import { stateDirectoryName } from './project.js'
import { findRunningSystem, type RunningSystem } from './running-system.js'

const pollMs = 100

/**
 * Starts an instance of `architecture`, changed as ordered.
 * @param adjust what a test changes in the instance that runs, behind the back of verification
 */
export const startProvingInstance = async (
  architecture: Architecture,
  order: ProvingOrder,
  adjust: (architecture: Architecture) => Architecture = (same) => same,
): Promise<ProvingInstance> => {
  const directory = order.directory ?? (await mkdtemp(join(tmpdir(), 'llm-architect-proving-')))
  const file = join(directory, 'architecture.yaml')
  await writeFile(file, formatArchitecture(adjust(patchArchitecture(architecture, order.patch))))
  const stateDirectory = join(directory, stateDirectoryName)
  const serve = startServe(file)
  const system = await waitUntilListening(stateDirectory, serve)
  return {
    url: system.url,
    adminToken: system.adminToken,
    pid: system.pid,
    directory,
    waitReady: async (signal) => {
      await Promise.race([serve.ready, serve.exited.then(() => failed(serve))])
      signal.throwIfAborted()
    },
    kill: async (signal) => {
      process.kill(system.pid, signal)
      await serve.exited
    },
    stop: async () => {
      serve.stop()
      await serve.exited
    },
  }
}

interface ServeProcess {
  readonly pid: number | undefined
  /** Resolves when it has ingested everything and said where it listens. */
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  hasExited(): boolean
  errors(): string
  stop(): void
}

const startServe = (file: string): ServeProcess => {
  const args = ['--no-maglev', '--no-turboshaft-load-elimination', packageFile('dist/cli/main.js')]
  const child = spawn(process.execPath, [...args, 'serve', '--architecture', file, '--no-watch', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LLM_ARCHITECT_LAUNCHER_FD: '3' },
  })
  let errors = ''
  let hasExited = false
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-4000)
  })
  const ready = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      hasExited = true
      resolve()
    })
  })
  return {
    pid: child.pid,
    ready,
    exited,
    hasExited: () => hasExited,
    errors: () => errors,
    stop: () => child.kill('SIGTERM'),
  }
}

const waitUntilListening = async (stateDirectory: string, serve: ServeProcess): Promise<RunningSystem> => {
  for (;;) {
    if (serve.hasExited()) failed(serve)
    const running = await findRunningSystem(stateDirectory)
    if (running && running.pid === serve.pid) return running
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

const failed = (serve: ServeProcess): never => {
  throw cliError('cli.proving-failed', { detail: serve.errors().trim() })
}
