// Passport numbers. They look like any other number, so only a word such as "passport" (護照) before one tells.

import { isDigit, isLetter, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanMatch } from '../span-scanner.js'
import { contextsBefore } from './context-words.js'

/** Zero to two letters and seven to nine digits, as ICAO 9303 document numbers of most states are. */
export const passport = (text: ScanText, at: number): SpanMatch | undefined => {
  let digitsStart = at
  while (digitsStart - at < 2 && isLetter(text.at(digitsStart))) digitsStart++
  let end = digitsStart
  while (end - digitsStart < 10 && isDigit(text.at(end))) end++
  const digits = end - digitsStart
  if (digits < 7 || digits > 9 || isWord(text.at(end))) return undefined
  return contextsBefore(text, at, 24)[0] === 'passport'
    ? { kind: 'passport', severity: 'high', end }
    : undefined
}
