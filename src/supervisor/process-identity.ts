// Tells whether a process that was seen earlier is still the same one. A process id alone does not say so: it is
// used again, and after a restart of a container it often is. Knows no lock.

import { readFile } from 'node:fs/promises'

export interface ProcessIdentity {
  readonly pid: number
  /** Boot and start time of the process as the kernel gives them; null where /proc does not exist. */
  readonly start: string | null
}

/** The identity of a running process. */
export const identifyProcess = async (pid: number): Promise<ProcessIdentity> => ({
  pid,
  start: (await readStatus(pid))?.start ?? null,
})

/** False once the process has ended, also when another one has its id by now. */
export const isRunning = async ({ pid, start }: ProcessIdentity): Promise<boolean> => {
  if (!exists(pid)) return false
  const status = await readStatus(pid)
  // Without /proc the id has to do: better to refuse a free directory than to share one.
  if (!status) return exists(pid)
  return !status.ended && (start === null || status.start === start)
}

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Source: proc_pid_stat(5): field 3 is the state, field 22 the start in clock ticks since boot. */
const readStatus = async (pid: number) => {
  const [stat, boot] = await Promise.all([
    // No such process, or no /proc: the caller asks the system in another way.
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
    // Where it is not to be seen, the start alone has to tell.
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ])
  if (stat === undefined) return undefined
  // The second field is the program's name in brackets, and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { ended: fields[0] === 'Z' || fields[0] === 'X', start: `${boot.trim()}:${fields[19]}` }
}
