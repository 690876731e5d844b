// For tests: a collector that speaks OTLP/HTTP with protobuf on a real socket, and keeps what it is sent. Reads of the
// format what tests look at (opentelemetry/proto/trace/v1/trace.proto).

import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CollectedSpan {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'other'
  readonly traceId: string
  readonly spanId: string
  /** '' for the root of a trace. */
  readonly parentSpanId: string
  readonly traceState: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly isError: boolean
  readonly startNs: bigint
  readonly endNs: bigint
  readonly events: number
}

export interface Collector {
  /** For `telemetry.traces.endpoint`. */
  readonly endpoint: string
  readonly spans: readonly CollectedSpan[]
  /** Attributes of the resource of the last batch. */
  resource(): Readonly<Record<string, unknown>>
  /** Everything it was sent, as text: whatever is in no span either is not in it. */
  raw(): string
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[]
  close(): Promise<void>
}

/** @param status what it answers with; `never`: it takes everything and says nothing */
export const startCollector = async (status: number | 'never' = 200): Promise<Collector> => {
  const spans: CollectedSpan[] = []
  const bodies: Buffer[] = []
  const requests: { path: string; headers: IncomingHttpHeaders }[] = []
  let resource: Readonly<Record<string, unknown>> = {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    bodies.push(body)
    requests.push({ path: request.url ?? '', headers: request.headers })
    if (status === 'never') return
    if (status === 200)
      for (const resourceSpans of messages(fieldsOf(body), 1)) {
        resource = attributesOf(messages(messages(resourceSpans, 1)[0] ?? [], 1))
        for (const scope of messages(resourceSpans, 2)) spans.push(...messages(scope, 2).map(spanOf))
      }
    response.writeHead(status, { 'content-type': 'application/x-protobuf' })
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    resource: () => resource,
    raw: () => Buffer.concat(bodies).toString('latin1'),
    requests,
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Field {
  readonly number: number
  readonly value: bigint | Buffer
}

const fieldsOf = (bytes: Buffer): readonly Field[] => {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    const wire = tag & 7
    if (wire === 0) fields.push({ number, value: varint() })
    else if (wire === 1) fields.push({ number, value: take(8) })
    else if (wire === 2) fields.push({ number, value: take(Number(varint())) })
    else if (wire === 5) fields.push({ number, value: take(4) })
    else throw new Error(`no protobuf: wire type ${wire}`)
  }
  return fields
}

const all = (fields: readonly Field[], number: number) =>
  fields.flatMap((field) => (field.number === number ? [field.value] : []))
const messages = (fields: readonly Field[], number: number) =>
  all(fields, number).map((value) => fieldsOf(value as Buffer))
const bytes = (fields: readonly Field[], number: number) =>
  (all(fields, number)[0] as Buffer | undefined) ?? Buffer.alloc(0)
const text = (fields: readonly Field[], number: number) => bytes(fields, number).toString('utf8')
const integer = (fields: readonly Field[], number: number) => Number(all(fields, number)[0] ?? 0n)

const kinds = ['other', 'internal', 'server', 'client'] as const
const statusError = 2

const spanOf = (fields: readonly Field[]): CollectedSpan => ({
  traceId: bytes(fields, 1).toString('hex'),
  spanId: bytes(fields, 2).toString('hex'),
  traceState: text(fields, 3),
  parentSpanId: bytes(fields, 4).toString('hex'),
  name: text(fields, 5),
  kind: kinds[integer(fields, 6)] ?? 'other',
  startNs: bytes(fields, 7).readBigUInt64LE(),
  endNs: bytes(fields, 8).readBigUInt64LE(),
  attributes: attributesOf(messages(fields, 9)),
  events: all(fields, 11).length,
  isError: integer(messages(fields, 15)[0] ?? [], 3) === statusError,
})

const attributesOf = (pairs: readonly (readonly Field[])[]) =>
  Object.fromEntries(pairs.map((pair) => [text(pair, 1), anyValue(messages(pair, 2)[0] ?? [])]))

const anyValue = (fields: readonly Field[]): unknown => {
  const [{ number, value } = { number: 0, value: 0n }] = fields
  switch (number) {
    case 1:
      return (value as Buffer).toString('utf8')
    case 2:
      return value === 1n
    case 3:
      return Number(value)
    case 4:
      return (value as Buffer).readDoubleLE()
    case 5:
      return messages(fieldsOf(value as Buffer), 1).map(anyValue)
    default:
      return undefined
  }
}
