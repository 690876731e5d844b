// What a process has used of the processor, and on which core it may run. Linux tells and allows it; elsewhere the
// benchmark does without.

import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'

/** Ticks of /proc/PID/stat are hundredths of a second on every Linux that Node runs on. */
const msPerTick = 10

/** CPU time of a process in ms, of all its threads; undefined where nobody tells. */
export const readCpuMs = async (pid: number): Promise<number | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th fields after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * msPerTick
  } catch {
    // No /proc here, or the process is gone: the figure is left out.
    return undefined
  }
}

/**
 * Binds a process to one core: what is measured to the first, what measures to the second.
 * @returns whether it was done
 */
export const bindToCore = (pid: number, core: 0 | 1): boolean => {
  if (process.platform !== 'linux' || availableParallelism() < 2) return false
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    // Not installed or not allowed: the report says `boundToCores: false`.
    return false
  }
}
