// Server-sent events as the HTML standard interprets them (section 9.2.6): LF, CR and CRLF, a leading BOM,
// comments, data over several lines, event, id and retry. Input may be cut anywhere, also inside a character:
// only whole lines are decoded. Knows nothing of JSON.

import { llmError } from '../messages.js'

export interface SseEvent {
  /** `message` unless the event names another. */
  readonly event: string
  readonly data: string
  /** The last `id` seen so far, empty when there was none. */
  readonly id: string
}

export interface SseParser {
  /**
   * The events that are complete now.
   * @throws `llm.event-too-large` when a line grows over the limit
   */
  push(bytes: Uint8Array): SseEvent[]
  /** Milliseconds of the last `retry` field, undefined when there was none. */
  retryMs(): number | undefined
  /** Whether an event has begun that is not complete; at the end of a stream it is lost. */
  isInsideEvent(): boolean
}

export interface SseParserOptions {
  /** Longest line, and largest data of one event, in bytes; default 16 MiB. */
  readonly maxEventBytes?: number
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const defaultMaxEventBytes = 16 * 1024 * 1024

/**
 * A parser of one stream.
 * @example
 * for (const { data } of parser.push(chunk)) console.log(data)
 */
export const createSseParser = (options: SseParserOptions = {}): SseParser => {
  const maxEventBytes = options.maxEventBytes ?? defaultMaxEventBytes
  let pieces: Uint8Array[] = []
  let pieceBytes = 0
  let atStart = true
  let afterCarriageReturn = false
  const fields = createFieldReader(maxEventBytes)

  const keep = (piece: Uint8Array) => {
    if (piece.length === 0) return
    pieceBytes += piece.length
    if (pieceBytes > maxEventBytes) throw llmError('llm.event-too-large', { limitBytes: maxEventBytes })
    pieces.push(piece)
  }

  const takeLine = (end: Uint8Array): string => {
    keep(end)
    const line = pieces.length === 1 ? textOf(pieces[0] as Uint8Array) : textOf(Buffer.concat(pieces))
    pieces = []
    pieceBytes = 0
    const isFirst = atStart
    atStart = false
    return isFirst && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
  }

  return {
    push: (bytes) => {
      const events: SseEvent[] = []
      let start = 0
      if (afterCarriageReturn && bytes.length > 0) {
        if (bytes[0] === lineFeed) start = 1
        afterCarriageReturn = false
      }
      for (let i = start; i < bytes.length; i++) {
        const byte = bytes[i]
        if (byte !== lineFeed && byte !== carriageReturn) continue
        const event = fields.read(takeLine(bytes.subarray(start, i)))
        if (event) events.push(event)
        if (byte === carriageReturn) {
          if (i + 1 === bytes.length) afterCarriageReturn = true
          else if (bytes[i + 1] === lineFeed) i++
        }
        start = i + 1
      }
      keep(bytes.subarray(start))
      return events
    },
    retryMs: fields.retryMs,
    isInsideEvent: () => pieceBytes > 0 || fields.hasData(),
  }
}

const textOf = (bytes: Uint8Array) =>
  bytes.length === 0 ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')

/** Collects the fields of an event line by line, and gives the event at the blank line that ends it. */
const createFieldReader = (maxEventBytes: number) => {
  let data: string[] = []
  let dataLength = 0
  let event = ''
  let id = ''
  let retryMs: number | undefined

  const dispatch = (): SseEvent | undefined => {
    const ready = data.length > 0 ? { event: event || 'message', data: data.join('\n'), id } : undefined
    data = []
    dataLength = 0
    event = ''
    return ready
  }

  const addData = (value: string) => {
    dataLength += value.length
    if (dataLength > maxEventBytes) throw llmError('llm.event-too-large', { limitBytes: maxEventBytes })
    data.push(value)
  }

  return {
    read: (line: string): SseEvent | undefined => {
      if (line === '') return dispatch()
      const colon = line.indexOf(':')
      if (colon === 0) return undefined
      const name = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1)
      if (name === 'data') addData(value)
      else if (name === 'event') event = value
      else if (name === 'id' && !value.includes('\0')) id = value
      else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value)
      return undefined
    },
    retryMs: () => retryMs,
    hasData: () => data.length > 0,
  }
}
