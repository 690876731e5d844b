// The processes that a foreign program has become: itself, its session, and whatever carries its mark in the
// environment. Engines start workers, and some of these leave the group; none may stay behind. Knows no engine.

import { readdir, readFile } from 'node:fs/promises'
import type { Clock } from '../core/index.js'

/** Environment variable that every descendant inherits; its value is different in every run. */
export const markVariable = 'LLM_ARCHITECT_PROGRAM'

export interface Family {
  /** Leader of its session and process group; undefined where only the mark is known. */
  readonly leader: number | undefined
  readonly mark: string
}

export interface Member {
  readonly pid: number
  readonly residentBytes: number
}

const pageBytes = 4096
const lookEveryMs = 50
/** A member that forks while it is being killed is caught by a later look. */
const killLooks = 40

/** The members that run (Linux); elsewhere, without /proc, none is known, and the group is all that can be ended. */
export const membersOf = async ({ leader, mark }: Family): Promise<readonly Member[]> => {
  const names = await readdir('/proc').catch(() => [])
  const found = await Promise.all(
    names.flatMap((name) => (/^\d+$/.test(name) ? [memberAt(Number(name), { leader, mark })] : [])),
  )
  return found.filter((member) => member !== undefined)
}

/** Source: proc_pid_stat(5): fields 3 state, 5 group, 6 session, 24 resident pages. */
const memberAt = async (pid: number, { leader, mark }: Family): Promise<Member | undefined> => {
  if (pid === process.pid) return undefined
  // Unreadable once it has ended: then it is no member.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, , group, session] = fields
  if (state === undefined || state === '' || state === 'Z' || state === 'X') return undefined
  const isKin = leader !== undefined && (Number(group) === leader || Number(session) === leader)
  if (!isKin && !(await carriesMark(pid, mark))) return undefined
  return { pid, residentBytes: Number(fields[21] ?? 0) * pageBytes }
}

/** Whether the process inherited this mark. */
export const carriesMark = async (pid: number, mark: string): Promise<boolean> => {
  // Unreadable once it has ended, and where it is another user's: then it is none of ours.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  return environment.split('\0').includes(`${markVariable}=${mark}`)
}

/**
 * Ends every member: SIGTERM, and after `graceMs` SIGKILL.
 * @returns how many had to be killed
 */
export const endFamily = async (
  family: Family,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<number> => {
  let left = await membersOf(family)
  signal(family, left, 'SIGTERM')
  const deadlineMs = clock.monotonicMs() + graceMs
  while (left.length > 0 && clock.monotonicMs() < deadlineMs) {
    await clock.sleep(lookEveryMs)
    left = await membersOf(family)
  }
  const stubborn = left.length
  for (let look = 0; look < killLooks; look++) {
    signal(family, left, 'SIGKILL')
    left = await membersOf(family)
    if (left.length === 0) break
    await clock.sleep(lookEveryMs)
  }
  return stubborn
}

const signal = ({ leader }: Family, members: readonly Member[], name: NodeJS.Signals) => {
  if (leader !== undefined) send(-leader, name)
  for (const { pid } of members) send(pid, name)
}

const send = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
