// Frames between a parent and its child: one JSON value per line, of bounded length. Knows no message.

import { supervisorError } from './messages.js'

/** Longest frame in bytes; a longer one is an error of the sender, and ends a connection that sends it anyway. */
export const maxFrameBytes = 32 * 1024 * 1024

const newline = 0x0a

/** @throws `supervisor.frame-too-large` */
export const encodeFrame = (value: unknown): Buffer => {
  const frame = Buffer.from(`${JSON.stringify(value)}\n`)
  if (frame.length > maxFrameBytes)
    throw supervisorError('supervisor.frame-too-large', { bytes: frame.length, maxBytes: maxFrameBytes })
  return frame
}

export interface LineSplitterOptions {
  readonly maxBytes: number
  /** What becomes of a longer line: an error, or two lines. */
  readonly tooLong: 'reject' | 'cut'
}

/**
 * Returns the function that takes bytes, cut anywhere, and returns the lines they complete.
 * @throws `supervisor.frame-too-large` when a line is longer than `maxBytes` and is to be rejected
 */
export const createLineSplitter = ({ maxBytes, tooLong }: LineSplitterOptions) => {
  let pending: Buffer[] = []
  let pendingBytes = 0

  const take = (): string => {
    const line = Buffer.concat(pending).toString('utf8')
    pending = []
    pendingBytes = 0
    return line
  }

  return (chunk: Buffer): string[] => {
    const lines: string[] = []
    let start = 0
    while (start < chunk.length) {
      const end = chunk.indexOf(newline, start)
      const part = chunk.subarray(start, end < 0 ? chunk.length : end)
      pending.push(part)
      pendingBytes += part.length
      if (pendingBytes > maxBytes && tooLong === 'reject')
        throw supervisorError('supervisor.frame-too-large', { bytes: pendingBytes, maxBytes })
      if (end >= 0 || pendingBytes > maxBytes) lines.push(take())
      start += part.length + (end < 0 ? 0 : 1)
    }
    return lines
  }
}
