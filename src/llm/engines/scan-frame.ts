// Promise 8 without a JSON.parse per chunk: one pass over the bytes of a frame finds out whether anything in it has
// to be decoded (a finish, usage, an error, garbage), whether the stream is done, and how many tokens its texts are
// by estimate. It reads tokens of JSON, not just substrings, so that no text can be mistaken for a field.

import { type ChunkTemplate, createChunkTemplate } from './chunk-template.js'

export interface FrameFacts {
  /** Where the events are that have to be decoded: from their first byte to the end of their blank line. */
  readonly notable: readonly { readonly start: number; readonly end: number }[]
  /** The frame has to be decoded as a whole: it holds something else than chunks on one line each. */
  readonly isUnusual: boolean
  /** It holds a text that is not empty, a tool call or audio. */
  readonly hasContent: boolean
  /** It holds the `[DONE]` that ends a stream. */
  readonly isDone: boolean
  /** Estimate of the tokens of its texts, by the rule of `estimateTokens`, not rounded. */
  readonly outputTokens: number
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const letterN = 0x6e
const letterU = 0x75

export interface FrameScanner {
  /** @param bytes whole SSE events */
  scan(bytes: Buffer): FrameFacts
}

/** Scans the frames of one stream. */
export const createFrameScanner = (): FrameScanner => {
  const template = createChunkTemplate()
  return { scan: (bytes) => scanFrame(bytes, template) }
}

const scanFrame = (bytes: Buffer, template: ChunkTemplate): FrameFacts => {
  const notable: { start: number; end: number }[] = []
  let isUnusual = false
  let hasContent = false
  let isDone = false
  let outputTokens = 0
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length) {
    const matchEnd = template.match(bytes, at)
    if (matchEnd >= 0) {
      const textStart = at + template.beforeBytes()
      const textEnd = matchEnd - template.afterBytes()
      hasContent ||= textEnd > textStart
      outputTokens += estimateBytes(bytes, textStart, textEnd)
      at = matchEnd
      continue
    }
    const first = bytes[at]
    if (first === lineFeed) {
      at++
      continue
    }
    if (first === colon) {
      at = lineEnd(bytes, at)
      continue
    }
    const start = startsWith(bytes, at, data) ? skipSpaces(bytes, at + data.length) : -1
    if (start >= 0 && bytes[start] === openBrace) {
      const facts = scanObject(bytes, start)
      const end = facts.end + 2
      const isPlain = bytes[facts.end] === lineFeed && bytes[facts.end + 1] === lineFeed
      isUnusual ||= !isPlain
      if (facts.isNotable) notable.push({ start: at, end })
      else if (isPlain && facts.texts === 1) template.learn(bytes, { ...facts, start: at, end })
      hasContent ||= facts.hasContent
      outputTokens += facts.outputTokens
      at = facts.end
    } else {
      if (start >= 0 && startsWith(bytes, start, doneMark)) isDone = true
      else isUnusual = true
      at = lineEnd(bytes, at)
    }
    if (bytes[at] === carriageReturn) {
      isUnusual = true
      at++
    }
  }
  return { notable, isUnusual, hasContent, isDone, outputTokens }
}

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const data = ascii('data:')
const doneMark = ascii('[DONE]')
const typeName = ascii('"type"')
type Kind = 'finish' | 'usage' | 'error' | 'choices' | 'text' | 'object'

/** The fields that matter, by the length of their names, so that any other is passed by with one look. */
const fieldsByLength = [
  ['finish', 'finish_reason'],
  ['usage', 'usage'],
  ['error', 'error'],
  ['choices', 'choices'],
  ['text', 'content'],
  ['text', 'reasoning_content'],
  ['text', 'reasoning'],
  ['text', 'refusal'],
  ['text', 'arguments'],
  ['text', 'input'],
  ['object', 'tool_calls'],
  ['object', 'function_call'],
  ['object', 'audio'],
].reduce<{ readonly kind: Kind; readonly name: Uint8Array }[][]>(
  (lists, [kind, name = '']) => {
    lists[name.length]?.push({ kind: kind as Kind, name: ascii(name) })
    return lists
  },
  Array.from({ length: 'reasoning_content'.length + 1 }, () => []),
)

const startsWith = (bytes: Uint8Array, at: number, pattern: Uint8Array): boolean => {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false
  return true
}

const lineEnd = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++
  return at
}

const skipSpaces = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (bytes[at] === space) at++
  return at
}

interface ObjectFacts {
  readonly isNotable: boolean
  readonly hasContent: boolean
  readonly outputTokens: number
  /** How many texts it has, and where the last one is. */
  readonly texts: number
  readonly textStart: number
  readonly textEnd: number
  /** The end of its line. */
  readonly end: number
}

/** Scans the JSON object of one `data` line. One that does not end on its line, or is no chunk, is notable. */
const scanObject = (bytes: Uint8Array, from: number): ObjectFacts => {
  let depth = 0
  let isNotable = false
  let hasChoices = false
  let hasContent = false
  let outputTokens = 0
  let texts = 0
  let textStart = 0
  let textEnd = 0
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === quote) {
      const end = stringEnd(bytes, at + 1)
      const value = valueAfter(bytes, end)
      if (value < 0) {
        at = end + 1
        continue
      }
      const kind = kindOf(bytes, at + 1, end)
      if (kind === 'choices') hasChoices = true
      if (isNotableField(kind, bytes, value)) isNotable = true
      if (kind === 'object' && bytes[value] !== letterN) hasContent = true
      if (kind === 'text' && bytes[value] === quote) {
        texts++
        textStart = value + 1
        textEnd = stringEnd(bytes, textStart)
        if (textEnd > textStart) hasContent = true
        outputTokens += estimateBytes(bytes, textStart, textEnd)
        at = textEnd + 1
      } else {
        if (kind === 'text' && startsParts(bytes, value)) hasContent = true
        at = value
      }
      continue
    }
    if (byte === openBrace) depth++
    else if (byte === closeBrace && --depth === 0) break
    else if (byte === lineFeed || byte === carriageReturn) break
    at++
  }
  const isWhole = depth === 0 && hasChoices
  const facts = { hasContent, outputTokens, texts, textStart, textEnd }
  return { ...facts, isNotable: isNotable || !isWhole, end: lineEnd(bytes, at) }
}

/** Whether a text stands here in parts, as Mistral's reasoning models write it: `[{"type"`. */
const startsParts = (bytes: Uint8Array, value: number): boolean => {
  if (bytes[value] !== openBracket) return false
  const first = skipSpaces(bytes, value + 1)
  return bytes[first] === openBrace && startsWith(bytes, skipSpaces(bytes, first + 1), typeName)
}

/** The byte of the closing quote, or of the line's end where a string is cut. */
const stringEnd = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === quote || byte === lineFeed) return at
    at += byte === backslash ? 2 : 1
  }
  return bytes.length
}

/** Where the value of a field begins, given the closing quote of its name; -1 when the string is no name. */
const valueAfter = (bytes: Uint8Array, end: number): number => {
  const at = skipSpaces(bytes, end + 1)
  return bytes[at] === colon ? skipSpaces(bytes, at + 1) : -1
}

const kindOf = (bytes: Uint8Array, start: number, end: number): Kind | undefined => {
  const candidates = fieldsByLength[end - start]
  if (candidates === undefined || candidates.length === 0) return undefined
  const first = bytes[start]
  for (const { kind, name } of candidates)
    if (name[0] === first && startsWith(bytes, start, name)) return kind
  return undefined
}

const isNotableField = (kind: Kind | undefined, bytes: Uint8Array, value: number): boolean => {
  if (kind === 'finish') return bytes[value] === quote && bytes[value + 1] !== quote
  if (kind === 'usage') return bytes[value] === openBrace
  return kind === 'error' && bytes[value] !== letterN && bytes[value] !== openBracket
}

/** `estimateTokens` on the UTF-8 bytes of a JSON string. */
export const estimateBytes = (bytes: Uint8Array, start: number, end: number): number => {
  let latin = 0
  let wide = 0
  let other = 0
  let at = start
  while (at < end) {
    const byte = bytes[at] as number
    if (byte === backslash) {
      const isUnicode = bytes[at + 1] === letterU
      if (isUnicode && bytes[at + 2] !== 0x30) wide++
      else latin++
      at += isUnicode ? 6 : 2
    } else if (byte < 0xca) {
      latin++
      at += byte < 0x80 ? 1 : 2
    } else if (byte < 0xe0) {
      other++
      at += 2
    } else if (byte < 0xf0) {
      if (byte >= 0xe3) wide++
      else other++
      at += 3
    } else {
      other += 2
      at += 4
    }
  }
  return latin / 4 + wide + other / 2
}
