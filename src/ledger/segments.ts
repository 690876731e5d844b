// The life of journal segments: the active one grows, is sealed when it is large, and is removed when nobody needs
// it any more. Knows how many lines of a segment are needed, not what they say.

import type { Log } from '../core/index.js'
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
  let removals: Promise<void> = Promise.resolve()
  let turn: Promise<unknown> = Promise.resolve()

  /** One change of the active segment at a time, in order of asking. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
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
  const sealActive = async () => {
    const segment = active
    if (!segment?.file) return
    active = undefined
    const { file } = segment
    await file.sync()
    segment.file = undefined
    await file.close()
    removeIfUnneeded(segment)
  }
  const removeIfUnneeded = (segment: Segment) => {
    if (segment.file || segment.needed > 0 || !segments.delete(segment.number)) return
    removals = removals.then(async () => {
      try {
        // What replaces these lines may stand in a later segment: that one must reach the disk first.
        await active?.file?.sync()
        await files.remove(segment.number)
      } catch (error) {
        log.warn({ segment: segment.number, error }, 'journal segment not removed; the next start removes it')
      }
      total -= segment.bytes
    })
  }

  const append = async (bytes: Uint8Array, lines: number): Promise<number> => {
    if (active && active.bytes > 0 && active.bytes + bytes.length > segmentBytes) await sealActive()
    const segment = active ?? (await start())
    segment.needed += lines
    try {
      await segment.file?.append(bytes)
    } catch (error) {
      segment.needed -= lines
      await cutBack(segment, () => {
        active = undefined
      })
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
        if (active?.number === number) await sealActive()
      }),
    sync: async () => {
      await active?.file?.sync()
    },
    bytes: () => total,
    count: () => segments.size,
    close: async () => {
      await inTurn(sealActive)
      await removals
    },
  }
}

/** Takes the torn end off a segment after a failed write; gives the segment up when even that fails. */
const cutBack = async (segment: Segment, abandon: () => void) => {
  try {
    await segment.file?.truncate(segment.bytes)
  } catch {
    abandon()
    await segment.file?.close().catch(() => {})
    segment.file = undefined
  }
}
