// A source given as a text, read the way the command reads it: sniffed, then pushed in pieces.

import { loadCatalogue } from '../../../catalog/index.js'
import { sniffLength, sniffText } from '../sniff-text.js'
import type { Traffic } from '../traffic.js'
import { createTrafficReader } from '../traffic-reader.js'

export const catalogue = loadCatalogue()

export interface ReadOptions {
  readonly format?: string
  /** Characters of each piece. */
  readonly pieceLength?: number
}

export const readText = (text: string, { format, pieceLength = 65_536 }: ReadOptions = {}): Traffic => {
  const kind = sniffText(text.slice(0, sniffLength))
  if (kind.kind === 'metrics') throw new Error('This text is read as metrics.')
  const reader = createTrafficReader({ kind, format, catalogue })
  for (let at = 0; at < text.length; at += pieceLength) reader.push(text.slice(at, at + pieceLength))
  return reader.end()
}

export const jsonLines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')
