// What encoded stretches of a text say: base64, hexadecimal, percent encoding, ROT13. At most 4,096 characters
// of them are decoded, and only what turns out to be readable text counts.

import { isDigit, isWord, oneOf } from '../characters.js'

export interface DecodedPayload {
  /** Where the encoded stretch stands; UTF-16 offsets. */
  readonly start: number
  readonly end: number
  readonly text: string
}

const maxCharacters = 4096
const minimum = 16

const isTokenMark = oneOf('+/_-=%.~')
const tokenClass = 1
const hexClass = 2

/** Of each ASCII character: whether base64 or percent encoding may hold it, and whether hexadecimal may. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const isToken = isWord(code) || isTokenMark(code)
  const isHex = isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102) || code === 32 || code === 58
  return (isToken ? tokenClass : 0) | (isHex ? hexClass : 0)
})

interface Run {
  readonly start: number
  readonly end: number
}

const isOfClass = (text: string, at: number, wanted: number): boolean => {
  const code = text.charCodeAt(at)
  return code < 128 && ((classes[code] as number) & wanted) !== 0
}

/** Stretches of at least `minimum` characters of one class: each holds one of the places that are looked at. */
const runsOf = (text: string, wanted: number): readonly Run[] => {
  const runs: Run[] = []
  for (let at = minimum - 1; at < text.length; at += minimum) {
    if (!isOfClass(text, at, wanted)) continue
    let start = at
    let end = at + 1
    while (start > 0 && isOfClass(text, start - 1, wanted)) start--
    while (end < text.length && isOfClass(text, end, wanted)) end++
    if (end - start >= minimum) runs.push({ start, end })
    // The next run begins behind this end, so that one of its first characters stands where is looked next.
    at = end
  }
  return runs
}

const replacementCharacter = '\ufffd'

/** The text that bytes spell in UTF-8, when nearly all of it is letters, digits, punctuation and blanks. */
const readable = (bytes: Buffer): string | undefined => {
  const text = bytes.toString('utf8')
  if (text.length < 6 || text.includes(replacementCharacter)) return undefined
  const strange = text.replace(/[\p{L}\p{N}\p{P}\p{Z}\n\r\t]/gu, '').length
  return strange * 20 <= text.length ? text : undefined
}

const fromBase64 = (run: string) =>
  /^[\w+/-]+=*$/.test(run)
    ? readable(Buffer.from(run.replaceAll('-', '+').replaceAll('_', '/'), 'base64'))
    : undefined

const fromHex = (run: string) => {
  const digits = run.replace(/[ :]/g, '')
  return digits.length >= 24 && digits.length % 2 === 0 ? readable(Buffer.from(digits, 'hex')) : undefined
}

const escaped = /%([0-9a-fA-F]{2})/g

const fromPercent = (run: string) => {
  if ((run.match(escaped)?.length ?? 0) < 6) return undefined
  const bytes = run.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return readable(Buffer.from(bytes, 'latin1'))
}

/** "ignore", "previous", "instruction", "system", "prompt", "disregard" in ROT13. */
const rotatedWords = /vtaber|cerivbhf|vafgehpgvba|flfgrz|cebzcg|qvfertneq/i

const rotate = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0)
    return String.fromCharCode((code | 32) < 110 ? code + 13 : code - 13)
  })

export const decodedPayloads = (text: string): readonly DecodedPayload[] => {
  const found: DecodedPayload[] = []
  let budget = maxCharacters
  const tryAll = (runs: readonly Run[], decode: (run: string) => string | undefined) => {
    for (const { start, end } of runs) {
      const decoded = end - start <= budget ? decode(text.slice(start, end)) : undefined
      if (decoded === undefined) continue
      budget -= end - start
      found.push({ start, end, text: decoded })
    }
  }
  tryAll(runsOf(text, tokenClass), (run) => fromPercent(run) ?? fromBase64(run))
  tryAll(runsOf(text, hexClass), fromHex)
  if (text.length <= budget && rotatedWords.test(text))
    found.push({ start: 0, end: text.length, text: rotate(text) })
  return found
}
