// The lines of the journal, version 1: one JSON object per line, its last field `c` the CRC-32 of the text before
// it, so that a torn or damaged line is told from a whole one. Knows no file.

import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { LedgerRow, StartedRow } from './ledger-row.js'

export type JournalLine =
  | { readonly type: 'begin'; readonly row: StartedRow }
  | { readonly type: 'settle'; readonly row: LedgerRow }

/** A line that is whole, but of a version this code does not know. */
export interface NewerLine {
  readonly type: 'newer'
}

const started = {
  v: z.literal(1),
  id: z.string(),
  n: z.int().nonnegative(),
  tenant: z.string(),
  key: z.string(),
  route: z.string(),
  deployment: z.string(),
  architecture: z.string(),
  at: z.int(),
  c: z.string(),
}
const lineSchema = z.discriminatedUnion('t', [
  z.strictObject({ ...started, t: z.literal('begin') }),
  z.strictObject({
    ...started,
    t: z.literal('settle'),
    first: z.number().nullable(),
    total: z.number().nullable(),
    /** Input, of it read from and written to a cache; output, of it reasoning. */
    usage: z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()]),
    source: z.enum(['reported', 'estimated', 'partial', 'none']),
    end: z.enum(['finished', 'failed', 'cancelled', 'unknown']),
    error: z.string().nullable(),
    price: z.string().nullable(),
    /** Nano-dollars, as a decimal number. */
    cost: z.string().regex(/^\d+$/).nullable(),
  }),
])
type Line = z.infer<typeof lineSchema>

/** @returns the line with its checksum and line feed */
export const encodeLine = (line: JournalLine): string => {
  const body = JSON.stringify(line.type === 'begin' ? beginFields(line.row) : settleFields(line.row)).slice(
    0,
    -1,
  )
  return `${body}${checksumOf(body)}\n`
}

/** @returns undefined when the line is torn or damaged */
export const decodeLine = (text: string): JournalLine | NewerLine | undefined => {
  const body = text.slice(0, -checksumLength)
  if (text.slice(-checksumLength) !== checksumOf(body)) return undefined
  const parsed = lineSchema.safeParse(JSON.parse(text))
  // The checksum holds, so the line is as it was written: by something newer than this.
  if (!parsed.success) return { type: 'newer' }
  return lineOf(parsed.data)
}

const checksumOf = (body: string) => `,"c":"${crc32(body).toString(16).padStart(8, '0')}"}`
const checksumLength = ',"c":"00000000"}'.length

const beginFields = (row: StartedRow) => ({ v: 1, t: 'begin', ...startedFields(row) })

const startedFields = (row: StartedRow) => ({
  id: row.requestId,
  n: row.attempt,
  tenant: row.tenant,
  key: row.keyId,
  route: row.route,
  deployment: row.deployment,
  architecture: row.architectureHash,
  at: row.startedAtMs,
})

const settleFields = (row: LedgerRow) => ({
  v: 1,
  t: 'settle',
  ...startedFields(row),
  first: row.firstContentMs,
  total: row.totalMs,
  usage: [
    row.usage.input.total,
    row.usage.input.cacheRead,
    row.usage.input.cacheWrite,
    row.usage.output.total,
    row.usage.output.reasoning,
  ],
  source: row.usageSource,
  end: row.end,
  error: row.errorCode,
  price: row.priceVersion,
  cost: row.costNanoUsd === null ? null : row.costNanoUsd.toString(),
})

const lineOf = (line: Line): JournalLine => {
  const row: StartedRow = {
    requestId: line.id,
    attempt: line.n,
    tenant: line.tenant,
    keyId: line.key,
    route: line.route,
    deployment: line.deployment,
    architectureHash: line.architecture,
    startedAtMs: line.at,
  }
  if (line.t === 'begin') return { type: 'begin', row }
  const [input, cacheRead, cacheWrite, output, reasoning] = line.usage
  return {
    type: 'settle',
    row: {
      ...row,
      firstContentMs: line.first,
      totalMs: line.total,
      usage: { input: { total: input, cacheRead, cacheWrite }, output: { total: output, reasoning } },
      usageSource: line.source,
      end: line.end,
      errorCode: line.error,
      priceVersion: line.price,
      costNanoUsd: line.cost === null ? null : BigInt(line.cost),
    },
  }
}
