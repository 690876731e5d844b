// Where the embedded database's socket lies: a directory of this user alone, with a path that is short enough.
// Knows nothing of who listens there.

import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { storeError } from './messages.js'

/** libpq's name for the socket of port 5432; `pg` builds the same path from host and port. */
export const socketFilename = '.s.PGSQL.5432'

/** The smallest `sun_path` of the systems we run on (macOS); Linux takes 107 bytes. */
const maxSocketPathBytes = 103

/**
 * The preferred directory, or where its path is too long for a socket, one in the system's temporary directory that
 * follows from it: the same for every process that asks, and the same after a crash.
 */
export const socketDirectoryFor = (preferred: string): string => {
  const wanted = resolve(preferred)
  if (Buffer.byteLength(join(wanted, socketFilename)) <= maxSocketPathBytes) return wanted
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  return join(tmpdir(), `llm-architect-${userInfo().uid}-${name}`)
}

/** Makes the directory with mode 0700. @throws `store.socket-directory-unsafe` when it is somebody else's */
export const openSocketDirectory = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  // In a shared temporary directory anybody may have been here first, with a link or a directory of their own.
  const found = await lstat(directory)
  if (!found.isDirectory() || found.uid !== userInfo().uid)
    throw storeError('store.socket-directory-unsafe', { directory })
  await chmod(directory, 0o700)
}
