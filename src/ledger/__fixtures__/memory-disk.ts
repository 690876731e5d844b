// A disk for tests of the journal: in memory, with a size, that can be made to fail.

import type { JournalFile, JournalFiles } from '../journal-files.js'

export interface MemoryDisk extends JournalFiles {
  /** Bytes of each segment; a test may change them. */
  readonly segments: Map<number, Buffer>
  /** What the disk holds at most; writes beyond it are cut short and fail with ENOSPC. */
  capacityBytes: number
  /** Code of the error with which every write fails; undefined = none. */
  failing: string | undefined
  /** Calls of `append` that wrote something. */
  writes: number
  syncs: number
  usedBytes(): number
}

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code })

export const createMemoryDisk = (): MemoryDisk => {
  const segments = new Map<number, Buffer>()
  let reserve = 0
  const disk: MemoryDisk = {
    directory: '/memory',
    segments,
    capacityBytes: Number.POSITIVE_INFINITY,
    failing: undefined,
    writes: 0,
    syncs: 0,
    usedBytes: () => [...segments.values()].reduce((sum, bytes) => sum + bytes.length, reserve),
    list: async () =>
      [...segments]
        .map(([segment, bytes]) => ({ segment, bytes: bytes.length }))
        .sort((a, b) => a.segment - b.segment),
    read: async (segment) => segments.get(segment) ?? Buffer.alloc(0),
    create: async (segment) => {
      if (disk.failing) throw systemError(disk.failing)
      segments.set(segment, Buffer.alloc(0))
      return createMemoryFile(disk, segment)
    },
    remove: async (segment) => {
      segments.delete(segment)
    },
    writeReserve: async (bytes) => {
      reserve = 0
      if (disk.failing) throw systemError(disk.failing)
      if (disk.usedBytes() + bytes > disk.capacityBytes) throw systemError('ENOSPC')
      reserve = bytes
    },
    removeReserve: async () => {
      reserve = 0
    },
  }
  return disk
}

const createMemoryFile = (disk: MemoryDisk, segment: number): JournalFile => {
  const bytesOf = () => disk.segments.get(segment) ?? Buffer.alloc(0)
  return {
    append: async (bytes) => {
      if (disk.failing) throw systemError(disk.failing)
      const room = Math.max(0, disk.capacityBytes - disk.usedBytes())
      disk.segments.set(segment, Buffer.concat([bytesOf(), bytes.subarray(0, room)]))
      if (bytes.length > room) throw systemError('ENOSPC')
      disk.writes++
    },
    truncate: async (length) => {
      if (disk.failing) throw systemError(disk.failing)
      disk.segments.set(segment, bytesOf().subarray(0, length))
    },
    sync: async () => {
      if (disk.failing) throw systemError(disk.failing)
      disk.syncs++
    },
    close: async () => {},
  }
}
