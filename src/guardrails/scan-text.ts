// A text that arrives in pieces, as scanners read it: folded, and only what can be seen. It remembers whether a
// scanner looked past what has arrived, because then nothing it concluded is certain yet.

import { isAccented, isWord } from './characters.js'
import { foldPair, foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'

/** Stands for every accented letter in a table by ASCII code. */
export const accentedBucket = 128

/** What `at` gives past the end. */
export const end = -1

/** Characters for which there is room at first: texts that come word by word would outgrow less again and again. */
const leastCapacity = 256

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
  /**
   * The first index from `from` on where a span may start by its character: `atWordStart` and `insideWord` hold
   * 1 for the ASCII codes that may, and in their last entry for accented letters; `stop` when there is none before it.
   */
  nextStart(from: number, stop: number, atWordStart: Uint8Array, insideWord: Uint8Array): number
  /** Forgets that anybody looked past what has arrived. */
  startLook(): void
  /** Whether anybody looked past what has arrived since then, so that what was concluded may still change. */
  lookedPast(): boolean
  /** Gives up what lies before `index`, except what `before` needs. */
  drop(index: number): void
}

/** Places for characters and their offsets. */
interface Places {
  readonly codes: Uint16Array<ArrayBuffer>
  /** The same memory: a view made at each look would cost more than the look. */
  readonly bytes: Buffer
  readonly offsets: Uint32Array<ArrayBuffer>
}

const createPlaces = (count: number): Places => placesOf(new Uint16Array(count), new Uint32Array(count))

const placesOf = (codes: Places['codes'], offsets: Places['offsets']): Places => ({
  codes,
  bytes: Buffer.from(codes.buffer),
  offsets,
})

/** For texts that are scanned whole, in one go: making places would cost more than filling them. */
const sharedPlaces = createPlaces(8192)

const noPlaces = createPlaces(0)

/** @param isWhole whether the text is done with before any other is begun */
export const createGrowingText = ({ isWhole = false } = {}): GrowingText => {
  let original = ''
  let originalStart = 0
  // Index i of the text stands at i - first of these; `count` of their places are in use.
  let { codes, bytes, offsets } = isWhole ? sharedPlaces : noPlaces
  let count = 0
  let first = 0
  let pending = ''
  let finished = false
  let lookedPast = false

  const makeRoom = (more: number) => {
    if (count + more <= codes.length) return
    const capacity = Math.max(count + more, 2 * count, leastCapacity)
    const [oldCodes, oldOffsets] = [codes, offsets]
    ;({ codes, bytes, offsets } = createPlaces(capacity))
    codes.set(oldCodes.subarray(0, count))
    offsets.set(oldOffsets.subarray(0, count))
  }

  const push = (code: number, offset: number) => {
    if (code === invisible) return
    codes[count] = code
    offsets[count] = offset
    count++
  }

  const append = (text: string) => {
    const piece = pending + text
    const whole =
      finished || !isHighSurrogate(piece.charCodeAt(piece.length - 1)) ? piece.length : piece.length - 1
    pending = piece.slice(whole)
    const base = originalStart + original.length
    makeRoom(whole)
    original += piece.slice(0, whole)
    for (let i = 0; i < whole; i++) {
      const unit = piece.charCodeAt(i)
      if (unit < 0x80 && unit !== invisible) {
        codes[count] = unit
        offsets[count++] = base + i
        continue
      }
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
    if (index < first + count) return index < first ? end : (codes[index - first] as number)
    if (!finished) lookedPast = true
    return end
  }

  const offsetOf = (index: number) =>
    index < first + count ? (offsets[index - first] as number) : originalStart + original.length

  return {
    at,
    before: (index, reach) => {
      const stop = Math.max(0, index - first)
      const start = Math.max(0, stop - reach)
      return bytes.toString('utf16le', start * 2, stop * 2).toLowerCase()
    },
    append,
    finish: () => {
      finished = true
      append('')
    },
    length: () => first + count,
    offset: offsetOf,
    offsetAfter: (index) => {
      const offset = offsetOf(index)
      const isPair = isHighSurrogate(original.charCodeAt(offset - originalStart)) && at(index) < 0x80
      return offset + (isPair ? 2 : 1)
    },
    slice: (from, to) => original.slice(from - originalStart, to - originalStart),
    nextStart: (from, stop, atWordStart, insideWord) => {
      for (let i = from - first; i < stop - first; i++) {
        const code = codes[i] as number
        if (code > 0x24f) continue
        const bucket = code < accentedBucket ? code : isAccented(code) ? accentedBucket : -1
        const starts = i > 0 && isWord(codes[i - 1] as number) ? insideWord : atWordStart
        if (bucket !== -1 && starts[bucket] === 1) return first + i
      }
      return stop
    },
    startLook: () => {
      lookedPast = false
    },
    lookedPast: () => lookedPast,
    drop: (index) => {
      const dropped = index - first - kept
      if (dropped < 1024) return
      const offset = offsetOf(first + dropped)
      ;({ codes, bytes, offsets } = placesOf(codes.slice(dropped, count), offsets.slice(dropped, count)))
      count -= dropped
      first += dropped
      original = original.slice(offset - originalStart)
      originalStart = offset
    },
  }
}
