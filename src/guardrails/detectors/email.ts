// E-mail addresses: local part of at most 64 characters, dotted domain, top level of letters (RFC 5321, 5322).

import { isAccented, isLetter, isWord, oneOf } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanScanner } from '../span-scanner.js'

const maxLocal = 64
const maxDomain = 253
const isLocalMark = oneOf("._%+-'")
const isName = (code: number) => isWord(code) || isAccented(code)
const isLocal = (code: number) => isName(code) || isLocalMark(code)
const isDomain = (code: number) => isWord(code) || code === 45 || code === 46
const dot = 46

/** Where the domain ends: after its last label of two or more letters that follows a dot; 0 when there is none. */
const domainEnd = (text: ScanText, from: number): number => {
  let end = 0
  let label = from
  for (let index = from; index - from <= maxDomain; index++) {
    const code = text.at(index)
    if (code !== dot && isDomain(code)) continue
    const isLabel = index > label
    if (label > from && isLabel && isTopLevel(text, label, index)) end = index
    if (code !== dot || !isLabel) break
    label = index + 1
  }
  return end
}

const isTopLevel = (text: ScanText, from: number, to: number): boolean => {
  for (let index = from; index < to; index++)
    if (!isLetter(text.at(index))) return to - from > 4 && text.at(from) === 120
  return to - from >= 2
}

export const email: SpanScanner = {
  detector: 'personalData',
  starts: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  startsAccented: true,
  mayBeIn: ({ hasAt }) => hasAt,
  scan: (text, at) => {
    const before = text.at(at - 1)
    if (isAccented(before) || (isLocalMark(before) && isName(text.at(at - 2)))) return undefined
    let index = at
    while (index - at <= maxLocal && isLocal(text.at(index))) index++
    if (text.at(index) !== 64 || index - at > maxLocal || text.at(index - 1) === dot) return undefined
    const end = domainEnd(text, index + 1)
    return end > 0 ? { kind: 'email', severity: 'medium', end } : undefined
  },
}
