// What encoded stretches of a text say: base64, hexadecimal, percent encoding, ROT13. At most 4,096 characters
// of them are decoded, and only what turns out to be readable text counts.

export interface DecodedPayload {
  /** Where the encoded stretch stands; UTF-16 offsets. */
  readonly start: number
  readonly end: number
  readonly text: string
}

const maxCharacters = 4096

const base64Run = /[A-Za-z0-9+/_-]{16,4096}={0,2}/g
const hexRun = /[0-9a-fA-F][0-9a-fA-F :]{23,4095}/g
const percentRun = /[A-Za-z0-9._~+%-]{18,4096}/g
const escaped = /%([0-9a-fA-F]{2})/g
/** "ignore", "previous", "instruction", "system", "prompt", "disregard" in ROT13. */
const rotatedWord = /\b(?:vtaber|cerivbhf|vafgehpgvba|flfgrz|cebzcg|qvfertneq)/i

const decoder = new TextDecoder('utf-8', { fatal: true })

const readable = (bytes: Uint8Array): string | undefined => {
  try {
    const text = decoder.decode(bytes)
    const strange = text.replace(/[\p{L}\p{N}\p{P}\p{Z}\n\r\t]/gu, '').length
    return text.length >= 6 && strange * 20 <= text.length ? text : undefined
  } catch {
    return undefined
  }
}

const fromBase64 = (run: string) =>
  readable(Buffer.from(run.replaceAll('-', '+').replaceAll('_', '/'), 'base64'))

const fromHex = (run: string) => {
  const digits = run.replace(/[ :]/g, '')
  return digits.length >= 24 && digits.length % 2 === 0 ? readable(Buffer.from(digits, 'hex')) : undefined
}

const fromPercent = (run: string) => {
  if ((run.match(escaped)?.length ?? 0) < 6) return undefined
  const bytes = run.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return readable(Buffer.from(bytes, 'latin1'))
}

const encodings: readonly { readonly run: RegExp; readonly decode: (run: string) => string | undefined }[] = [
  { run: base64Run, decode: fromBase64 },
  { run: hexRun, decode: fromHex },
  { run: percentRun, decode: fromPercent },
]

const rotate = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0)
    return String.fromCharCode((code | 32) < 110 ? code + 13 : code - 13)
  })

export const decodedPayloads = (text: string): readonly DecodedPayload[] => {
  const found: DecodedPayload[] = []
  let budget = maxCharacters
  for (const { run, decode } of encodings)
    for (const { 0: encoded, index: start } of text.matchAll(run)) {
      const decoded = encoded.length <= budget ? decode(encoded) : undefined
      if (decoded === undefined) continue
      budget -= encoded.length
      found.push({ start, end: start + encoded.length, text: decoded })
    }
  if (text.length <= budget && rotatedWord.test(text))
    found.push({ start: 0, end: text.length, text: rotate(text) })
  return found
}
