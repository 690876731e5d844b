// The files of the audit log: segments that only grow, each named after its first entry. Knows nothing of lines.

import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface AuditSegment {
  readonly path: string
  readonly name: string
  /** The number of its first entry. */
  readonly first: number
}

const namePattern = /^entries-(\d{12})\.jsonl$/

/** In their order; none where the directory does not exist. */
export const listSegments = (directory: string): readonly AuditSegment[] => {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => namePattern.test(name))
    .sort()
    .map((name) => ({ name, path: join(directory, name), first: Number(namePattern.exec(name)?.[1]) }))
}

export interface SegmentText {
  /** Without their line ends. */
  readonly lines: readonly string[]
  /** Of whole lines. */
  readonly bytes: number
  /** After the last line end: what a power cut or a write under way has left. */
  readonly tornBytes: number
}

export const readSegment = (path: string): SegmentText => {
  const content = readFileSync(path)
  const bytes = content.lastIndexOf(0x0a) + 1
  const text = content.subarray(0, bytes).toString('utf8')
  return { lines: bytes === 0 ? [] : text.slice(0, -1).split('\n'), bytes, tornBytes: content.length - bytes }
}

export interface AuditFile {
  readonly fd: number
  bytes(): number
  /** Returns when the operating system holds every byte, so that a killed process loses none. */
  append(bytes: Uint8Array): void
  close(): void
}

/** How many bytes it took. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number

/**
 * @param first the number of its first entry
 * @param bytes where to go on: what follows is cut off. Default: the end
 */
export const openSegment = (
  directory: string,
  { first, bytes }: { readonly first: number; readonly bytes?: number },
  writeSome: WriteSome = writeSync,
): AuditFile => {
  const path = join(directory, `entries-${String(first).padStart(12, '0')}.jsonl`)
  const fd = openSync(path, 'a', 0o600)
  let length = bytes ?? statSync(path).size
  let isTorn = bytes !== undefined
  return {
    fd,
    bytes: () => length,
    append: (content) => {
      // Half a line of a write that failed would make an unreadable one of the next.
      if (isTorn) ftruncateSync(fd, length)
      isTorn = true
      for (let offset = 0; offset < content.length; ) {
        const written = writeSome(fd, content, offset)
        if (written === 0) throw new Error('the disk took no byte')
        offset += written
      }
      isTorn = false
      length += content.length
    },
    close: () => closeSync(fd),
  }
}
