// The child's side: answers the parent's requests, and ends when the parent ends. Standard output carries frames
// only; whatever else the process prints goes to standard error. Knows no method.

import { toArchitectError } from '../core/index.js'
import { createLineSplitter, encodeFrame, maxFrameBytes } from './frames.js'
import { supervisorError } from './messages.js'
import { watchParent } from './parent-watch.js'
import type { ChildMessage, ParentMessage } from './protocol.js'

/**
 * One method of a child.
 * @param signal aborted when the parent cancels the request or is gone
 * @param onProgress sends a JSON value to the request's `onProgress`
 */
export type ChildMethod = (
  params: never,
  signal: AbortSignal,
  onProgress: (value: unknown) => void,
) => Promise<unknown>

export interface ServeParentOptions {
  readonly methods: Readonly<Record<string, ChildMethod>>
  /** Resolves when requests can be answered; an ArchitectError it rejects with reaches the parent. */
  readonly ready?: () => Promise<void>
  /** Runs before the process exits, for at most five seconds. */
  readonly close?: () => Promise<void>
}

const closeWithinMs = 5000

/** Serves until the parent closes standard input; then the process exits. Call it once, as early as possible. */
export const serveParent = ({ methods, ready, close }: ServeParentOptions): void => {
  const send = takeStandardOutput()
  const running = new Map<number, AbortController>()
  let closing = false

  const end = async (exitCode: number) => {
    if (closing) return
    closing = true
    for (const controller of running.values()) controller.abort()
    setTimeout(() => process.exit(1), closeWithinMs)
    try {
      await close?.()
      process.exit(exitCode)
    } catch (error) {
      process.stderr.write(`closing failed: ${toArchitectError(error).message}\n`)
      process.exit(1)
    }
  }

  const answer = async (request: ParentMessage & { type: 'request' }) => {
    const { id, method } = request
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const call = Object.hasOwn(methods, method) ? methods[method] : undefined
      if (!call) throw supervisorError('supervisor.unknown-method', { method })
      const progress = (value: unknown) => running.has(id) && send({ type: 'progress', id, value })
      const value = await call(request.params as never, controller.signal, progress)
      send({ type: 'result', id, value: value ?? null })
    } catch (error) {
      send({ type: 'error', id, error: toArchitectError(error) })
    } finally {
      running.delete(id)
    }
  }

  const receive = (message: ParentMessage) => {
    if (message.type === 'request') void answer(message)
    else if (message.type === 'cancel') running.get(message.id)?.abort()
    else if (message.type === 'ping') send({ type: 'pong' })
    else void end(0)
  }

  listen(receive, end)
  void start(ready, send).then((started) => (started ? undefined : end(1)))
}

const listen = (receive: (message: ParentMessage) => void, end: (exitCode: number) => Promise<void>) => {
  // A terminal sends Ctrl-C to every process of the group; the parent decides when its children end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  watchParent()
  const split = createLineSplitter({ maxBytes: maxFrameBytes, tooLong: 'reject' })
  process.stdin.on('data', (chunk: Buffer) => {
    for (const line of split(chunk)) receive(JSON.parse(line) as ParentMessage)
  })
  process.stdin.on('end', () => void end(0))
  process.stdin.on('error', () => void end(1))
}

const start = async (ready: (() => Promise<void>) | undefined, send: (message: ChildMessage) => void) => {
  try {
    await ready?.()
    send({ type: 'ready' })
    return true
  } catch (error) {
    send({ type: 'start-failed', error: toArchitectError(error) })
    return false
  }
}

/** Keeps standard output for frames: a stray `console.log` would otherwise end up between them. */
const takeStandardOutput = () => {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write
  // The parent is gone: the end of standard input says so, too, and ends the process.
  process.stdout.on('error', () => {})
  return (message: ChildMessage) => {
    write(encodeFrame(message))
  }
}
