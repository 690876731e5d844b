// The data of whole SSE events that also have a name, as the Messages and Responses APIs write them: one decoding of
// the bytes, line by line, no state. What is written otherwise goes to the parser.

import { createSseParser } from './sse-parser.js'

const space = 0x20
const byteOrderMark = 0xfeff

/** @param bytes whole events, from one boundary to another */
export const eventData = (bytes: Buffer): string[] => {
  const text = bytes.toString('utf8')
  if (text.includes('\r') || text.charCodeAt(0) === byteOrderMark)
    return createSseParser()
      .push(bytes)
      .map((event) => event.data)
  const all: string[] = []
  let data: string | undefined
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    if (end === at) {
      if (data !== undefined) all.push(data)
      data = undefined
    } else if (text.startsWith('data:', at)) {
      const value = text.slice(text.charCodeAt(at + 5) === space ? at + 6 : at + 5, end)
      data = data === undefined ? value : `${data}\n${value}`
    }
    at = end + 1
  }
  return all
}
