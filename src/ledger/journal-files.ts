// The files of the journal, as a port: segments that only grow, and a reserve that can be given up so that a full
// disk still takes the settlements of calls that are already running. Knows nothing of lines.

import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface JournalFile {
  /** Resolves when the operating system holds every byte: a killed process loses none, a power cut may. */
  append(bytes: Uint8Array): Promise<void>
  /** Cuts the file back to `length` bytes. */
  truncate(length: number): Promise<void>
  /** Resolves when the disk holds every byte (fdatasync). */
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
export const createDiskFiles = (directory: string): JournalFiles => {
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
      await syncDirectory(directory)
      return createJournalFile(handle)
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

const createJournalFile = (handle: FileHandle): JournalFile => ({
  append: async (bytes) => {
    // One write may take less than it was given, above all on a disk that is filling up.
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset)
      if (bytesWritten === 0) throw new Error('the disk took no byte')
      offset += bytesWritten
    }
  },
  truncate: (length) => handle.truncate(length),
  sync: () => handle.datasync(),
  close: () => handle.close(),
})

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
