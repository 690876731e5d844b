// One run of one child process: from spawning it to its exit. Knows no restart.

import { type ChildProcess, spawn } from 'node:child_process'
import { type ArchitectError, type Log, reviveError } from '../core/index.js'
import { createLineSplitter, encodeFrame, maxFrameBytes } from './frames.js'
import { supervisorError } from './messages.js'
import { createPendingRequests, type PendingRequests } from './pending-requests.js'
import type { ChildMessage, ParentMessage } from './protocol.js'
import { v8Flags } from './v8-flags.js'

export interface ChildOptions {
  readonly name: string
  readonly entry: string
  readonly args: unknown
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
}

export interface ChildRun {
  readonly pid: number | undefined
  readonly requests: PendingRequests
  /** Settles once: ready, or rejected with why it did not start. */
  readonly ready: Promise<void>
  /** Resolves with what ended it, for people: `signal SIGKILL`, `exit code 1`. */
  readonly exited: Promise<string>
  /** How many messages it has sent so far: any of them is a sign of life. */
  heard(): number
  send(message: ParentMessage): void
  kill(): void
}

const longestLogLineBytes = 64 * 1024

export const runChild = ({ name, entry, args, env, log }: ChildOptions): ChildRun => {
  const child = spawn(process.execPath, [...v8Flags, entry, JSON.stringify(args)], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const started = Promise.withResolvers<void>()
  // Who does not wait for the start sees the exit.
  started.promise.catch(() => {})
  const send = (message: ParentMessage) => {
    const frame = encodeFrame(message)
    if (child.stdin.writable) child.stdin.write(frame)
  }
  const requests = createPendingRequests(send)
  let startFailure: ArchitectError | undefined
  const lastLines = logStandardError(child, name, log)

  let heard = 0
  const receive = (message: ChildMessage) => {
    heard++
    if (message.type === 'ready') started.resolve()
    else if (message.type === 'start-failed') startFailure = reviveError(message.error)
    else if (message.type !== 'pong') requests.settle(message)
  }
  readFrames(child, { receive, log, name })
  // Writing to a child that has ended: its exit rejects every request.
  child.stdin.on('error', () => {})

  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  }).then((cause) => {
    const detail = [cause, ...lastLines()].join(' | ')
    requests.rejectAll(
      supervisorError('supervisor.child-crashed', { name, detail: cause }, { retryable: true }),
    )
    started.reject(
      startFailure ?? supervisorError('supervisor.child-away', { name, detail }, { retryable: true }),
    )
    return cause
  })
  return {
    pid: child.pid,
    requests,
    ready: started.promise,
    exited,
    heard: () => heard,
    send,
    kill: () => child.kill('SIGKILL'),
  }
}

const readFrames = (
  child: ChildProcess,
  { receive, log, name }: { receive(message: ChildMessage): void; log: Log; name: string },
) => {
  const split = createLineSplitter({ maxBytes: maxFrameBytes, tooLong: 'reject' })
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      for (const line of split(chunk)) receiveLine(line)
    } catch (error) {
      log.error({ child: name, error }, 'child process broke the protocol and is ended')
      child.kill('SIGKILL')
    }
  })
  const receiveLine = (line: string) => {
    // Native libraries may print to standard output behind our back.
    if (!line.startsWith('{"type":')) return log.warn({ child: name, line }, 'child process printed')
    receive(JSON.parse(line) as ChildMessage)
  }
}

/** @returns the last lines it printed, which say why it ended */
const logStandardError = (child: ChildProcess, name: string, log: Log) => {
  const kept: string[] = []
  const split = createLineSplitter({ maxBytes: longestLogLineBytes, tooLong: 'cut' })
  child.stderr?.on('data', (chunk: Buffer) => {
    for (const line of split(chunk)) {
      log.info({ child: name, line }, 'child process says')
      if (kept.push(line) > 3) kept.shift()
    }
  })
  return () => kept
}
