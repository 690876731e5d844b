// The body of an answer whose length nobody knows: HTTP/1.1's chunked coding (RFC 9112, section 7.1), one buffer per
// chunk. Node writes the length, the bytes and the two line ends of a chunk as four, which for streams of small events
// was a third of what the whole gateway costs. Knows no event.

import type { ServerResponse } from 'node:http'
import type { Headers } from './send.js'

export interface ChunkedBody {
  /** @returns false when the client is behind: wait for `drain` */
  write(bytes: Uint8Array): boolean
  end(): void
}

const longestText = 4 * 1024
const lastChunk = '0\r\n\r\n'

/** Writes the head, which goes out with the first bytes. Where the client knows no chunks, bytes go as they are. */
export const startChunkedBody = (response: ServerResponse, status: number, head: Headers): ChunkedBody => {
  response.writeHead(status, head)
  if (!response.chunkedEncoding) return { write: (bytes) => response.write(bytes), end: () => response.end() }
  // The head says it already; from here on Node takes what it is given for the coded body.
  response.chunkedEncoding = false
  let isBegun = false
  return {
    write: (bytes) => {
      // Of no length, a chunk would be the last one.
      if (bytes.length === 0) return true
      const chunk = chunkOf(bytes)
      if (isBegun) return response.write(chunk)
      isBegun = true
      // A text is put into one write with the head; a long one is not worth the copies.
      return chunk.length > longestText
        ? response.write(chunk)
        : response.write(chunk.toString('latin1'), 'latin1')
    },
    end: () => response.end(lastChunk, 'latin1'),
  }
}

const chunkOf = (bytes: Uint8Array): Buffer => {
  const size = bytes.length.toString(16)
  const chunk = Buffer.allocUnsafe(size.length + bytes.length + 4)
  chunk.write(`${size}\r\n`, 'latin1')
  chunk.set(bytes, size.length + 2)
  chunk.write('\r\n', chunk.length - 2, 'latin1')
  return chunk
}
