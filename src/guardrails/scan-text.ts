// A text that arrives in pieces, as scanners read it: folded, and only what can be seen. It remembers whether a
// scanner looked past what has arrived, because then nothing it concluded is certain yet.

import { foldPair, foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'

/** What `at` gives past the end. */
export const end = -1

/** Visible characters kept before what has been dropped, for `before`. */
const kept = 64

export interface ScanText {
  /** Code of the visible character at `index`, or `end`. */
  at(index: number): number
  /** Up to `count` (at most 64) visible characters before `index`, in lower case. */
  before(index: number, count: number): string
}

export interface GrowingText extends ScanText {
  append(text: string): void
  /** Nothing follows any more. */
  finish(): void
  /** Number of visible characters so far. */
  length(): number
  /** Offset into the original of a visible character; of the end of the text for `length()`. */
  offset(index: number): number
  /** Offset just after a visible character. */
  offsetAfter(index: number): number
  /** The original between two offsets that have not been dropped. */
  slice(from: number, to: number): string
  /** Runs a look, and says whether it depended on what has not arrived. */
  certain<T>(look: () => T): { readonly result: T; readonly certain: boolean }
  /** Gives up what lies before `index`, except what `before` needs. */
  drop(index: number): void
}

export const createGrowingText = (): GrowingText => {
  let original = ''
  let originalStart = 0
  let codes: number[] = []
  let offsets: number[] = []
  let first = 0
  let pending = ''
  let finished = false
  let lookedPast = false

  const push = (code: number, offset: number) => {
    if (code === invisible) return
    codes.push(code)
    offsets.push(offset)
  }

  const append = (text: string) => {
    const piece = pending + text
    const whole =
      finished || !isHighSurrogate(piece.charCodeAt(piece.length - 1)) ? piece.length : piece.length - 1
    pending = piece.slice(whole)
    const base = originalStart + original.length
    original += piece.slice(0, whole)
    for (let i = 0; i < whole; i++) {
      const unit = piece.charCodeAt(i)
      if (!isHighSurrogate(unit) || !isLowSurrogate(piece.charCodeAt(i + 1))) {
        push(foldUnit(unit), base + i)
        continue
      }
      const folded = foldPair(unit, piece.charCodeAt(i + 1))
      if (folded === undefined) {
        push(unit, base + i)
        push(piece.charCodeAt(i + 1), base + i + 1)
      } else push(folded, base + i)
      i++
    }
  }

  const at = (index: number) => {
    if (index < first + codes.length) return codes[index - first] ?? end
    if (!finished) lookedPast = true
    return end
  }

  return {
    at,
    before: (index, count) =>
      String.fromCharCode(...codes.slice(Math.max(0, index - first - count), index - first)).toLowerCase(),
    append,
    finish: () => {
      finished = true
      append('')
    },
    length: () => first + codes.length,
    offset: (index) => offsets[index - first] ?? originalStart + original.length,
    offsetAfter: (index) => {
      const offset = offsets[index - first] ?? originalStart + original.length
      const isPair =
        isHighSurrogate(original.charCodeAt(offset - originalStart)) &&
        (codes[index - first] ?? 0xd800) < 0x80
      return offset + (isPair ? 2 : 1)
    },
    slice: (from, to) => original.slice(from - originalStart, to - originalStart),
    certain: (look) => {
      lookedPast = false
      const result = look()
      return { result, certain: !lookedPast }
    },
    drop: (index) => {
      const count = index - first - kept
      if (count < 1024) return
      const offset = offsets[count] as number
      codes = codes.slice(count)
      offsets = offsets.slice(count)
      first += count
      original = original.slice(offset - originalStart)
      originalStart = offset
    },
  }
}
