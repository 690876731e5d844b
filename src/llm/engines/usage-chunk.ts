// Promise 6: takes the chunk that only carries usage out of a frame again, for a client that did not ask for it.
// Every other byte stays.

import { objectOf } from '../wire/fields.js'
import { createSseParser } from '../wire/sse-parser.js'
import { createFrameCutter } from './frame-cutter.js'

export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * @param bytes whole SSE events
 * @param candidates where such a chunk may be; all events are looked at when undefined
 */
export const withoutUsageChunks = (bytes: Buffer, candidates?: readonly ByteRange[]): Buffer => {
  const ranges = candidates ?? rangesOf(splitEvents(bytes))
  const kept: Buffer[] = []
  let at = 0
  for (const { start, end } of ranges) {
    if (!isUsageChunk(bytes.subarray(start, end))) continue
    kept.push(bytes.subarray(at, start))
    at = end
  }
  if (at === 0) return bytes
  kept.push(bytes.subarray(at))
  return Buffer.concat(kept)
}

const rangesOf = (events: readonly Buffer[]): readonly ByteRange[] => {
  let at = 0
  return events.map((event) => {
    const start = at
    at += event.length
    return { start, end: at }
  })
}

const splitEvents = (bytes: Buffer): readonly Buffer[] => {
  const cutter = createFrameCutter(bytes.length)
  const events: Buffer[] = []
  let from = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== lineFeed && byte !== carriageReturn) continue
    const event = cutter.push(bytes.subarray(from, at + 1))
    if (event) events.push(event)
    from = at + 1
  }
  const rest = Buffer.concat([cutter.rest(), bytes.subarray(from)])
  return rest.length > 0 ? [...events, rest] : events
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

const isUsageChunk = (event: Buffer): boolean => {
  const parsed = createSseParser().push(event)
  return parsed.length > 0 && parsed.every(({ data }) => isUsageOnly(data))
}

const isUsageOnly = (data: string): boolean => {
  try {
    const chunk = objectOf(JSON.parse(data))
    return Array.isArray(chunk?.choices) && chunk.choices.length === 0 && objectOf(chunk.usage) !== undefined
  } catch {
    return false
  }
}
