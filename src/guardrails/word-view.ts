// A text as phrases are looked for in it: lower case, accents and look-alike letters as plain Latin, simplified
// characters as traditional ones, what cannot be seen gone, punctuation as one blank. Every character knows
// where it came from, which sentence it stands in, and how many words lie before it.

import { foldPair, foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'
import { lookAlikes, simplifiedToTraditional } from './look-alikes.js'

/** Length of a word in half words: a Chinese character counts half a word. */
export const wordLength = 2

export interface WordView {
  /** What phrases are matched against. */
  readonly text: string
  /** Offset into the original of each character. */
  readonly offsets: readonly number[]
  /** Number of the sentence of each character. */
  readonly sentences: readonly number[]
  /** Half words before each character. */
  readonly distances: readonly number[]
  /** How many invisible characters stood between two letters. */
  readonly hidden: number
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

export const isWordCode = (code: number) => !isPunctuation(code)

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

export const createWordView = (original: string): WordView => {
  const offsets: number[] = []
  const sentences: number[] = []
  const distances: number[] = []
  const codes: number[] = []
  let sentence = 0
  let distance = 0
  let hidden = 0
  let pendingHidden = 0
  let gap: 'none' | 'blank' | 'mark' = 'none'

  const push = (code: number, offset: number) => {
    codes.push(code)
    offsets.push(offset)
    sentences.push(sentence)
    distances.push(distance)
  }

  const takeWord = (code: number, offset: number) => {
    const last = codes.at(-1)
    const unspaced = isUnspaced(code)
    const isSplitHan = gap === 'blank' && unspaced && last !== undefined && isUnspaced(last)
    if (gap !== 'none' && codes.length > 0 && !isSplitHan) push(blank, offset)
    else if (gap === 'none') hidden += pendingHidden
    const startsWord = gap !== 'none' || last === undefined || last === blank || isUnspaced(last)
    if (unspaced) distance += 1
    else if (startsWord) distance += wordLength
    push(code, offset)
    gap = 'none'
    pendingHidden = 0
  }

  const takeMark = (code: number, next: number) => {
    if (isApostrophe(code) && gap === 'none' && isWordCode(table[next] ?? blank)) return
    if (endsSentence(code, next)) sentence++
    if (code !== blank) gap = 'mark'
    else if (gap === 'none') gap = 'blank'
    pendingHidden = 0
  }

  for (let i = 0; i < original.length; i++) {
    const unit = original.charCodeAt(i)
    const next = original.charCodeAt(i + 1)
    const isPair = isHighSurrogate(unit) && isLowSurrogate(next)
    const folded = isPair ? (foldPair(unit, next) ?? 0xfffd) : (table[unit] as number)
    const code = isPair && folded < 0x80 ? (table[folded] as number) : folded
    if (code === invisible) pendingHidden++
    else if (isWordCode(code)) takeWord(code, i)
    else takeMark(isPair ? 0xfffd : code, isPair ? Number.NaN : next)
    if (isPair) i++
  }
  let text = ''
  for (let i = 0; i < codes.length; i += 4096) text += String.fromCharCode(...codes.slice(i, i + 4096))
  return { text, offsets, sentences, distances, hidden }
}
