// Private keys in PEM armour (RFC 7468, OpenPGP). They have no longest length: from the begin marker on
// everything is the key, up to the end marker or, when that never comes, to the end of the text.

import { isLetter, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import { end } from '../scan-text.js'
import type { SpanRest, SpanScanner } from '../span-scanner.js'

const beginMarker = '-----BEGIN '
const endMarker = '-----END '
const dash = 45

const startsWith = (text: ScanText, at: number, marker: string) => {
  for (let i = 0; i < marker.length; i++) if (text.at(at + i) !== marker.charCodeAt(i)) return false
  return true
}

/** Reads the label of a marker and its closing dashes. @returns where the marker ends, 0 when it is none */
const markerEnd = (text: ScanText, from: number, mustName: string): number => {
  let label = ''
  let index = from
  while (label.length < 40 && text.at(index) !== dash) {
    if (!isWord(text.at(index)) && text.at(index) !== 32) return 0
    label += String.fromCharCode(text.at(index))
    index++
  }
  return label.includes(mustName) && startsWith(text, index, '-----') ? index + 5 : 0
}

/** Whether a key's body follows: after line breaks, written out or escaped, 16 characters of base64 or a header. */
const hasBody = (text: ScanText, from: number): boolean => {
  let index = from
  while (index - from < 16 && (text.at(index) <= 32 ? text.at(index) !== end : text.at(index) === 92)) {
    index += text.at(index) === 92 && isLetter(text.at(index + 1)) ? 2 : 1
  }
  let run = 0
  while (
    run < 16 &&
    (isWord(text.at(index + run)) || text.at(index + run) === 43 || text.at(index + run) === 47)
  )
    run++
  return run >= 16 || (run > 0 && (text.at(index + run) === 58 || text.at(index + run) === dash))
}

const restOfKey: SpanRest = (text, from) => {
  let index = from
  for (; text.at(index) !== end; index++) {
    if (text.at(index) !== dash || !startsWith(text, index, endMarker)) continue
    const finish = markerEnd(text, index + endMarker.length, '')
    if (finish > 0) return { end: finish, done: true }
  }
  return { end: Math.max(from, index - endMarker.length - 48), done: false }
}

export const privateKey: SpanScanner = {
  detector: 'secrets',
  starts: '-',
  startsInsideWord: true,
  mayBeIn: ({ dashes }) => dashes >= 5,
  scan: (text, at) => {
    if (!startsWith(text, at, beginMarker)) return undefined
    const marker = markerEnd(text, at + beginMarker.length, 'PRIVATE KEY')
    if (marker === 0 || !hasBody(text, marker)) return undefined
    return { kind: 'private-key', severity: 'high', end: marker, rest: restOfKey }
  },
}
