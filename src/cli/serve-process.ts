// `serve` as a child process: for drills and tests that must be able to kill it. It ends when its starter ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { v8Flags } from '../supervisor/index.js'
import { cliError } from './messages.js'
import { packageFile } from './package-file.js'
import { projectOf } from './project.js'
import { findRunningSystem, type RunningSystem } from './running-system.js'

export interface ServeProcess extends RunningSystem {
  readonly stateDirectory: string
  /** Resolves when every document has been ingested; rejects when the process ends before. */
  readonly ready: Promise<void>
  /** Resolves when the process is gone, with its exit status; null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** What it wrote to standard error last. */
  errors(): string
  /** Asks it to end in good order. */
  stop(): void
}

const pollMs = 50

/**
 * Starts `serve` on an architecture file and waits until it listens.
 * @param nodeFlags more flags of Node.js, such as `--inspect=127.0.0.1:0`
 * @throws `cli.serve-failed` with what it said
 */
export const startServeProcess = async (
  architectureFile: string,
  args: readonly string[] = ['--port', '0'],
  nodeFlags: readonly string[] = [],
): Promise<ServeProcess> => {
  const { stateDirectory } = projectOf(architectureFile)
  const main = packageFile(join('dist', 'bundle', 'main.js'))
  const child = spawn(
    process.execPath,
    [
      ...v8Flags,
      ...nodeFlags,
      main,
      'serve',
      '--architecture',
      architectureFile,
      '--no-watch',
      '--json',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, LLM_ARCHITECT_LAUNCHER_FD: '3' } },
  )
  const watched = watchProcess(child)
  const system = await waitUntilListening(stateDirectory, child, watched)
  return { ...system, ...watched, stateDirectory, stop: () => child.kill('SIGTERM') }
}

const watchProcess = (child: ChildProcess): Pick<ServeProcess, 'ready' | 'exited' | 'errors'> => {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-8000)
  })
  const exited = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('close', () => reject(cliError('cli.serve-failed', { detail: errors.trim() })))
  })
  // A process that is killed on purpose never becomes ready; those who wait for it are told.
  ready.catch(() => {})
  return { ready, exited, errors: () => errors }
}

const waitUntilListening = async (
  stateDirectory: string,
  child: ChildProcess,
  { errors }: Pick<ServeProcess, 'errors'>,
): Promise<RunningSystem> => {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw cliError('cli.serve-failed', { detail: errors().trim() })
    const running = await findRunningSystem(stateDirectory)
    if (running?.pid === child.pid && running) return running
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
