// `--from`: opens a source, finds out what kind of text it is, and has it measured. A server's metrics are read twice.

import { setTimeout as wait } from 'node:timers/promises'
import { type Catalogue, loadCatalogue } from '../catalog/index.js'
import {
  createTrafficReader,
  metricsFormat,
  type Scrape,
  sniffLength,
  sniffText,
  type TextKind,
  type Traffic,
  type TrafficReader,
  trafficOfScrapes,
} from '../planner/index.js'
import { trafficSourceError } from './traffic-messages.js'
import { openTrafficSource, type SourceOptions } from './traffic-source.js'

export interface ReadTrafficOptions extends SourceOptions {
  readonly source: string
  readonly format?: string | undefined
  /** Seconds between the two readings of a server's metrics. */
  readonly intervalSeconds: number
  readonly catalogue?: Catalogue
  /** Called before the pause between two readings. */
  readonly onPause?: () => void
}

export const readTraffic = async (options: ReadTrafficOptions): Promise<Traffic> => {
  const { source, format, catalogue = loadCatalogue() } = options
  const opened = await openTrafficSource(source, options)
  let head: string | undefined = ''
  let reader: TrafficReader | undefined
  let metrics = ''
  let isMetrics = false
  const start = (text: string) => {
    const kind = sniffText(text)
    isMetrics = format === undefined ? kind.kind === 'metrics' : format === metricsFormat
    if (isMetrics) metrics = text
    else {
      reader = createTrafficReader({ kind: kind.kind === 'metrics' ? linesOf : kind, format, catalogue })
      reader.push(text)
    }
    head = undefined
  }
  for await (const text of opened.text) {
    if (head !== undefined) {
      head += text
      if (head.length >= sniffLength) start(head)
    } else if (isMetrics) metrics = withinLimit(metrics + text, source)
    else reader?.push(text)
  }
  if (head !== undefined) start(head)
  if (reader) return reader.end()
  const first = { text: metrics, atMs: opened.atMs }
  if (!opened.isUrl) return trafficOfScrapes([{ ...first, isFileTime: true }], catalogue)
  return trafficOfScrapes([first, await secondScrape(options)], catalogue)
}

const linesOf: TextKind & { readonly kind: 'lines' } = { kind: 'lines' }

/** The metrics of one server; what is longer is something else. */
const maxMetricsMib = 64

const withinLimit = (metrics: string, source: string): string => {
  if (metrics.length > maxMetricsMib * 1024 * 1024)
    throw trafficSourceError('cli.traffic-unreadable', {
      source,
      detail: `more than ${maxMetricsMib} MiB of metrics`,
    })
  return metrics
}

const secondScrape = async (options: ReadTrafficOptions): Promise<Scrape> => {
  options.onPause?.()
  await wait(options.intervalSeconds * 1000, undefined, { signal: options.signal })
  const again = await openTrafficSource(options.source, options)
  let text = ''
  for await (const piece of again.text) text += piece
  return { text, atMs: again.atMs }
}
