// The lines of a text that comes in pieces. Holds one line at most, and of one that is too long nothing.

export interface RawLine {
  /** From 1. */
  readonly number: number
  /** Without its end; undefined when it is longer than allowed. */
  readonly bytes: Buffer | undefined
}

const newline = 0x0a
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Lines of white space alone are left out, but counted. */
export async function* splitLines(
  content: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<RawLine> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 1
  const take = (part: Uint8Array) => {
    length += part.length
    if (length <= maxLineBytes) parts.push(part)
    else parts = []
  }
  const finish = (): RawLine | undefined => {
    const bytes = length > maxLineBytes ? undefined : trimmed(Buffer.concat(parts), number)
    const line = { number, bytes }
    parts = []
    length = 0
    number++
    return bytes?.length === 0 ? undefined : line
  }
  for await (const chunk of content) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, at))
      from = at + 1
      const line = finish()
      if (line) yield line
    }
    take(chunk.subarray(from))
  }
  const last = finish()
  if (last) yield last
}

const trimmed = (line: Buffer, number: number): Buffer => {
  const text = number === 1 && line.subarray(0, 3).equals(byteOrderMark) ? line.subarray(3) : line
  let end = text.length
  while (end > 0 && isSpace(text[end - 1])) end--
  return text.subarray(0, end)
}

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0d
