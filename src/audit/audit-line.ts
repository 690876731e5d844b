// The lines of the audit log, version 1: one JSON object each, its last field `hash` the SHA-256 of the hash before it
// and of the text before that field. So no line can be changed, taken out or moved without every later one showing it.
// Knows no file.

import { hash as digestOf } from 'node:crypto'
import type { AuditRecord, PlacedRecord } from './audit-record.js'

/** The place of an entry in the chain. */
export interface Position {
  readonly n: number
  readonly hash: string
}

/** Before the first entry. */
export const origin: Position = { n: 0, hash: '0'.repeat(64) }

export interface EncodedLine extends Position {
  /** With its line end. */
  readonly text: string
}

export const encodeLine = (record: AuditRecord, atMs: number, before: Position): EncodedLine => {
  const n = before.n + 1
  const body = `{"v":1,"n":${n},"at":"${isoTime(atMs)}",${JSON.stringify(record).slice(1)}`
  const hash = chainHash(before.hash, body)
  return { n, hash, text: `${body.slice(0, -1)},"hash":"${hash}"}\n` }
}

/** Many entries are of the same millisecond. */
let lastMs = Number.NaN
let lastTime = ''
const isoTime = (atMs: number): string => {
  if (atMs !== lastMs) {
    lastTime = new Date(atMs).toISOString()
    lastMs = atMs
  }
  return lastTime
}

export const chainHash = (before: string, body: string): string => digestOf('sha256', before + body, 'hex')

export interface DecodedLine {
  readonly record: PlacedRecord
  /** As the line states it. */
  readonly hash: string
  /** What the hash was taken of, beside the hash before. */
  readonly body: string
}

const hashPattern = /,"hash":"([0-9a-f]{64})"\}$/

/** @param line without its line end. @returns undefined for what is no line of this version */
export const decodeLine = (line: string): DecodedLine | undefined => {
  const found = hashPattern.exec(line)
  if (!found?.[1]) return undefined
  const body = `${line.slice(0, found.index)}}`
  try {
    const { v, ...record } = JSON.parse(body)
    if (v !== 1 || !Number.isSafeInteger(record.n) || typeof record.type !== 'string') return undefined
    return { record, hash: found[1], body }
  } catch {
    return undefined
  }
}
