// The life of journal segments: the active one grows, is sealed when it is large, and is removed when nobody needs
// it any more. Knows how many lines of a segment are needed, not what they say.

import type { Log } from '../core/index.js'
import { reasonOf } from './failure-reason.js'
import type { JournalFile, JournalFiles } from './journal-files.js'

export interface Segments {
  /** Takes over a segment of an earlier process, with the number of its lines that are still needed. */
  adopt(segment: number, bytes: number, needed: number): void
  /**
   * Appends whole lines, which count as needed until they are released.
   * When it rejects, none of them will be read again, except where the file could not be cut back.
   * @returns the segment they are in
   */
  append(bytes: Uint8Array, lines: number): Promise<number>
  /** One line of the segment is needed no more. */
  release(segment: number, lines?: number): void
  /** Seals the segment if it is the active one, so that it can be read whole. */
  seal(segment: number): Promise<void>
  /** Resolves when the disk holds every line. */
  sync(): Promise<void>
  bytes(): number
  count(): number
  close(): Promise<void>
}

interface Segment {
  readonly number: number
  bytes: number
  needed: number
  /** Undefined once sealed. */
  file: JournalFile | undefined
}

/** @param segmentBytes size from which the active segment is sealed */
export const createSegments = ({
  files,
  segmentBytes,
  log,
}: {
  readonly files: JournalFiles
  readonly segmentBytes: number
  readonly log: Log
}): Segments => {
  const segments = new Map<number, Segment>()
  let last = 0
  let total = 0
  let active: Segment | undefined
  /** Sealed, and on their way to the disk. */
  const unsynced = new Set<JournalFile>()
  let background: Promise<void> = Promise.resolve()
  let turn: Promise<unknown> = Promise.resolve()

  /** One change of the active segment at a time, in order of asking. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    // Whoever asked is told of the failure; the next change is made all the same.
    turn = result.catch(() => {})
    return result
  }

  const start = async (): Promise<Segment> => {
    const file = await files.create(last + 1)
    last++
    active = { number: last, bytes: 0, needed: 0, file }
    segments.set(last, active)
    return active
  }
  const sync = async () => {
    await Promise.all([...unsynced, ...(active ? [active.file] : [])].map((file) => file?.sync()))
  }
  /** The disk takes the sealed segment in its own time: nothing that is appended waits for it. */
  const sealActive = () => {
    const segment = active
    if (!segment?.file) return
    const { file } = segment
    active = undefined
    segment.file = undefined
    unsynced.add(file)
    later(`journal segment ${segment.number} not synced: a power cut could lose it`, async () => {
      try {
        await file.sync()
      } finally {
        // Once a sync has failed, another one proves nothing: the system may have let go of the bytes.
        unsynced.delete(file)
        await file.close()
      }
    })
    removeIfUnneeded(segment)
  }
  const removeIfUnneeded = (segment: Segment) => {
    if (segment.file || segment.needed > 0 || !segments.delete(segment.number)) return
    later(`journal segment ${segment.number} not removed: the next start removes it`, async () => {
      // What replaces these lines may stand in a later segment: that one must reach the disk first.
      await sync()
      await files.remove(segment.number)
      total -= segment.bytes
    })
  }
  const later = (failure: string, work: () => Promise<void>) => {
    background = background.then(work).catch((error: unknown) => {
      log.warn({ reason: reasonOf(error) }, failure)
    })
  }

  const abandon = (segment: Segment) => {
    const { file } = segment
    active = undefined
    segment.file = undefined
    later(`journal segment ${segment.number} not closed`, async () => file?.close())
    removeIfUnneeded(segment)
  }

  const append = async (bytes: Uint8Array, lines: number): Promise<number> => {
    if (active && active.bytes > 0 && active.bytes + bytes.length > segmentBytes) sealActive()
    const segment = active ?? (await start())
    segment.needed += lines
    try {
      await segment.file?.append(bytes)
    } catch (error) {
      segment.needed -= lines
      if (!(await cutBack(segment))) abandon(segment)
      throw error
    }
    segment.bytes += bytes.length
    total += bytes.length
    return segment.number
  }

  return {
    adopt: (number, bytes, needed) => {
      const segment: Segment = { number, bytes, needed, file: undefined }
      segments.set(number, segment)
      last = Math.max(last, number)
      total += bytes
      removeIfUnneeded(segment)
    },
    append: (bytes, lines) => inTurn(() => append(bytes, lines)),
    release: (number, lines = 1) => {
      const segment = segments.get(number)
      if (!segment) return
      segment.needed -= lines
      removeIfUnneeded(segment)
    },
    seal: (number) =>
      inTurn(async () => {
        if (active?.number === number) sealActive()
      }),
    sync,
    bytes: () => total,
    count: () => segments.size,
    close: async () => {
      await inTurn(async () => sealActive())
      await background
    },
  }
}

/** Takes the torn end off a segment after a failed write. @returns false when even that fails */
const cutBack = async (segment: Segment): Promise<boolean> => {
  try {
    await segment.file?.truncate(segment.bytes)
    return true
  } catch {
    // The caller has the write's own failure to tell, and lets go of the segment.
    return false
  }
}
