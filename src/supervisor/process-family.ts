// The processes that a foreign program has become: itself, its session, and whatever carries its mark in the
// environment. Engines start workers, and some of these leave the group; none may stay behind. Knows no engine.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
/** A process that is just becoming another program has no environment yet, and has it at a later look. */
const unsureLooks = 3
const kernelThread = 0x200000

/**
 * The members that run (Linux); elsewhere, without /proc, none is known, and the group is all that can be ended.
 * The kernel answers at once: to wait for each of these small files would take ten times as long as to read it.
 */
export const membersOf = (family: Family): readonly Member[] => look(family).members

interface Look {
  readonly members: readonly Member[]
  /** Whether some process might be a member, and could not be told yet. */
  readonly isUnsure: boolean
  /** Whether some process is about to be gone, and does not say any more whether it was a member. */
  readonly isLeaving: boolean
}

const look = (family: Family): Look => {
  const own = statOf(process.pid)
  const found = processIds().map((pid) => memberAt(pid, family, own))
  return {
    members: found.filter((each) => typeof each === 'object'),
    isUnsure: found.includes('unsure'),
    isLeaving: found.includes('leaving'),
  }
}

const processIds = (): number[] => {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

const memberAt = (
  pid: number,
  { leader, mark }: Family,
  own: Stat | undefined,
): Member | 'unsure' | 'leaving' | undefined => {
  if (pid === process.pid) return undefined
  const stat = statOf(pid)
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined
  const isKin = leader !== undefined && (stat.group === leader || stat.session === leader)
  // What was there before this process, which has started the leader, does not descend from it.
  const isOlder = leader !== undefined && own !== undefined && stat.startTicks < own.startTicks
  if (!isKin) {
    if (isOlder || stat.isKernelThread) return undefined
    const environment = readOf(pid, 'environ')
    if (environment === '') return 'unsure'
    if (environment === undefined) return isLeaving(pid) ? 'leaving' : undefined
    if (!hasMark(environment, mark)) return undefined
  }
  return { pid, residentBytes: stat.residentPages * pageBytes }
}

interface Stat {
  readonly state: string
  readonly group: number
  readonly session: number
  readonly isKernelThread: boolean
  /** Since the machine started. */
  readonly startTicks: number
  readonly residentPages: number
}

/** Source: proc_pid_stat(5): fields 3 state, 5 group, 6 session, 9 flags, 22 start, 24 resident pages. */
const statOf = (pid: number): Stat | undefined => {
  const text = readOf(pid, 'stat')
  if (!text) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? 0)
  return {
    state: fields[0] ?? '',
    group: field(5),
    session: field(6),
    isKernelThread: (field(9) & kernelThread) !== 0,
    startTicks: field(22),
    residentPages: field(24),
  }
}

/** Whether the process inherited this mark. */
export const carriesMark = (pid: number, mark: string): boolean => hasMark(readOf(pid, 'environ') ?? '', mark)

/** The kernel has taken its memory and not yet its entry: the environment is not to be opened, whoever asks. */
const isLeaving = (pid: number): boolean => {
  try {
    readFileSync(`/proc/${pid}/environ`)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' && existsSync(`/proc/${pid}/stat`)
  }
}

const hasMark = (environment: string | undefined, mark: string): boolean =>
  environment?.split('\0').includes(`${markVariable}=${mark}`) ?? false

/** Undefined once the process has ended, and where it is another user's: then it is none of ours. */
const readOf = (pid: number, file: 'stat' | 'environ'): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
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
  let unsure = 0
  for (let looks = 0; looks < killLooks; looks++) {
    signal(family, left, 'SIGKILL')
    const { members, isUnsure, isLeaving } = look(family)
    left = members
    if (left.length === 0 && !isLeaving && !(isUnsure && unsure++ < unsureLooks)) break
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
