// What a scanner of spans is: it decides at one place whether something starts there. Scanners read characters
// one by one and stop as soon as they know, because everything after that place is held back until they do.

import type { Severity } from './contract.js'
import type { ScanText } from './scan-text.js'
import type { TextTraits } from './text-traits.js'

/**
 * Longest stretch of visible characters that a scanner may need to see, from where a span starts, before it
 * knows: an e-mail address of 64 + 1 + 253 characters and what follows it.
 */
export const maxHoldBackCharacters = 320

export interface SpanMatch {
  readonly kind: string
  readonly severity: Severity
  /** Index of the first visible character that is certainly past the span, or past its known part. */
  readonly end: number
  /** For a span without a longest length: continues it from an index. */
  readonly rest?: SpanRest
}

/** How far an open span goes: `end` is where it ended (`done`) or how far it certainly goes so far. */
export type SpanRest = (text: ScanText, from: number) => { readonly end: number; readonly done: boolean }

export interface SpanScanner {
  /** `personalData` or `secrets`. */
  readonly detector: string
  /** ASCII characters a span may start with. */
  readonly starts: string
  /** Whether it may start with an accented Latin letter too. */
  readonly startsAccented?: boolean
  /** Whether it may start right after an ASCII letter or digit. Default no. */
  readonly startsInsideWord?: boolean
  /**
   * Whether such a span may start where the next `traitsBlock` characters or more have these traits; true wherever there
   * is a doubt.
   */
  readonly mayBeIn: (traits: TextTraits) => boolean
  readonly scan: (text: ScanText, at: number) => SpanMatch | undefined
}

/** Continues a span as long as its characters are of one class. */
export const restWhile =
  (belongs: (code: number) => boolean): SpanRest =>
  (text, from) => {
    let end = from
    while (belongs(text.at(end))) end++
    return { end, done: true }
  }
