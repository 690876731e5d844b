// A file copied and hashed in one go, or hashed where it lies.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface HashedFile {
  readonly sizeBytes: number
  readonly sha256: string
}

interface HashOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (doneBytes: number) => void
}

export const hashFile = async (path: string, { signal, onProgress }: HashOptions): Promise<HashedFile> => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1 << 20 })) {
    hash.update(chunk)
    sizeBytes += chunk.length
    onProgress?.(sizeBytes)
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** Writes a stream to a new file, hashing on the way. */
export const writeHashed = async (
  from: Readable,
  to: string,
  { signal, onProgress }: HashOptions,
): Promise<HashedFile> => {
  await mkdir(dirname(to), { recursive: true })
  // A link that an earlier attempt made must not be written through.
  await rm(to, { force: true })
  const hash = createHash('sha256')
  let sizeBytes = 0
  await pipeline(
    from,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        sizeBytes += chunk.length
        onProgress?.(sizeBytes)
        yield chunk
      }
    },
    createWriteStream(to, { flush: true }),
    { signal },
  )
  return { sizeBytes, sha256: hash.digest('hex') }
}
