// One run of a foreign program, in a session of its own, so that it and all it starts can be ended together.
// Knows no engine and no restart.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '../core/index.js'
import { createOutputTail } from './output-tail.js'
import { endFamily, type Family, markVariable, membersOf } from './process-family.js'
import type { RotatingLog } from './rotating-log.js'

export interface ProgramOptions {
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Put into the environment of all its processes; see `process-family.ts`. */
  readonly mark: string
  readonly log: RotatingLog
  readonly clock: Clock
}

export interface ProgramExit {
  readonly code: number | null
  readonly signal: string | null
  /** Why it could not be started at all, such as `ENOENT`. */
  readonly startFailure?: string
}

export interface ProgramRun {
  readonly pid: number | undefined
  /** Resolves when the program has ended; what it started may still run until `end`. */
  readonly exited: Promise<ProgramExit>
  /** What it printed last. */
  lastLines(): readonly string[]
  /** Memory of it and all it started. */
  residentBytes(): number
  /** Ends it and all it started: SIGTERM, then SIGKILL after `graceMs`. */
  end(graceMs: number): Promise<void>
}

/** For the rest of its output, which a descendant may hold open for ever. */
const outputGraceMs = 300

export const runProgram = ({ command, env, cwd, mark, log, clock }: ProgramOptions): ProgramRun => {
  const [program = '', ...args] = command
  const tail = createOutputTail()
  const child = spawn(program, args, {
    cwd,
    env: { ...env, [markVariable]: mark } as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log.write(chunk)
      tail.add(chunk)
    })
    // Output that cannot be read is lost; the exit tells how the program fares.
    stream.on('error', () => {})
  }
  const family: Family = { leader: child.pid, mark }
  const exited = exitOf(child, clock)
  return {
    pid: child.pid,
    exited,
    lastLines: tail.lines,
    residentBytes: () => membersOf(family).reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    end: async (graceMs) => {
      if (child.pid === undefined) return
      await endFamily(family, { clock, graceMs })
      await exited
    },
  }
}

const exitOf = (child: ChildProcess, clock: Clock): Promise<ProgramExit> =>
  new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ code: null, signal: null, startFailure: error.code ?? error.message }),
    )
    child.once('exit', (code, signal) => {
      const done = () => resolve({ code, signal })
      child.once('close', done)
      clock.sleep(outputGraceMs).then(done, done)
    })
  })
