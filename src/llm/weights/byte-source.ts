// Positioned reads of a file or of bytes in memory, and a cursor that never goes past a limit.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface ByteSource {
  readonly sizeBytes: number
  /** Up to `length` bytes from `position`; fewer only at the end. */
  read(position: number, length: number): Uint8Array
}

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  sizeBytes: bytes.length,
  read: (position, length) => bytes.subarray(position, position + length),
})

/** Opens the file for the time of `use`. */
export const withFileSource = <T>(path: string, use: (source: ByteSource) => T): T => {
  const descriptor = openSync(path, 'r')
  try {
    return use({
      sizeBytes: fstatSync(descriptor).size,
      read: (position, length) => {
        const buffer = Buffer.allocUnsafe(length)
        let done = 0
        while (done < length) {
          const count = readSync(descriptor, buffer, done, length - done, position + done)
          if (count === 0) break
          done += count
        }
        return buffer.subarray(0, done)
      },
    })
  } finally {
    closeSync(descriptor)
  }
}

const chunkBytes = 1 << 18

/** Reads little-endian values one after the other. Memory: one chunk, or one value that is asked for. */
export interface ByteCursor {
  readonly position: () => number
  u32(): number
  i32(): number
  /** @throws RangeError when it does not fit a safe integer */
  u64(): number
  text(length: number): string
  skip(length: number): void
}

/** @throws RangeError when a read would pass `limitBytes` or the end */
export const createCursor = (source: ByteSource, limitBytes: number): ByteCursor => {
  const endBytes = Math.min(limitBytes, source.sizeBytes)
  let position = 0
  let chunk: Buffer = Buffer.alloc(0)
  let chunkStart = 0
  const reserve = (length: number): number => {
    if (length > endBytes - position) throw new RangeError('the header goes past its end')
    if (position < chunkStart || position + length > chunkStart + chunk.length) {
      const bytes = source.read(position, Math.min(Math.max(length, chunkBytes), endBytes - position))
      if (bytes.length < length) throw new RangeError('the file ends in its header')
      chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      chunkStart = position
    }
    const offset = position - chunkStart
    position += length
    return offset
  }
  return {
    position: () => position,
    u32: () => {
      const at = reserve(4)
      return chunk.readUInt32LE(at)
    },
    i32: () => {
      const at = reserve(4)
      return chunk.readInt32LE(at)
    },
    u64: () => {
      const at = reserve(8)
      const value = Number(chunk.readBigUInt64LE(at))
      if (!Number.isSafeInteger(value)) throw new RangeError('a count in the header is absurd')
      return value
    },
    text: (length) => {
      const at = reserve(length)
      return chunk.toString('utf8', at, at + length)
    },
    skip: (length) => {
      if (length > endBytes - position) throw new RangeError('the header goes past its end')
      position += length
    },
  }
}
