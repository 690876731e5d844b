// The files of the journal, as a port: segments that only grow, and a reserve that can be given up so that a full
// disk still takes the settlements of calls that are already running. Knows nothing of lines.

import { writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '../core/index.js'

export interface JournalFile {
  /** Resolves when the operating system holds every byte: a killed process loses none, a power cut may. */
  append(bytes: Uint8Array): Promise<void>
  /** Cuts the file back to `length` bytes. */
  truncate(length: number): Promise<void>
  /** Resolves when the disk holds every byte (fdatasync), and the file's name. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface JournalFiles {
  readonly directory: string
  /** Names of segments with their sizes, in order of their numbers. */
  list(): Promise<readonly { readonly segment: number; readonly bytes: number }[]>
  read(segment: number): Promise<Uint8Array>
  /** @throws when the segment exists */
  create(segment: number): Promise<JournalFile>
  remove(segment: number): Promise<void>
  /** Takes `bytes` of disk space that `removeReserve` gives back; also proves that writing works. */
  writeReserve(bytes: number): Promise<void>
  removeReserve(): Promise<void>
}

const segmentPattern = /^attempts-(\d{10})\.jsonl$/
/** The file name of a segment. */
export const segmentName = (segment: number): string => `attempts-${String(segment).padStart(10, '0')}.jsonl`

/** @param directory created, readable by its owner only, when it does not exist */
export const createDiskFiles = (directory: string, clock: Clock = systemClock): JournalFiles => {
  const reservePath = join(directory, 'reserve')
  const path = (segment: number) => join(directory, segmentName(segment))
  return {
    directory,
    list: async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const segments = (await readdir(directory))
        .map((name) => segmentPattern.exec(name)?.[1])
        .filter((digits) => digits !== undefined)
        .map(Number)
        .sort((a, b) => a - b)
      return Promise.all(
        segments.map(async (segment) => ({ segment, bytes: (await stat(path(segment))).size })),
      )
    },
    read: (segment) => readFile(path(segment)),
    create: async (segment) => {
      const handle = await open(path(segment), 'ax', 0o600)
      return createJournalFile(handle, { directory, clock })
    },
    remove: (segment) => rm(path(segment), { force: true }),
    writeReserve: async (bytes) => {
      const handle = await open(reservePath, 'w', 0o600)
      try {
        await handle.writeFile(Buffer.alloc(bytes))
        await handle.datasync()
      } catch (error) {
        // Half a reserve would only take the space that settlements need.
        await rm(reservePath, { force: true })
        throw error
      } finally {
        await handle.close()
      }
    },
    removeReserve: () => rm(reservePath, { force: true }),
  }
}

/** A write that takes longer than this waited for the disk, not only for the page cache or its turn on the core. */
const slowWriteMs = 20
/** How long writes then go through the thread pool; doubled each time it was too short. */
const firstCautionMs = 100
const longestCautionMs = 10_000

/**
 * Writes go straight to the page cache, which takes some 5 us; through the thread pool they take ten times as long
 * and more, which would be most of what an attempt's journalling costs. Only while the disk turns out to be slow do
 * they go there, so that the event loop does not wait for it.
 */
const createJournalFile = (
  handle: FileHandle,
  { directory, clock }: { readonly directory: string; readonly clock: Clock },
): JournalFile => {
  let isNameSynced = false
  let cautionMs = firstCautionMs
  let cautiousUntilMs = Number.NEGATIVE_INFINITY
  const write = async (bytes: Uint8Array, offset: number): Promise<number> => {
    const startedMs = clock.monotonicMs()
    if (startedMs < cautiousUntilMs) return (await handle.write(bytes, offset)).bytesWritten
    const written = writeSync(handle.fd, bytes, offset)
    const endedMs = clock.monotonicMs()
    const wasSlow = endedMs - startedMs > slowWriteMs
    if (wasSlow) cautiousUntilMs = endedMs + cautionMs
    cautionMs = wasSlow ? Math.min(cautionMs * 2, longestCautionMs) : firstCautionMs
    return written
  }
  return {
    append: async (bytes) => {
      // One write may take less than it was given, above all on a disk that is filling up.
      for (let offset = 0; offset < bytes.length; ) {
        const written = await write(bytes, offset)
        if (written === 0) throw new Error('the disk took no byte')
        offset += written
      }
    },
    truncate: (length) => handle.truncate(length),
    sync: async () => {
      await handle.datasync()
      if (!isNameSynced) await syncDirectory(directory)
      isNameSynced = true
    },
    close: () => handle.close(),
  }
}

/** Makes the name of a new file survive a power cut, where the file system supports it. */
const syncDirectory = async (directory: string) => {
  let handle: FileHandle | undefined
  try {
    handle = await open(directory, 'r')
    await handle.sync()
  } catch {
    // Some systems cannot sync a directory; a killed process loses nothing either way.
  } finally {
    await handle?.close()
  }
}
