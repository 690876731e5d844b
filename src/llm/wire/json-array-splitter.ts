// The elements of a JSON array that comes piece by piece, such as Gemini's answers without server-sent events. Input
// may be cut anywhere. Reads no value: it only finds where the elements of the outermost array begin and end.

import { llmError } from '../messages.js'

export interface JsonArraySplitter {
  /**
   * The texts of the elements that are complete now.
   * @throws `llm.event-too-large` when an element grows over the limit
   */
  push(bytes: Uint8Array): readonly string[]
}

const maxElementBytes = 16 * 1024 * 1024

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

export const createJsonArraySplitter = (): JsonArraySplitter => {
  let depth = 0
  let isInString = false
  let isEscaped = false
  let pieces: Uint8Array[] = []
  let pieceBytes = 0

  const keep = (piece: Uint8Array) => {
    if (piece.length === 0) return
    pieceBytes += piece.length
    if (pieceBytes > maxElementBytes) throw llmError('llm.event-too-large', { limitBytes: maxElementBytes })
    pieces.push(piece)
  }
  const take = () => {
    const text = Buffer.concat(pieces).toString('utf8').trim()
    pieces = []
    pieceBytes = 0
    return text === '' ? [] : [text]
  }
  /** Whether the byte separates elements of the outermost array, or opens or closes it. */
  const isBoundary = (byte: number): boolean => {
    if (isInString) {
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quote) isInString = false
      return false
    }
    if (byte === quote) isInString = true
    if (byte === openBrace || byte === openBracket) return depth++ === 0
    if (byte === closeBrace || byte === closeBracket) return --depth === 0
    return byte === comma && depth === 1
  }
  return {
    push: (bytes) => {
      const elements: string[] = []
      let start = 0
      for (let i = 0; i < bytes.length; i++) {
        if (!isBoundary(bytes[i] as number)) continue
        keep(bytes.subarray(start, i))
        elements.push(...take())
        start = i + 1
      }
      keep(bytes.subarray(start))
      return elements
    },
  }
}
