// A text as phrases are looked for in it: lower case, accents and look-alike letters as plain Latin, simplified
// characters as traditional ones, what cannot be seen gone, punctuation as one blank. Every character knows
// where it came from, which sentence it stands in, and how many words lie before it.

import { foldPair, foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'
import { lookAlikes, simplifiedToTraditional } from './look-alikes.js'

/** Length of a word in half words: a Chinese character counts half a word. */
export const wordLength = 2

export interface WordView {
  /** What phrases are matched against: so many of the codes; the lists go on beyond it with what means nothing. */
  readonly length: number
  readonly codes: Uint16Array
  /** Offset into the original of each character. */
  readonly offsets: Int32Array
  /** Number of the sentence of each character. */
  readonly sentences: Int32Array
  /** Half words before each character. */
  readonly distances: Int32Array
  /** Where a phrase may start: so many places, at the first letter of each word and at every letter of an unspaced script. */
  readonly startCount: number
  readonly starts: Int32Array
  /** The characters between two places. */
  readonly slice: (start: number, end: number) => string
}

const blank = 32
const newline = 10

const buildTable = (): Uint16Array => {
  const table = new Uint16Array(0x10000)
  for (let code = 0; code < table.length; code++) table[code] = foldUnit(code)
  const plain = (first: number, last: number) => {
    for (let code = first; code <= last; code++) {
      const base = String.fromCharCode(code).normalize('NFD').charAt(0).toLowerCase()
      table[code] = base.charCodeAt(0)
    }
  }
  plain(0x41, 0x5a)
  plain(0xc0, 0x24f)
  plain(0x370, 0x52f)
  plain(0x1e00, 0x1fff)
  for (const [shown, read] of lookAlikes) table[shown.charCodeAt(0)] = read.charCodeAt(0)
  for (const [simplified, traditional] of simplifiedToTraditional)
    table[simplified.charCodeAt(0)] = traditional.charCodeAt(0)
  return table
}

const table = buildTable()

/** Scripts written without blanks between words: Han, kana, Thai. */
export const isUnspaced = (code: number) =>
  (code >= 0x3400 && code <= 0x9fff) ||
  (code >= 0x3040 && code <= 0x30ff) ||
  (code >= 0x0e00 && code <= 0x0e7f)

/** Arabic comma, semicolon and question mark, Devanagari full stops. */
const otherMarks = new Set([0x060c, 0x061b, 0x061f, 0x06d4, 0x0964, 0x0965])

const isPunctuation = (code: number) =>
  (code < 0x80 && !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57)) ||
  (code >= 0x80 && code <= 0xbf) ||
  otherMarks.has(code) ||
  (code >= 0x2000 && code <= 0x2bff) ||
  (code >= 0x3000 && code <= 0x303f && code !== 0x3005) ||
  (code >= 0xd800 && code <= 0xf8ff) ||
  code >= 0xfe30

const letter = 0
const unspacedLetter = 1
const mark = 2

const kinds = Uint8Array.from({ length: 0x10000 }, (_, code) =>
  isPunctuation(code) ? mark : isUnspaced(code) ? unspacedLetter : letter,
)

export const isWordCode = (code: number) => kinds[code] !== mark

const isApostrophe = (code: number) => code === 39 || code === 0x2019 || code === 0x2018 || code === 0x60

/** Ends a sentence: a full stop before a blank, and every other mark that cannot stand inside one. */
const endsSentence = (code: number, next: number) =>
  code === newline ||
  code === 0x3002 ||
  code === 0x0964 ||
  code === 0x061f ||
  code === 0x06d4 ||
  code === 33 ||
  code === 63 ||
  (code === 46 && (Number.isNaN(next) || next <= blank || next > 0x7f))

const styledPair = 0xfffd

/** How a surrogate pair reads. */
const readPair = (high: number, low: number): number => {
  const folded = foldPair(high, low) ?? styledPair
  return folded < 0x80 ? (table[folded] as number) : folded
}

/** Lists of so many characters. */
const createLists = (capacity: number) => {
  const codes = new Uint16Array(capacity)
  /** The same memory. */
  const bytes = Buffer.from(codes.buffer)
  return {
    codes,
    offsets: new Int32Array(capacity),
    sentences: new Int32Array(capacity),
    distances: new Int32Array(capacity),
    starts: new Int32Array(capacity),
    slice: (start: number, end: number) => bytes.toString('utf16le', start * 2, end * 2),
  }
}

/** Used by one view after the other: making them would cost more than filling them. They grow with what is read. */
let shared = createLists(4096)

const noGap = 0
const blankGap = 1
const markGap = 2

/** The view of a text. It is good until the next one is made. One loop without closures, since every text passes here. */
export const createWordView = (original: string): WordView => {
  // A blank is only ever written for a mark that was read, so the view is never longer than the original.
  if (original.length > shared.codes.length) shared = createLists(original.length)
  const { codes, offsets, sentences, distances, starts } = shared
  let length = 0
  let startCount = 0
  let sentence = 0
  let distance = 0
  let gap = noGap
  let lastKind = mark
  for (let i = 0; i < original.length; i++) {
    const unit = original.charCodeAt(i)
    const isPair = isHighSurrogate(unit) && isLowSurrogate(original.charCodeAt(i + 1))
    const code = isPair ? readPair(unit, original.charCodeAt(i + 1)) : (table[unit] as number)
    const at = i
    if (isPair) i++
    if (code === invisible) continue
    const kind = kinds[code] as number
    if (kind === mark) {
      if (code === blank) {
        if (gap === noGap) gap = blankGap
        continue
      }
      const next = original.charCodeAt(i + 1)
      if (gap === noGap && isApostrophe(code) && isWordCode(table[next] ?? blank)) continue
      if (endsSentence(code, next)) sentence++
      gap = markGap
      continue
    }
    const isWritten =
      gap === markGap || (gap === blankGap && !(kind === unspacedLetter && lastKind === unspacedLetter))
    const startsWord = gap !== noGap || lastKind !== letter
    if (isWritten && length > 0) {
      codes[length] = blank
      offsets[length] = at
      sentences[length] = sentence
      distances[length] = distance
      length++
    }
    if (kind === unspacedLetter) distance += 1
    else if (startsWord) distance += wordLength
    if (kind === unspacedLetter || startsWord) starts[startCount++] = length
    codes[length] = code
    offsets[length] = at
    sentences[length] = sentence
    distances[length] = distance
    length++
    gap = noGap
    lastKind = kind
  }
  return { ...shared, length, startCount }
}
