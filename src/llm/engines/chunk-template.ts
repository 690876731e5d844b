// The chunks of a stream differ in their text and in nothing else, as a rule. What stands before and after the text
// of one chunk is kept, and the next is compared with it at once, which is faster than reading it and as exact.

export interface ChunkTemplate {
  /** Takes an event as the pattern. @param textStart first byte of its only text, after the quote */
  learn(bytes: Buffer, event: { start: number; textStart: number; textEnd: number; end: number }): void
  /**
   * Where the event that starts here ends, when it has the pattern; otherwise -1.
   * Its text is between `at + beforeBytes()` and the result less `afterBytes()`.
   */
  match(bytes: Buffer, at: number): number
  beforeBytes(): number
  afterBytes(): number
}

const lineFeed = 0x0a
const quote = 0x22
const backslash = 0x5c

export const createChunkTemplate = (): ChunkTemplate => {
  let before = Buffer.alloc(0)
  let after = Buffer.alloc(0)

  const isSame = (bytes: Buffer, at: number, part: Buffer) =>
    bytes.length >= at + part.length && part.compare(bytes, at, at + part.length) === 0

  return {
    learn: (bytes, { start, textStart, textEnd, end }) => {
      // Copies, so that no frame is kept alive.
      before = Buffer.from(bytes.subarray(start, textStart))
      after = Buffer.from(bytes.subarray(textEnd, end))
    },
    match: (bytes, at) => {
      if (before.length === 0 || !isSame(bytes, at, before)) return -1
      let textEnd = at + before.length
      while (textEnd < bytes.length && bytes[textEnd] !== quote && bytes[textEnd] !== lineFeed)
        textEnd += bytes[textEnd] === backslash ? 2 : 1
      return isSame(bytes, textEnd, after) ? textEnd + after.length : -1
    },
    beforeBytes: () => before.length,
    afterBytes: () => after.length,
  }
}
