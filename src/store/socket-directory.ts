// Finds a private directory whose path is short enough for a unix socket. Knows nothing of who listens there.

import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The smallest `sun_path` of the systems we run on (macOS); Linux allows 108 bytes. */
const maxSocketPathBytes = 103

export interface SocketDirectory {
  readonly path: string
  /** Removes the directory when it was made under the system's temporary directory. */
  remove(): Promise<void>
}

/**
 * Makes a directory that only this user may enter (mode 0700).
 * @param preferred where it should be; a directory under `os.tmpdir()` is used when `FILENAME` does not fit
 */
export const openSocketDirectory = async (preferred: string, filename: string): Promise<SocketDirectory> => {
  if (Buffer.byteLength(join(preferred, filename)) <= maxSocketPathBytes) {
    await mkdir(preferred, { recursive: true, mode: 0o700 })
    await chmod(preferred, 0o700)
    return { path: preferred, remove: async () => {} }
  }
  const path = await mkdtemp(join(tmpdir(), 'llm-architect-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
