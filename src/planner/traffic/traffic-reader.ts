// A request log or usage export, piece by piece, into the workload that it shows. Holds no row longer than it takes
// to count it; knows no file and no network.

import type { Catalogue } from '../../catalog/index.js'
import { type BrokenReason, createBrokenList } from './broken.js'
import { detectFormat, formatNamed, trafficFormats } from './formats.js'
import { createArrivalMeter } from './measure-arrivals.js'
import { createBucketMeter } from './measure-buckets.js'
import type { TextKind } from './sniff-text.js'
import { createObjectSplitter } from './split-json.js'
import { createCsvSplitter, createLineSplitter, type Splitter } from './split-lines.js'
import type { Traffic } from './traffic.js'
import { trafficError } from './traffic-messages.js'
import type { Observation, Row, TrafficFormat } from './traffic-row.js'

export interface TrafficReader {
  /** @throws `traffic.unknown-format` once enough was seen */
  push(text: string): void
  /** @throws `traffic.unknown-format` | `traffic.no-rows` | `traffic.nothing-read` */
  end(): Traffic
}

/** Rows looked at before the format is decided, fewer where they are long. */
const rowsToDetect = 50
const lengthToDetect = 4 * 1024 * 1024

export interface TrafficReaderOptions {
  readonly kind: Exclude<TextKind, { readonly kind: 'metrics' }>
  /** A name of `trafficFormats` in place of what the rows say. */
  readonly format?: string | undefined
  readonly catalogue: Catalogue
}

/** @throws `traffic.format-not-known` */
export const createTrafficReader = ({ kind, format, catalogue }: TrafficReaderOptions): TrafficReader => {
  const broken = createBrokenList()
  const waiting: { readonly row: Row; readonly line: number }[] = []
  let counter = format === undefined ? undefined : createCounter(requireFormat(format), catalogue)

  let rows = 0
  const count = (row: Row, line: number) => {
    const reason = counter?.add(row)
    if (reason) broken.add({ line, lines: 1, reason })
  }
  const decide = () => {
    const rows = waiting.map(({ row }) => row)
    const found = detectFormat(rows)
    if (!found) throw unknownFormat(rows[0])
    counter = createCounter(found, catalogue)
    for (const { row, line } of waiting.splice(0)) count(row, line)
  }
  const take = (row: Row, line: number) => {
    rows++
    if (counter) return count(row, line)
    waiting.push({ row, line })
    if (waiting.length >= rowsToDetect) decide()
  }
  const takeJson = (text: string, line: number) => {
    const value = parseObject(text)
    if (!value) broken.add({ line, lines: 1, reason: 'not-json' })
    else for (const row of rowsOf(value)) take(row, line)
  }
  const splitter = splitterOf(kind, { takeRow: take, takeJson, broken: broken.add })
  let pushed = 0
  return {
    push: (text) => {
      splitter.push(text)
      pushed += text.length
      if (!counter && waiting.length > 0 && pushed > lengthToDetect) decide()
    },
    end: () => {
      splitter.end()
      const summary = broken.summary()
      if (kind.kind === 'csv' && rows === 0 && summary.count === 0) throw trafficError('traffic.no-rows', {})
      if (!counter && waiting.length === 0) throw unknownFormat(undefined)
      if (!counter) decide()
      const traffic = counter?.result(broken.summary())
      if (traffic) return traffic
      const line = broken.summary().first[0]?.line ?? null
      throw trafficError('traffic.nothing-read', {
        format: counter?.name ?? '',
        broken: Math.max(summary.count, broken.summary().count),
        line,
      })
    },
  }
}

const unknownFormat = (row: Row | undefined) =>
  trafficError('traffic.unknown-format', {
    formats: trafficFormats,
    keys: Object.keys(row ?? {}).slice(0, 12),
  })

const requireFormat = (name: string): TrafficFormat => {
  const format = formatNamed(name)
  if (!format) throw trafficError('traffic.format-not-known', { format: name, formats: trafficFormats })
  return format
}

/** Both meters of a format; which one counts is for its rows to say. */
const createCounter = (format: TrafficFormat, catalogue: Catalogue) => {
  const arrivals = createArrivalMeter(format, catalogue)
  const buckets = createBucketMeter(format, catalogue)
  let last: 'arrival' | 'bucket' | undefined
  return {
    name: format.name,
    /** @returns why the row cannot be used; undefined when it was counted */
    add: (row: Row): BrokenReason | undefined => {
      const observations = format.read(row)
      if (observations === null) return 'figures'
      if (!observations.every(hasPossibleTokens)) return 'tokens'
      for (const observation of observations) {
        last = observation.kind
        if (observation.kind === 'arrival') arrivals.add(observation)
        else buckets.add(observation)
      }
      return undefined
    },
    result: (...args: Parameters<typeof arrivals.result>): Traffic | undefined =>
      last === undefined
        ? undefined
        : last === 'arrival'
          ? arrivals.result(...args)
          : buckets.result(...args),
  }
}

/** More tokens than any request has. */
const maxTokensOfRequest = 1e9

/** Whether its counts of tokens are whole numbers of a size that can be; one that is not would bend every mean. */
const hasPossibleTokens = ({ kind, inputTokens, outputTokens, cachedTokens }: Observation): boolean => {
  const limit = kind === 'arrival' ? maxTokensOfRequest : Number.MAX_SAFE_INTEGER
  return [inputTokens, outputTokens, cachedTokens].every(
    (count) => count === null || (Number.isInteger(count) && count >= 0 && count <= limit),
  )
}

interface Sink {
  readonly takeRow: (row: Row, line: number) => void
  readonly takeJson: (text: string, line: number) => void
  readonly broken: Parameters<typeof createLineSplitter>[1]
}

const splitterOf = (kind: TrafficReaderOptions['kind'], sink: Sink): Splitter => {
  if (kind.kind === 'csv') return createCsvSplitter(kind.delimiter, sink.takeRow, sink.broken)
  if (kind.kind === 'objects') return createObjectSplitter(kind.depth, sink.takeJson, sink.broken)
  return createLineSplitter(sink.takeJson, sink.broken)
}

const parseObject = (text: string): Row | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Row) : null
  } catch {
    // The caller counts it as broken.
    return null
  }
}

const pageNames = ['data', 'rows', 'logs', 'items', 'results', 'requests']

/** The rows of a page of an API's answer, else the object itself. */
const rowsOf = (value: Row): readonly Row[] => {
  if (Array.isArray(value)) return value.filter((row) => typeof row === 'object' && row !== null)
  if ('start_time' in value || 'timestamp' in value) return [value]
  for (const name of pageNames) {
    const rows = value[name]
    if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null)) return rows
  }
  return [value]
}
