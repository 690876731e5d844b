// Which processes a process has started, and which of them still run. Reads /proc where there is one, else asks ps.

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface ProcessEntry {
  readonly pid: number
  readonly parentPid: number
  /** Tells two processes with one pid apart; empty where the system does not say. */
  readonly startedAt: string
}

/** Every running process; zombies are not running. */
export const listProcesses = async (): Promise<readonly ProcessEntry[]> => {
  // Without /proc the system is asked through ps.
  const names = await readdir('/proc').catch(() => undefined)
  if (!names?.includes('self')) return listByPs()
  const entries = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readEntry))
  return entries.filter((entry) => entry !== undefined)
}

/** Fields of proc(5): the name in brackets may hold spaces, so the rest is counted from its end. */
const readEntry = async (pid: string): Promise<ProcessEntry | undefined> => {
  // A process that ended since the listing is gone, as it should be.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { pid: Number(pid), parentPid: Number(fields[1]), startedAt: fields[19] ?? '' }
}

const listByPs = async (): Promise<readonly ProcessEntry[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat='])
  return stdout.split('\n').flatMap((line) => {
    const [pid, parentPid, state] = line.trim().split(/\s+/)
    return pid === undefined || parentPid === undefined || state?.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parentPid: Number(parentPid), startedAt: '' }]
  })
}

/** The children of a process and theirs. */
export const descendantsOf = (pid: number, processes: readonly ProcessEntry[]): readonly ProcessEntry[] => {
  const children = processes.filter((entry) => entry.parentPid === pid)
  return [...children, ...children.flatMap((child) => descendantsOf(child.pid, processes))]
}

/** Those of `entries` that still run. */
export const stillRunning = async (entries: readonly ProcessEntry[]): Promise<readonly ProcessEntry[]> => {
  const now = await listProcesses()
  return entries.filter((entry) =>
    now.some(({ pid, startedAt }) => pid === entry.pid && startedAt === entry.startedAt),
  )
}
