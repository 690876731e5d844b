// One process at a time owns a directory. The lock is a file that appears whole or not at all (link), and a lock
// of a process that has ended is taken over by exactly one of those who try. Knows nothing of what is locked.
// Sees the processes of this machine and process namespace only.

import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchitectError, type Clock, systemClock } from '../core/index.js'
import { supervisorError } from './messages.js'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js'

/** What the owner tells others, such as its address: JSON. The file is readable by this user only. */
export type LockInfo = Readonly<Record<string, unknown>>

export interface LockRecord {
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly info: LockInfo
}

export interface DirectoryLock extends LockRecord {
  /** Replaces `info`; readers see the old or the new one, never a part. */
  update(info: LockInfo): Promise<void>
  /** Gives the directory free. Later calls do nothing. */
  release(): Promise<void>
}

interface LockFile extends LockRecord {
  /** Differs for every acquisition, so that a claim on a dead lock cannot hit a later one. */
  readonly token: string
  readonly owner: ProcessIdentity
}

const filename = 'lock.json'
const claimPrefix = 'lock-claim-'
const retryMs = 50

/**
 * Takes the lock of a directory, making the directory if need be.
 * @param options.waitMs how long to wait for a live owner to let go; default 0
 * @param options.signal ends the waiting, and is thrown with its reason
 * @throws `supervisor.directory-locked` | `supervisor.lock-unreadable` | `supervisor.directory-unwritable`
 */
export const acquireDirectoryLock = async (
  directory: string,
  info: LockInfo = {},
  options: {
    readonly waitMs?: number
    readonly clock?: Clock
    readonly signal?: AbortSignal | undefined
  } = {},
): Promise<DirectoryLock> => {
  const { waitMs = 0, clock = systemClock, signal } = options
  const lock: LockFile = {
    pid: process.pid,
    startedAt: new Date(clock.wallMs()).toISOString(),
    info,
    token: randomUUID(),
    owner: await identifyProcess(process.pid),
  }
  const giveUpMs = clock.monotonicMs() + waitMs
  try {
    await mkdir(directory, { recursive: true })
    for (;;) {
      const obstacle = await tryAcquire(directory, lock)
      if (obstacle === 'none') return heldLock(directory, lock)
      if (obstacle !== 'race' && clock.monotonicMs() + retryMs > giveUpMs)
        throw supervisorError('supervisor.directory-locked', { directory, ...pick(obstacle) })
      if (obstacle !== 'race') await clock.sleep(retryMs, signal)
    }
  } catch (error) {
    if (error instanceof ArchitectError) throw error
    signal?.throwIfAborted()
    const detail = error instanceof Error ? error.message : String(error)
    throw supervisorError('supervisor.directory-unwritable', { directory, detail }, { cause: error })
  }
}

/** The lock of a directory while its owner lives, for those who want to talk to the owner. @throws `supervisor.lock-unreadable` */
export const readDirectoryLock = async (directory: string): Promise<LockRecord | undefined> => {
  const lock = await readLock(join(directory, filename))
  if (!lock || !(await isRunning(lock.owner))) return undefined
  return { pid: lock.pid, startedAt: lock.startedAt, info: lock.info }
}

const pick = ({ pid, startedAt }: LockFile) => ({ pid, startedAt })

const heldLock = (directory: string, lock: LockFile): DirectoryLock => {
  const path = join(directory, filename)
  let held = true
  return {
    pid: lock.pid,
    startedAt: lock.startedAt,
    info: lock.info,
    update: async (info) => {
      if (held) await rename(await writeAside(directory, { ...lock, info }), path)
    },
    release: async () => {
      if (held) await rm(path, { force: true })
      held = false
    },
  }
}

/** @returns the live owner in the way, `race` when the directory changed under our hands, or `none`: it is ours */
const tryAcquire = async (directory: string, lock: LockFile): Promise<LockFile | 'race' | 'none'> => {
  const path = join(directory, filename)
  const aside = await writeAside(directory, lock)
  try {
    if (await linkNew(aside, path)) return 'none'
    const chain = await readChain(directory)
    const last = chain.at(-1)
    if (!last) return 'race'
    if (await isRunning(last.owner)) return last
    // Of those who saw this dead lock, one makes its claim; the claim names the lock, so it is void for any other.
    const claim = claimPath(directory, last.token)
    if (!(await linkNew(aside, claim))) return 'race'
    const unchanged = (await readLock(path))?.token === chain[0]?.token
    if (unchanged) await rename(aside, path)
    await removeClaims(directory, unchanged ? chain : [last])
    return unchanged ? 'none' : 'race'
  } finally {
    await rm(aside, { force: true })
  }
}

/** The lock and the claims upon it, each by somebody who found the one before dead and may have died since. */
const readChain = async (directory: string): Promise<LockFile[]> => {
  const chain: LockFile[] = []
  let next = await readLock(join(directory, filename))
  while (next) {
    chain.push(next)
    next = await readLock(claimPath(directory, next.token))
  }
  return chain
}

const claimPath = (directory: string, token: string) => join(directory, `${claimPrefix}${token}.json`)

const removeClaims = async (directory: string, upon: readonly LockFile[]) => {
  for (const { token } of upon) await rm(claimPath(directory, token), { force: true })
}

const writeAside = async (directory: string, lock: LockFile): Promise<string> => {
  const path = join(directory, `lock-${lock.token}.tmp`)
  await writeFile(path, `${JSON.stringify(lock)}\n`, { mode: 0o600 })
  return path
}

const linkNew = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

const readLock = async (path: string): Promise<LockFile | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : parseLock(text, path)
}

/** A lock appears whole or not at all, so what cannot be read was damaged by something else. */
const parseLock = (text: string, file: string): LockFile => {
  try {
    const lock = JSON.parse(text) as Partial<LockFile> | null
    if (typeof lock?.token === 'string' && typeof lock.owner?.pid === 'number') return lock as LockFile
  } catch (cause) {
    throw supervisorError('supervisor.lock-unreadable', { file }, { cause })
  }
  throw supervisorError('supervisor.lock-unreadable', { file })
}
