// Public IP addresses, which the GDPR counts as personal data. Private, loopback and reserved ones name nobody,
// and four-part version numbers only look alike.

import { isDigit, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanMatch, SpanScanner } from '../span-scanner.js'
import { contextsBefore } from './context-words.js'

const dot = 46
const colon = 58

/** RFC 1918, 5735, 6598: addresses that are not one host's on the internet. */
const isReserved = ([a = 0, b = 0]: readonly number[]) =>
  a === 0 ||
  a === 10 ||
  a === 127 ||
  a >= 224 ||
  (a === 100 && b >= 64 && b <= 127) ||
  (a === 169 && b === 254) ||
  (a === 172 && b >= 16 && b <= 31) ||
  (a === 192 && b === 168)

const version4 = (text: ScanText, at: number): SpanMatch | undefined => {
  const octets: number[] = []
  let index = at
  while (octets.length < 4) {
    const start = index
    let value = 0
    while (index - start < 4 && isDigit(text.at(index))) value = value * 10 + text.at(index++) - 48
    if (index === start || index - start > 3 || value > 255) return undefined
    octets.push(value)
    if (octets.length < 4 && text.at(index++) !== dot) return undefined
  }
  if (isWord(text.at(index)) || (text.at(index) === dot && isDigit(text.at(index + 1)))) return undefined
  if (isReserved(octets) || contextsBefore(text, at, 16)[0] === 'version') return undefined
  return { kind: 'ip-address', severity: 'medium', end: index }
}

const isHex = (code: number) => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102)

/** Unique local, link-local and multicast addresses: fc00::/7, fe80::/10, ff00::/8. */
const isLocal = (text: ScanText, at: number) =>
  (text.at(at) | 32) === 102 && (text.at(at + 1) | 32) >= 99 && (text.at(at + 1) | 32) <= 102

/** Eight groups, or fewer with one `::`. Times and hardware addresses have neither. */
const version6 = (text: ScanText, at: number): SpanMatch | undefined => {
  let index = at
  let groups = 0
  let gaps = 0
  while (index - at < 48) {
    const start = index
    while (index - start < 5 && isHex(text.at(index))) index++
    if (index - start > 4) return undefined
    if (index > start) groups++
    if (text.at(index) !== colon) break
    const isGap = text.at(index + 1) === colon
    if (isGap) gaps++
    else if (!isHex(text.at(index + 1))) break
    index += isGap ? 2 : 1
  }
  const isWhole = gaps === 0 ? groups === 8 : gaps === 1 && groups >= 3 && groups < 8
  if (!isWhole || isWord(text.at(index)) || isLocal(text, at)) return undefined
  return { kind: 'ip-address', severity: 'medium', end: index }
}

export const ipAddress: SpanScanner = {
  detector: 'personalData',
  starts: '0123456789abcdefABCDEF',
  mayBeIn: ({ points, colons }) => points >= 3 || colons >= 3,
  scan: (text, at) => {
    const before = text.at(at - 1)
    if ((before === dot || before === colon) && isWord(text.at(at - 2))) return undefined
    if (isDigit(text.at(at))) {
      const found = version4(text, at)
      if (found) return found
    }
    return version6(text, at)
  },
}
