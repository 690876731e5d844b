// The process between us and a foreign program, which would not notice that its parent is gone: starts the program,
// waits until it answers, ends it and all it started when standard input closes, and ends as the program ends.
// Knows no engine: what a failure means is explained by whoever calls.

import { randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import type { ArchitectError, Clock } from '../core/index.js'
import { isListening, portOwner } from './port-owner.js'
import { endLeftOver, recordProgram } from './program-record.js'
import { openRotatingLog } from './rotating-log.js'
import { type ProgramExit, type ProgramRun, runProgram } from './run-program.js'
import { serveParent } from './serve-parent.js'

/** What is to be run; JSON, for it crosses into the guard. */
export interface ProgramSpec {
  /** The program and its arguments. Other users of the machine can see them: no secrets. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly host: string
  readonly port: number
  /** Answers below 400 once the program can work; 401 and 403 count, for they come from the program too. */
  readonly readyUrl: string
  readonly readyTimeoutMs: number
  readonly logFile: string
  /** Where the guard notes what it has started. */
  readonly recordFile: string
  /** Between SIGTERM and SIGKILL; at most 4,000, for a guard without a parent gets 6,000 in all. */
  readonly graceMs: number
}

export type ProgramFailure =
  | { readonly kind: 'port-taken'; readonly by: string | null }
  | { readonly kind: 'not-ready'; readonly lines: readonly string[] }
  | { readonly kind: 'exited'; readonly exit: ProgramExit; readonly lines: readonly string[] }

export interface ProgramStatus {
  readonly pid: number
  /** Memory of the program and all it started. */
  readonly residentBytes: number
}

export interface GuardOptions {
  readonly spec: ProgramSpec
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** The error that the parent is told; one that is not retryable ends the attempts at the first start. */
  explain(failure: ProgramFailure): ArchitectError | Promise<ArchitectError>
}

const probeEveryMs = 250
const probeTimeoutMs = 2000
/** For workers whose program has crashed: they have nothing to finish, and the restart waits for them. */
const crashGraceMs = 500

/** Serves the parent until it closes standard input. Call it once in a process that does nothing else. */
export const guardProgram = ({ spec, env, clock, explain }: GuardOptions): void => {
  const { graceMs, recordFile } = spec
  const log = openRotatingLog({ path: spec.logFile })
  let run: ProgramRun | undefined
  let isClosing = false

  const start = async () => {
    await endLeftOver(recordFile, { clock, graceMs })
    const taken = await takenBy(spec, clock)
    if (taken) throw await explain({ kind: 'port-taken', by: taken.owner })
    if (isClosing) return
    const mark = randomUUID()
    await recordProgram(recordFile, mark)
    // Closed while the note was written: nobody would end what starts now.
    if (isClosing) return
    log.write(Buffer.from(`--- ${new Date(clock.wallMs()).toISOString()} ${spec.command.join(' ')}\n`))
    run = runProgram({ command: spec.command, env, cwd: spec.cwd, mark, log, clock })
    const failure = await firstFailure(run, spec, clock)
    if (failure) {
      await run.end(graceMs)
      throw await explain(failure)
    }
    void endWithProgram(run)
  }
  const endWithProgram = async ({ exited, end, lastLines }: ProgramRun) => {
    const exit = await exited
    if (isClosing) return
    await end(Math.min(graceMs, crashGraceMs))
    process.stderr.write(`${lastLines().slice(-3).join('\n')}\nthe program ended: ${nameOfExit(exit)}\n`)
    process.exit(exitStatusOf(exit))
  }
  serveParent({
    methods: {
      status: async (): Promise<ProgramStatus> => ({
        pid: run?.pid ?? 0,
        residentBytes: run?.residentBytes() ?? 0,
      }),
    },
    ready: start,
    close: async () => {
      isClosing = true
      await run?.end(graceMs)
      await endLeftOver(recordFile, { clock, graceMs: 0 })
      log.close()
    },
  })
}

/** The system takes a moment to close the sockets of a process that was killed: a port that nobody owns is looked at again. */
const closingMs = 2000

const takenBy = async (
  { host, port }: ProgramSpec,
  clock: Clock,
): Promise<{ readonly owner: string | null } | undefined> => {
  const deadlineMs = clock.monotonicMs() + closingMs
  while (await isListening(host, port)) {
    const owner = await portOwner(port)
    if (owner !== null || clock.monotonicMs() >= deadlineMs) return { owner }
    await clock.sleep(50)
  }
  return undefined
}

/** Undefined when the program answers before it ends and before its time is up. */
const firstFailure = async (
  run: ProgramRun,
  { readyUrl, readyTimeoutMs }: ProgramSpec,
  clock: Clock,
): Promise<ProgramFailure | undefined> => {
  const exited = run.exited.then((exit) => ({ exit }))
  const deadlineMs = clock.monotonicMs() + readyTimeoutMs
  while (clock.monotonicMs() < deadlineMs) {
    const ended = await Promise.race([exited, answers(readyUrl)])
    if (ended === true) return undefined
    const paused = ended || (await Promise.race([exited, clock.sleep(probeEveryMs)]))
    if (paused) return { kind: 'exited', exit: paused.exit, lines: run.lastLines() }
  }
  return { kind: 'not-ready', lines: run.lastLines() }
}

/** Loads no more of Node than the address needs: a guard lives beside each engine, and is to be small. */
const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { get } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http')
    const request = get(url, { agent: false, signal: AbortSignal.timeout(probeTimeoutMs) }, (response) => {
      const { statusCode = 500 } = response
      response.on('end', () => resolve(statusCode < 400 || statusCode === 401 || statusCode === 403))
      response.on('error', () => resolve(false))
      response.resume()
    })
    // Whatever went wrong, it does not answer yet; why it never did is in what it printed.
    request.on('error', () => resolve(false))
  })

/** For people: `signal SIGKILL`, `exit code 1`. */
export const nameOfExit = ({ code, signal, startFailure }: ProgramExit): string =>
  startFailure ?? (signal === null ? `exit code ${code}` : `signal ${signal}`)

/** As a shell says it: 128 and the number of the signal. */
const exitStatusOf = ({ code, signal }: ProgramExit): number =>
  signal === null ? (code ?? 1) : 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)
