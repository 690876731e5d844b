// Runs a program of an installation without showing what it writes; keeps the end of that for when it fails.

import { spawn } from 'node:child_process'

export interface QuietOptions {
  readonly directory?: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

export interface QuietResult {
  /** Null when a signal ended it or it could not be started. */
  readonly status: number | null
  /** What it wrote to standard output, at most the last 1 MiB. */
  readonly output: string
  /** The last lines of everything it wrote. */
  readonly tail: string
}

const maxOutputLength = 1024 * 1024
const maxTailLength = 4000

/** Never rejects: a program that cannot be started has the status null and says why in its tail. */
export const runQuietly = (
  command: readonly [string, ...string[]],
  { directory, environment, signal }: QuietOptions,
): Promise<QuietResult> =>
  new Promise((resolve) => {
    const [program, ...args] = command
    // A group of its own, so that the compilers and downloads it starts end with it.
    const child = spawn(program, args, {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let output = ''
    let tail = ''
    const add = (chunk: Buffer) => {
      tail = (tail + chunk.toString('utf8')).slice(-maxTailLength)
    }
    const stop = () => {
      if (child.pid !== undefined && child.exitCode === null) killGroup(child.pid)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-maxOutputLength)
      add(chunk)
    })
    child.stderr.on('data', add)
    child.once('error', (error) => {
      tail += String(error)
    })
    child.once('close', (status) => {
      signal?.removeEventListener('abort', stop)
      resolve({ status: status !== null && status >= 0 ? status : null, output, tail: tail.trim() })
    })
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })

const killGroup = (pid: number) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
