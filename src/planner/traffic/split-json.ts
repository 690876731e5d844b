// Objects out of JSON text that comes in pieces: of an array, of an array inside a page, or one after another.
// Holds one object at a time. Whether an object is valid JSON is for the caller to find out.

import type { Broken } from './broken.js'
import { maxRecordLength, type Splitter } from './split-lines.js'

const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const isOpen = (code: number) => code === 0x7b || code === 0x5b
const isClose = (code: number) => code === 0x7d || code === 0x5d

/**
 * Calls `emit` with the text of every object that opens inside `depth` others: 0 for objects one after another, 1 for
 * the elements of an array, 2 for those of an array in an object.
 */
export const createObjectSplitter = (
  depth: number,
  emit: (text: string, line: number) => void,
  broken: (what: Broken) => void,
): Splitter => {
  let level = 0
  let line = 1
  let inString = false
  let isEscaped = false
  let pieces = ''
  let startLine = 0
  let isInside = false
  let isTooLong = false

  const finish = (text: string) => {
    isInside = false
    if (isTooLong || pieces.length + text.length > maxRecordLength)
      broken({ line: startLine, lines: 1, reason: 'too-long' })
    else emit(pieces + text, startLine)
    pieces = ''
    isTooLong = false
  }

  const push = (text: string) => {
    let start = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === newline) line++
      if (inString) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) inString = false
      } else if (code === quote) inString = true
      else if (isOpen(code)) {
        if (level === depth && code === 0x7b) {
          isInside = true
          start = at
          startLine = line
        }
        level++
      } else if (isClose(code)) {
        level = Math.max(0, level - 1)
        if (isInside && level === depth) finish(text.slice(start, at + 1))
      }
    }
    if (!isInside) return
    pieces += text.slice(start)
    if (pieces.length > maxRecordLength) {
      isTooLong = true
      pieces = ''
    }
  }
  return {
    push,
    end: () => {
      if (isInside || level > 0)
        broken({
          line: isInside ? startLine : line,
          lines: isInside ? line - startLine + 1 : 1,
          reason: isTooLong ? 'too-long' : 'cut-off',
        })
    },
  }
}
