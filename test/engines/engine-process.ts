// A real engine as a process of the tests: started on a port of its own, waited for, killed as a group.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineProgram } from '../../src/cli/optional-engines/engine-program.js'

export interface EngineProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Seconds until it was ready. */
  readonly startSeconds: number
  /** Ends the engine and everything it started at once, as `kill -9` does. */
  kill(): Promise<void>
  /** Asks it to end, and ends it after ten seconds. */
  stop(): Promise<void>
}

export interface EngineStart extends EngineProgram {
  readonly name: string
  /** Further arguments, for the port it is to answer on. */
  args(port: number): readonly string[]
  /** Answers 200 when the engine is ready. */
  readonly readyPath: string
  readonly timeoutSeconds?: number
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const guard = join(import.meta.dirname, 'engine-guard.mjs')
const maxLogLength = 16_000

/** @throws with the end of its log when it ends or is not ready in time */
export const startEngine = async (start: EngineStart): Promise<EngineProcess> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const startMs = performance.now()
  const child = spawn(process.execPath, [guard, ...start.command, ...start.args(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...start.environment },
  })
  let log = ''
  let group: number | undefined
  const add = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-maxLogLength)
    group ??= Number(/^group (\d+)$/m.exec(log)?.[1]) || undefined
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const exited = once(child, 'close')
  const stop = async () => {
    child.stdin.end()
    await exited
  }

  const deadlineMs = startMs + (start.timeoutSeconds ?? 240) * 1000
  while (!(await answers(`${url}${start.readyPath}`))) {
    const isGone = child.exitCode !== null || child.signalCode !== null
    if (!isGone && performance.now() < deadlineMs) {
      await delay(200)
      continue
    }
    await stop()
    throw new Error(`${start.name} ${isGone ? 'ended' : 'was not ready in time'}. Its last words:\n${log}`)
  }
  return {
    url,
    startSeconds: Math.round((performance.now() - startMs) / 100) / 10,
    stop,
    kill: async () => {
      if (group === undefined) throw new Error(`${start.name} has no process group`)
      process.kill(-group, 'SIGKILL')
      await exited
    },
  }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
