// Where the values of a JSON object's own fields lie in its bytes, so that one can be replaced and every other byte
// stays. The bytes have been parsed before; this reads no value.

export interface FieldSpan {
  readonly name: string
  /** First byte of the value, and the byte after its last. */
  readonly start: number
  readonly end: number
}

export interface ObjectSpans {
  /** In order; a name that occurs twice is there twice. */
  readonly fields: readonly FieldSpan[]
  /** Where the closing brace is. */
  readonly end: number
}

/** @returns undefined when the bytes are no JSON object */
export const objectSpans = (bytes: Buffer): ObjectSpans | undefined => {
  let at = skipSpace(bytes, startsWithMark(bytes) ? 3 : 0)
  if (bytes[at] !== openBrace) return undefined
  const fields: FieldSpan[] = []
  at = skipSpace(bytes, at + 1)
  while (bytes[at] === quote) {
    const nameEnd = skipString(bytes, at)
    const colonAt = skipSpace(bytes, nameEnd)
    if (bytes[colonAt] !== colon) return undefined
    const start = skipSpace(bytes, colonAt + 1)
    const end = skipValue(bytes, start)
    fields.push({ name: JSON.parse(bytes.toString('utf8', at, nameEnd)), start, end })
    at = skipSpace(bytes, end)
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1)
    else break
  }
  return bytes[at] === closeBrace ? { fields, end: at } : undefined
}

export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The bytes with some spans replaced. @param splices in order, not overlapping */
export const spliceBytes = (bytes: Buffer, splices: readonly Splice[]): Buffer => {
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, text } of splices) {
    pieces.push(bytes.subarray(at, start), Buffer.from(text, 'utf8'))
    at = end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

const startsWithMark = (bytes: Buffer) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

/** @param from where the opening quote is. @returns the byte after the closing one */
const skipString = (bytes: Buffer, from: number): number => {
  let at = from
  for (;;) {
    at = bytes.indexOf(quote, at + 1)
    if (at < 0) return bytes.length
    let slashes = 0
    while (bytes[at - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return at + 1
  }
}

const skipValue = (bytes: Buffer, from: number): number => {
  if (bytes[from] === quote) return skipString(bytes, from)
  if (bytes[from] !== openBrace && bytes[from] !== openBracket) return skipScalar(bytes, from)
  let depth = 0
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === quote) {
      at = skipString(bytes, at)
      continue
    }
    if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    at++
    if (depth === 0) return at
  }
  return at
}

const skipScalar = (bytes: Buffer, from: number): number => {
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte)) break
    at++
  }
  return at
}
