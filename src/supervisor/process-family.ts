// The processes that a foreign program has become: itself, its session, and whatever carries its mark in the
// environment. Engines start workers, and some of these leave the group; none may stay behind. Knows no engine.

import { readdirSync, readFileSync } from 'node:fs'
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

/**
 * The members that run (Linux); elsewhere, without /proc, none is known, and the group is all that can be ended.
 * The kernel answers at once: to wait for each of these small files would take ten times as long as to read it.
 */
export const membersOf = (family: Family): readonly Member[] => {
  const own = statOf(process.pid)
  return processIds().flatMap((pid) => memberAt(pid, family, own) ?? [])
}

const processIds = (): number[] => {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

const memberAt = (pid: number, { leader, mark }: Family, own: Stat | undefined): Member | undefined => {
  if (pid === process.pid) return undefined
  const stat = statOf(pid)
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined
  const isKin = leader !== undefined && (stat.group === leader || stat.session === leader)
  // What was there before this process, which has started the leader, does not descend from it.
  const isOlder = leader !== undefined && own !== undefined && stat.startTicks < own.startTicks
  if (!isKin && (isOlder || !carriesMark(pid, mark))) return undefined
  return { pid, residentBytes: stat.residentPages * pageBytes }
}

interface Stat {
  readonly state: string
  readonly group: number
  readonly session: number
  /** Since the machine started. */
  readonly startTicks: number
  readonly residentPages: number
}

/** Source: proc_pid_stat(5): fields 3 state, 5 group, 6 session, 22 start, 24 resident pages. */
const statOf = (pid: number): Stat | undefined => {
  const text = readOf(pid, 'stat')
  if (text === '') return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? 0)
  return {
    state: fields[0] ?? '',
    group: field(5),
    session: field(6),
    startTicks: field(22),
    residentPages: field(24),
  }
}

/** Whether the process inherited this mark. */
export const carriesMark = (pid: number, mark: string): boolean =>
  readOf(pid, 'environ').split('\0').includes(`${markVariable}=${mark}`)

/** Empty once the process has ended, and where it is another user's: then it is none of ours. */
const readOf = (pid: number, file: 'stat' | 'environ'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Ends every member: SIGTERM, and after `graceMs` SIGKILL.
 * @returns how many had to be killed
 */
export const endFamily = async (
  family: Family,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<number> => {
  let left = membersOf(family)
  signal(family, left, 'SIGTERM')
  const deadlineMs = clock.monotonicMs() + graceMs
  while (left.length > 0 && clock.monotonicMs() < deadlineMs) {
    await clock.sleep(lookEveryMs)
    left = membersOf(family)
  }
  const stubborn = left.length
  for (let look = 0; look < killLooks; look++) {
    signal(family, left, 'SIGKILL')
    left = membersOf(family)
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
