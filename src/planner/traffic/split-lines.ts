// Lines and CSV records out of text that comes in pieces. Holds one line at a time, never the source.

import type { Broken } from './broken.js'

export interface Splitter {
  push(text: string): void
  end(): void
}

/** Longer lines and objects are broken ones: nothing of a log is that long, and memory must stay bounded. */
export const maxRecordLength = 16 * 1024 * 1024

/** Calls `emit` with every line that is not empty, without its end, and with its number (from 1). */
export const createLineSplitter = (
  emit: (line: string, number: number) => void,
  broken: (what: Broken) => void,
): Splitter => {
  let rest = ''
  let number = 0
  let isSkipping = false
  const take = (line: string) => {
    number++
    if (isSkipping || line.length > maxRecordLength) broken({ line: number, lines: 1, reason: 'too-long' })
    else if (line.trim() !== '') emit(line.endsWith('\r') ? line.slice(0, -1) : line, number)
    isSkipping = false
  }
  return {
    push: (text) => {
      let start = 0
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
        take(rest + text.slice(start, at))
        rest = ''
        start = at + 1
      }
      rest += text.slice(start)
      if (rest.length > maxRecordLength) {
        isSkipping = true
        rest = ''
      }
    },
    end: () => {
      if (rest !== '' || isSkipping) take(rest)
      rest = ''
    },
  }
}

/**
 * Calls `emit` with every record of a CSV (RFC 4180; quoted fields may hold line ends) as an object under the
 * names of its first record.
 */
export const createCsvSplitter = (
  delimiter: string,
  emit: (row: Record<string, string>, line: number) => void,
  broken: (what: Broken) => void,
): Splitter => {
  let header: readonly string[] | undefined
  let pending: { text: string; line: number; lines: number } | undefined
  const wait = (text: string, line: number, lines: number) => {
    pending = { text, line, lines }
    if (text.length > maxRecordLength) drop('too-long')
  }
  const record = (text: string, line: number, lines: number) => {
    const fields = splitRecord(text, delimiter)
    if (!fields) return wait(text, line, lines)
    pending = undefined
    if (!header) header = fields.map((name) => name.trim())
    else if (fields.length === header.length)
      emit(Object.fromEntries(header.map((name, i) => [name, fields[i] ?? ''])), line)
    else broken({ line, lines, reason: 'fields' })
  }
  const drop = (reason: Broken['reason']) => {
    if (pending) broken({ line: pending.line, lines: pending.lines, reason })
    pending = undefined
  }
  const lines = createLineSplitter((text, number) => {
    if (!pending) return record(text, number, 1)
    const go = endsQuote(text) ? record : wait
    go(`${pending.text}\n${text}`, pending.line, number - pending.line + 1)
  }, broken)
  return {
    push: lines.push,
    end: () => {
      lines.end()
      drop('cut-off')
    },
  }
}

/** Whether a line inside a quoted field may end it; only then the field, which may be long, is read again. */
const endsQuote = (line: string): boolean => line.replaceAll('""', '').includes('"')

/** @returns the fields, or null when a quoted field has no end yet */
export const splitRecord = (text: string, delimiter: string): string[] | null => {
  if (!text.includes('"')) return text.split(delimiter)
  const fields: string[] = []
  for (let at = 0; ; at++) {
    let field: string
    if (text[at] === '"') {
      let value = ''
      for (at++; ; at++) {
        const end = text.indexOf('"', at)
        if (end < 0) return null
        value += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        value += '"'
      }
      const end = text.indexOf(delimiter, at)
      field = value + text.slice(at, end < 0 ? text.length : end)
      at = end < 0 ? text.length : end
    } else {
      const end = text.indexOf(delimiter, at)
      field = text.slice(at, end < 0 ? text.length : end)
      at = end < 0 ? text.length : end
    }
    fields.push(field)
    if (at >= text.length) return fields
  }
}
