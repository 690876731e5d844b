// The data of whole SSE events, read faster than the parser can: one decoding of the bytes, no state. Anything that
// is not a plain `data` line goes to the parser.

import { createSseParser } from './sse-parser.js'

const space = 0x20
const byteOrderMark = 0xfeff

/** @param bytes whole events, from one boundary to another */
export const frameData = (bytes: Uint8Array): string[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = buffer.toString('utf8')
  if (text.includes('\r') || text.charCodeAt(0) === byteOrderMark) return parsed(buffer)
  const data: string[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n\n', at)
    if (end < 0) break
    const lineEnd = text.indexOf('\n', at)
    if (lineEnd === end && text.startsWith('data:', at))
      data.push(text.slice(text.charCodeAt(at + 5) === space ? at + 6 : at + 5, end))
    else data.push(...parsed(Buffer.from(text.slice(at, end + 2), 'utf8')))
    at = end + 2
  }
  return data
}

const parsed = (bytes: Buffer) =>
  createSseParser()
    .push(bytes)
    .map((event) => event.data)
