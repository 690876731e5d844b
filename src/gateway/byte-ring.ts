// Bytes kept in a few large buffers that are filled in turn and written over, the oldest first. What comes and goes
// all the time is then nothing that the garbage collector looks after: kept as a buffer each, the answers of a cache
// had it run fully every two seconds at 500 streams per second. Knows nothing of what the bytes are.

export interface ByteRing {
  /** @returns undefined when they are more than fit */
  put(pieces: readonly Uint8Array[]): Place | undefined
  /** A copy; undefined once the place was written over. */
  get(place: Place): Buffer | undefined
  /** Whether it will be written over before most of the others are. */
  isOld(place: Place): boolean
}

export interface Place {
  readonly start: number
  readonly end: number
  /** Counts the buffers that were begun before its own. */
  readonly turn: number
}

/** @param maxBytes in all, at least 1; the most that fit in one piece are these, or 1 MiB */
export const createByteRing = (maxBytes: number): ByteRing => {
  const bufferBytes = Math.min(maxBytes, mebibyte)
  const count = Math.floor(maxBytes / bufferBytes)
  /** Made when they are first needed. */
  const buffers: Buffer[] = []
  let turn = 0
  let at = 0
  const bufferOf = (wanted: number): Buffer => {
    const buffer = buffers[wanted % count] ?? Buffer.allocUnsafeSlow(bufferBytes)
    buffers[wanted % count] = buffer
    return buffer
  }
  return {
    put: (pieces) => {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (length > bufferBytes) return undefined
      if (at + length > bufferBytes) {
        turn++
        at = 0
      }
      const start = at
      const buffer = bufferOf(turn)
      for (const piece of pieces) {
        buffer.set(piece, at)
        at += piece.length
      }
      return { start, end: at, turn }
    },
    get: ({ start, end, turn: of }) =>
      turn - of < count ? Buffer.from(bufferOf(of).subarray(start, end)) : undefined,
    isOld: ({ turn: of }) => turn - of >= count / 2,
  }
}

const mebibyte = 1024 * 1024
