// The processes of this machine, for tests that count who is left (Linux).

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface Relative {
  readonly pid: number
  readonly command: string
}

/** The processes that descend from `pid` (Linux). */
export const childrenOf = (pid: number): Relative[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }]
      } catch {
        return []
      }
    })
  const descend = (of: number): Relative[] =>
    all.filter(({ parent }) => parent === of).flatMap((child) => [child, ...descend(child.pid)])
  return descend(pid)
}

const isAlive = (pid: number) => {
  try {
    return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Those of the processes that are still there some time later. @param waitMs default 5 s */
export const leftOver = async (pids: readonly number[], waitMs = 5000): Promise<number[]> => {
  const deadlineMs = performance.now() + waitMs
  while (pids.some(isAlive) && performance.now() < deadlineMs) await delay(50)
  return pids.filter(isAlive)
}
