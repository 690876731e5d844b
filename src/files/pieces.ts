// Content of whatever shape as pieces of one size, so that neither a row nor a read is ever large.

/** Large enough to be few, small enough to be held by many uploads at a time. */
export const pieceBytes = 256 * 1024

/** @yields pieces of `pieceBytes`, the last one shorter; none for no content */
export async function* piecesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - length)
      parts.push(part)
      length += part.length
      at += part.length
      if (length < pieceBytes) continue
      yield Buffer.concat(parts)
      parts = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(parts)
}
