// The part of a download that has come: NAME.partial with the bytes and NAME.partial.json with what they belong to.

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

const belonging = z.object({
  /** Hash of the address: it may hold a secret. */
  address: z.string(),
  /** Strong validator of the server's copy. */
  etag: z.string().nullable(),
})
export type Belonging = z.infer<typeof belonging>

export interface PartialFile {
  /** Bytes that are on disk and in the hash. */
  bytes(): number
  belonging(): Belonging | null
  append(chunk: Uint8Array): Promise<void>
  /** Throws away what has come and begins anew with what is said to come now. */
  restart(next: Belonging): Promise<void>
  sha256(): string
  /** Puts the file in its place. Later calls of anything but `close` fail. */
  finish(): Promise<void>
  discard(): Promise<void>
  close(): Promise<void>
}

/** Opens what an earlier attempt left, reading it once for the hash; empty when there is nothing. */
export const openPartialFile = async (target: string, signal: AbortSignal): Promise<PartialFile> => {
  const path = `${target}.partial`
  const notePath = `${path}.json`
  await mkdir(dirname(target), { recursive: true })
  let note = await readNote(notePath)
  let hash = createHash('sha256')
  let size = note === null ? 0 : await hashInto(hash, path, signal)
  let handle: FileHandle | undefined = await open(path, size === 0 ? 'w' : 'r+')
  const opened = () => {
    if (!handle) throw new Error('the partial file is closed')
    return handle
  }
  const close = async () => {
    await handle?.close()
    handle = undefined
  }
  return {
    bytes: () => size,
    belonging: () => note,
    append: async (chunk) => {
      await writeAll(opened(), chunk, size)
      hash.update(chunk)
      size += chunk.length
    },
    restart: async (next) => {
      await opened().truncate(0)
      await writeFile(notePath, JSON.stringify(next))
      note = next
      hash = createHash('sha256')
      size = 0
    },
    sha256: () => hash.copy().digest('hex'),
    finish: async () => {
      await opened().sync()
      await close()
      await rename(path, target)
      await rm(notePath, { force: true })
    },
    discard: async () => {
      await close()
      await rm(path, { force: true })
      await rm(notePath, { force: true })
    },
    close,
  }
}

const readNote = async (path: string): Promise<Belonging | null> => {
  try {
    return belonging.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // Absent, or cut off by a crash: without it nobody knows what the bytes belong to.
    return null
  }
}

const hashInto = async (hash: Hash, path: string, signal: AbortSignal): Promise<number> => {
  // Mostly there is none; opening it says whatever else is wrong.
  const exists = await stat(path).catch(() => undefined)
  if (!exists) return 0
  let size = 0
  for await (const chunk of createReadStream(path, { signal })) {
    hash.update(chunk)
    size += chunk.length
  }
  return size
}

const writeAll = async (handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> => {
  let done = 0
  while (done < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done)
    done += bytesWritten
  }
}
