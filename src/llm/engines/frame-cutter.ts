// Promise 4: cuts what a socket delivers at the last event boundary; the tail joins what comes next. Works on bytes
// and reads no event.

import { llmError } from '../messages.js'

export interface FrameCutter {
  /**
   * @returns the bytes of all events that are complete now, undefined when none is
   * @throws `llm.event-too-large` when an event that is not complete grows over the limit
   */
  push(bytes: Buffer): Buffer | undefined
  /** What is left after the last boundary. */
  rest(): Buffer
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
/** A blank line can be cut after at most three of its bytes. */
const overlapBytes = 3

export const createFrameCutter = (maxEventBytes: number): FrameCutter => {
  let pieces: Buffer[] = []
  let pieceBytes = 0
  let overlap: Buffer = Buffer.alloc(0)

  const joined = (last: Buffer): Buffer => {
    const whole = pieces.length === 0 ? last : Buffer.concat([...pieces, last])
    pieces = []
    pieceBytes = 0
    overlap = whole.subarray(0, 0)
    return whole
  }

  const keep = (piece: Buffer) => {
    if (piece.length === 0) return
    pieceBytes += piece.length
    if (pieceBytes > maxEventBytes) throw llmError('llm.event-too-large', { limitBytes: maxEventBytes })
    pieces.push(piece)
    overlap = Buffer.concat([overlap, piece.subarray(-overlapBytes)]).subarray(-overlapBytes)
  }

  return {
    push: (bytes) => {
      if (endsEvent(bytes)) return joined(bytes)
      const window = overlap.length === 0 ? bytes : Buffer.concat([overlap, bytes])
      const boundary = lastBoundary(window) - overlap.length
      if (boundary <= 0) {
        keep(bytes)
        return undefined
      }
      const whole = joined(bytes.subarray(0, boundary))
      keep(bytes.subarray(boundary))
      return whole
    },
    rest: () => joined(Buffer.alloc(0)),
  }
}

/** The usual case: one read, whole events. */
const endsEvent = (bytes: Buffer): boolean => {
  const end = bytes.length
  if (bytes[end - 1] !== lineFeed) return false
  return bytes[end - 2] === lineFeed || (bytes[end - 2] === carriageReturn && bytes[end - 3] === lineFeed)
}

const blankLines = ['\n\n', '\n\r\n', '\n\r', '\r\r'].map((text) => Buffer.from(text, 'latin1'))

/** The byte after the last blank line, 0 when there is none. A carriage return at the very end counts as a line end. */
const lastBoundary = (bytes: Buffer): number => {
  let boundary = 0
  for (const blankLine of blankLines) {
    const at = bytes.lastIndexOf(blankLine)
    if (at >= 0) boundary = Math.max(boundary, at + blankLine.length)
  }
  return bytes[boundary - 1] === carriageReturn && bytes[boundary] === lineFeed ? boundary + 1 : boundary
}
