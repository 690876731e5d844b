// One engine that runs here: its supervisor, its readings, and the requests that are at it. Knows no other engine.

import type { Clock, Log } from '../../core/index.js'
import type { ChatStream } from '../../llm/index.js'
import { type SupervisedProgram, superviseProgram } from '../../supervisor/index.js'
import { processEntry } from '../package-file.js'
import type { EngineGuardArguments } from '../processes/engine.js'
import { engineEnvironment } from './engine-environment.js'
import { engineFiles } from './engine-files.js'
import type { EngineLaunch } from './engine-launch.js'
import { type EngineReading, watchEngine } from './engine-watch.js'

export type EngineState = 'ready' | 'starting' | 'down'

export interface RunningEngine {
  readonly launch: EngineLaunch
  /** @throws what keeps it from starting, such as `engine.model-missing` */
  readonly ready: Promise<void>
  state(): EngineState
  /** It could not be started, and has not been ready since; it is tried again with growing pauses. */
  isMissing(): boolean
  /** Calls back whenever it is ready again. */
  onRestart(listener: () => void): void
  restarts(): number
  reading(): EngineReading
  /** Counts a request at the engine until its answer has ended. */
  during(open: () => Promise<ChatStream>): Promise<ChatStream>
  /** Takes no more requests; resolves when none is at it any more, or after `ms`. */
  drain(ms: number): Promise<void>
  close(): Promise<void>
}

export interface EngineDeps {
  readonly stateDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
}

/** Between SIGTERM and SIGKILL. Requests have been drained before, so an engine has nothing left to finish. */
const graceMs = 3000
/** Something by chance, such as memory that its predecessor has just given back, is worth a second attempt. */
const maxStartAttempts = 2
/** The longest pause between further attempts: each may keep the machine busy for a while. */
const retryUpToMs = 60_000

export const startEngine = (launch: EngineLaunch, deps: EngineDeps): RunningEngine => {
  const { clock } = deps
  const stop = new AbortController()
  const program = superviseProgram({
    name: launch.id,
    guardEntry: processEntry('engine'),
    args: guardArguments(launch, deps.stateDirectory),
    env: engineEnvironment(deps.environment, launch.env),
    clock,
    log: deps.log,
    restart: { maxStartAttempts, retryUpToMs },
  })
  const { found, metricsUrl } = launch
  const metrics = found && metricsUrl ? { kind: found.program.kind, url: metricsUrl } : undefined
  const watch = watchEngine({ program, metrics, clock, stop: stop.signal })
  const requests = countRequests()
  let isDraining = false
  let isMissing = false
  const state = () => (isDraining ? 'down' : stateOf(program))
  const ready = program.ready.catch((error: Error & { cause?: unknown }) => {
    throw isEngineError(error.cause) ? error.cause : error
  })
  ready.catch(() => {
    // Whoever waits for it hears why; until then it is only missing.
    isMissing = true
  })
  program.onRestart(() => {
    isMissing = false
  })

  return {
    launch,
    ready,
    state,
    isMissing: () => isMissing,
    onRestart: (listener) => void program.onRestart(listener),
    restarts: program.restarts,
    reading: watch.reading,
    during: requests.during,
    drain: async (ms) => {
      isDraining = true
      const done = new AbortController()
      await Promise.race([requests.none(), clock.sleep(ms, done.signal)])
      // A timer that nobody waits for would keep the process alive.
      done.abort()
    },
    close: async () => {
      stop.abort()
      await program.close()
    },
  }
}

const guardArguments = (launch: EngineLaunch, stateDirectory: string): EngineGuardArguments => {
  const { logFile, recordFile } = engineFiles(stateDirectory, launch)
  return {
    spec: {
      command: launch.command,
      cwd: launch.cwd,
      host: launch.host,
      port: launch.port,
      readyUrl: launch.readyUrl,
      readyTimeoutMs: launch.readyTimeoutMs,
      logFile,
      recordFile,
      graceMs,
    },
    engine: {
      deployment: launch.id,
      address: launch.origin,
      install: launch.found?.program.install ?? null,
    },
  }
}

const stateOf = (program: Pick<SupervisedProgram, 'state'>): EngineState => {
  const state = program.state()
  return state === 'ready' || state === 'starting' ? state : 'down'
}

const isEngineError = (cause: unknown): cause is Error =>
  cause instanceof Error && 'code' in cause && String(cause.code).startsWith('engine.')

const countRequests = () => {
  let count = 0
  const waiters: (() => void)[] = []
  const ended = () => {
    count--
    if (count > 0) return
    for (const wake of waiters.splice(0)) wake()
  }
  return {
    during: async (open: () => Promise<ChatStream>): Promise<ChatStream> => {
      count++
      try {
        const stream = await open()
        void stream.outcome.then(ended)
        return stream
      } catch (error) {
        ended()
        throw error
      }
    },
    none: async (): Promise<void> => {
      if (count > 0) await new Promise<void>((resolve) => waiters.push(resolve))
    },
  }
}
