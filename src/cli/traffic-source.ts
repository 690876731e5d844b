// A file or an address as text in pieces: unpacked where it is gzip, decoded by its byte order mark. Knows no format.

import { createReadStream, statSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { request } from 'undici'
import { ArchitectError } from '../core/index.js'
import { trafficSourceError } from './traffic-messages.js'

export interface TrafficSource {
  readonly isUrl: boolean
  /** Ms since 1970 to which the content belongs: when it was fetched, or when the file was last written. */
  readonly atMs: number
  readonly text: AsyncIterable<string>
}

export interface SourceOptions {
  readonly signal: AbortSignal
  /** Of an address: bytes before and after unpacking. */
  readonly maxBytes?: number
  readonly timeoutMs?: number
  /** Told how many bytes of how many are read; total 0 = not known. */
  readonly onProgress?: (done: number, total: number) => void
}

const mebibyte = 1024 * 1024
const defaultMaxBytes = 256 * mebibyte
const defaultTimeoutMs = 60_000

const isUrl = (source: string): boolean => /^https?:\/\//i.test(source)

/** The path of a file that may be written as `file:PATH`. */
export const pathOf = (source: string): string =>
  /^file:./i.test(source) ? source.slice(5).replace(/^\/\/(?=\/)/, '') : source

/** @throws `cli.traffic-not-found` | `cli.traffic-folder` | `cli.traffic-status` | `cli.traffic-timeout` | `cli.traffic-unreadable` */
export const openTrafficSource = (source: string, options: SourceOptions): Promise<TrafficSource> =>
  isUrl(source) ? openUrl(source, options) : openFile(pathOf(source), options)

const openFile = async (path: string, { signal, onProgress }: SourceOptions): Promise<TrafficSource> => {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (!facts) throw trafficSourceError('cli.traffic-not-found', { source: path })
  if (facts.isDirectory()) throw trafficSourceError('cli.traffic-folder', { source: path })
  const bytes = createReadStream(path, { signal, highWaterMark: mebibyte })
  const counted = counting(bytes, (done) => onProgress?.(done, facts.size))
  const text = guarded(textOf(counted), (error) => unreadable(path, error))
  return { isUrl: false, atMs: facts.mtimeMs, text }
}

const openUrl = async (url: string, options: SourceOptions): Promise<TrafficSource> => {
  const { maxBytes = defaultMaxBytes, timeoutMs = defaultTimeoutMs } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  const explain = (error: unknown): ArchitectError =>
    timeout.aborted
      ? trafficSourceError('cli.traffic-timeout', { source: url, seconds: timeoutMs / 1000 })
      : unreadable(url, error)
  const limit = (done: number) => {
    if (done > maxBytes)
      throw trafficSourceError('cli.traffic-too-large', { source: url, limitMib: maxBytes / mebibyte })
  }
  try {
    const answer = await request(url, { signal: AbortSignal.any([options.signal, timeout]) })
    if (answer.statusCode !== 200) {
      const { location } = answer.headers
      await answer.body.dump()
      throw trafficSourceError('cli.traffic-status', {
        source: url,
        status: answer.statusCode,
        location: typeof location === 'string' ? location : null,
      })
    }
    const counted = counting(answer.body, limit)
    return { isUrl: true, atMs: Date.now(), text: guarded(textOf(counted, limit), explain) }
  } catch (error) {
    throw explain(error)
  }
}

const unreadable = (source: string, error: unknown): ArchitectError =>
  error instanceof ArchitectError
    ? error
    : trafficSourceError(
        'cli.traffic-unreadable',
        { source, detail: error instanceof Error ? error.message || error.name : String(error) },
        { cause: error },
      )

async function* counting(bytes: AsyncIterable<Buffer>, onBytes: (done: number) => void) {
  let done = 0
  for await (const chunk of bytes) {
    done += chunk.length
    onBytes(done)
    yield chunk
  }
}

async function* guarded(text: AsyncIterable<string>, explain: (error: unknown) => ArchitectError) {
  try {
    yield* text
  } catch (error) {
    throw explain(error)
  }
}

async function* textOf(bytes: AsyncIterable<Buffer>, onUnpacked: (done: number) => void = () => {}) {
  const [head, all] = await peek(bytes)
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  const plain = isGzip ? counting(unpacked(all), onUnpacked) : all
  let decoder: TextDecoder | undefined
  for await (const chunk of plain) {
    decoder ??= new TextDecoder(encodingOf(chunk))
    yield decoder.decode(chunk, { stream: true })
  }
  if (decoder) yield decoder.decode()
}

/** Node unpacks every member of a gzip file, one after another. */
const unpacked = (bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  pipeline(Readable.from(bytes), createGunzip(), () => {
    // Failures reach whoever reads the last stream.
  })

/** PowerShell writes UTF-16. */
const encodingOf = (start: Buffer): string =>
  start[0] === 0xff && start[1] === 0xfe
    ? 'utf-16le'
    : start[0] === 0xfe && start[1] === 0xff
      ? 'utf-16be'
      : 'utf-8'

/** At least two bytes of the start, and the whole. */
const peek = async (bytes: AsyncIterable<Buffer>): Promise<[Buffer, AsyncIterable<Buffer>]> => {
  const iterator = bytes[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const { value, done } = await iterator.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return [head, rejoin(head, iterator)]
}

async function* rejoin(head: Buffer, rest: AsyncIterator<Buffer>) {
  try {
    if (head.length > 0) yield head
    for (;;) {
      const { value, done } = await rest.next()
      if (done) return
      yield value
    }
  } finally {
    // Read no further: the file or the connection behind it is closed.
    await rest.return?.()
  }
}
