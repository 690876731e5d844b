// What a process of Node.js holds after a forced collection, asked over its inspector, so that the product needs no
// door for tests. The process was started with `--inspect=127.0.0.1:0`.

import { readFileSync } from 'node:fs'
import { childrenOf } from './processes.js'

export interface Memory {
  /** Of the JavaScript heap, after a collection. */
  readonly heapMiB: number
  /** Resident, of the process itself. */
  readonly rssMiB: number
  /** Resident, of the processes it has started. */
  readonly childrenRssMiB: number
}

/** @param said what the process wrote to standard error since its start */
export const inspectorOf = (said: string): string => {
  const address = /Debugger listening on (ws:\/\/\S+)/.exec(said)?.[1]
  if (address === undefined) throw new Error(`no inspector listens: ${said}`)
  return address
}

export const memoryOf = async (pid: number, inspector: string): Promise<Memory> => {
  const session = await openSession(inspector)
  // The first collection may only mark what finalizers then let go.
  for (let i = 0; i < 3; i++) await session.call('HeapProfiler.collectGarbage')
  const { usedSize } = (await session.call('Runtime.getHeapUsage')) as { usedSize: number }
  session.close()
  return {
    heapMiB: usedSize / 1024 ** 2,
    rssMiB: rssMiB(pid),
    childrenRssMiB: childrenOf(pid).reduce((sum, child) => sum + rssMiB(child.pid), 0),
  }
}

const openSession = async (address: string) => {
  const socket = new WebSocket(address)
  const pending = new Map<number, (result: unknown) => void>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown }
    if (id !== undefined) pending.get(id)?.(result)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  return {
    call: (method: string) =>
      new Promise<unknown>((resolve) => {
        const id = ++last
        pending.set(id, resolve)
        socket.send(JSON.stringify({ id, method }))
      }),
    close: () => socket.close(),
  }
}

const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
