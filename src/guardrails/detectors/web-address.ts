// The scheme and host of a web address. HIPAA counts addresses among its identifiers, but most name nobody: recorded only.

import { isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanScanner } from '../span-scanner.js'

const prefixes = ['http://', 'https://', 'www.']
const maxHost = 253

const startsWith = (text: ScanText, at: number, prefix: string): boolean => {
  for (let i = 0; i < prefix.length; i++) {
    const code = text.at(at + i)
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== prefix.charCodeAt(i)) return false
  }
  return true
}

export const webAddress: SpanScanner = {
  detector: 'personalData',
  starts: 'hHwW',
  mayBeIn: ({ hasDoubleSlash, hasDoubleW }) => hasDoubleSlash || hasDoubleW,
  scan: (text, at) => {
    const prefix = prefixes.find((candidate) => startsWith(text, at, candidate))
    if (prefix === undefined || text.at(at - 1) === 47) return undefined
    const host = at + prefix.length
    let index = host
    let end = host
    while (
      index - host < maxHost &&
      (isWord(text.at(index)) || text.at(index) === 45 || text.at(index) === 46)
    ) {
      if (text.at(index) !== 46) end = index + 1
      index++
    }
    if (text.at(end) === 47) end++
    return end > host ? { kind: 'web-address', severity: 'low', end } : undefined
  },
}
