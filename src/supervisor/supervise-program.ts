// Keeps a foreign program running behind a guard, by the same rules as our own children. Knows no engine.

import type { Clock, Log } from '../core/index.js'
import type { ProgramSpec, ProgramStatus } from './guard-program.js'
import type { RestartPolicy } from './keep-running.js'
import { endLeftOver } from './program-record.js'
import type { ChildState } from './readiness.js'
import { superviseChild } from './supervise-child.js'

export interface SupervisedProgram {
  /**
   * Resolves when the program answers for the first time; rejects when no more is tried.
   * @throws what the guard explained, or `supervisor.child-not-started` with that as its cause
   */
  readonly ready: Promise<void>
  state(): ChildState
  /** How often it has come back. */
  restarts(): number
  /** Calls back whenever it has come back. Returns the function that stops it. */
  onRestart(listener: () => void): () => void
  /** Its process and memory; null while it does not run. */
  status(): Promise<ProgramStatus | null>
  /** Ends it and all it started. */
  close(): Promise<void>
}

export interface SuperviseProgramOptions {
  readonly name: string
  /** Path of the JavaScript file that calls `guardProgram`. */
  readonly guardEntry: string
  /** Handed to the guard as JSON. */
  readonly args: { readonly spec: ProgramSpec }
  /** What the program sees of the environment; secrets belong here. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
  readonly restart?: Omit<RestartPolicy, 'startTimeoutMs'>
}

/** The guard keeps the time of the start itself; this is for a guard that hangs. */
const guardGraceMs = 30_000
const statusTimeoutMs = 3000

/** Starts a program and keeps it running until `close`. */
export const superviseProgram = (options: SuperviseProgramOptions): SupervisedProgram => {
  const { name, guardEntry, args, env, clock, log, restart } = options
  const { spec } = args
  let restarts = 0
  const guard = superviseChild({
    name,
    entry: guardEntry,
    args,
    env,
    clock,
    log,
    restart: { ...restart, startTimeoutMs: spec.readyTimeoutMs + guardGraceMs },
  })
  guard.onRestart(() => restarts++)
  return {
    ready: guard.ready,
    state: guard.state,
    restarts: () => restarts,
    onRestart: guard.onRestart,
    status: async () => {
      if (guard.state() !== 'ready') return null
      // A guard that has just ended, or is busy, has none to tell; its state says which.
      return guard.request<ProgramStatus>('status', {}, { timeoutMs: statusTimeoutMs }).catch(() => null)
    },
    close: async () => {
      await guard.close()
      // Where the guard itself was killed, nobody has ended the program yet.
      await endLeftOver(spec.recordFile, { clock, graceMs: spec.graceMs })
    },
  }
}
