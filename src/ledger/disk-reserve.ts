// Disk space kept aside, to be given up when the disk is full, so that calls that already run can be settled.

import type { JournalFiles } from './journal-files.js'

export interface DiskReserve {
  /** Takes the space. Rejects when there is no room, or nothing can be written. */
  take(): Promise<void>
  /** Gives the space up. @returns whether there was any */
  free(): Promise<boolean>
}

/** @param bytes 0 = keep nothing aside */
export const createDiskReserve = (files: JournalFiles, bytes: number): DiskReserve => {
  let isTaken = false
  return {
    take: async () => {
      if (bytes === 0) return
      await files.writeReserve(bytes)
      isTaken = true
    },
    free: async () => {
      const wasTaken = isTaken
      isTaken = false
      if (wasTaken) await files.removeReserve()
      return wasTaken
    },
  }
}
