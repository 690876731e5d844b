// Rows as text for other programs: CSV (RFC 4180) and JSON lines, page by page. Knows no file and no HTTP.

import type { LedgerRow } from './ledger-row.js'
import { usdText } from './nano-usd.js'
import type { RowsFilter, RowsPage, RowsQuery } from './read-rows.js'

export type ExportFormat = 'csv' | 'jsonl'

/** A row as JSON values: times in ISO 8601, money as exact decimal text. */
export const ledgerRowJson = (row: LedgerRow) => ({
  requestId: row.requestId,
  attempt: row.attempt,
  tenant: row.tenant,
  keyId: row.keyId,
  route: row.route,
  deployment: row.deployment,
  architectureHash: row.architectureHash,
  startedAt: new Date(row.startedAtMs).toISOString(),
  firstContentMs: row.firstContentMs,
  totalMs: row.totalMs,
  inputTokens: row.usage.input.total,
  inputCacheReadTokens: row.usage.input.cacheRead,
  inputCacheWriteTokens: row.usage.input.cacheWrite,
  outputTokens: row.usage.output.total,
  outputReasoningTokens: row.usage.output.reasoning,
  usageSource: row.usageSource,
  end: row.end,
  errorCode: row.errorCode,
  priceVersion: row.priceVersion,
  /** US dollars; null when no price is known. */
  costUsd: row.costNanoUsd === null ? null : usdText(row.costNanoUsd),
})

/** @returns lines of text, each with its line end; a CSV starts with its header */
export async function* exportRows(
  readPage: (query: RowsQuery) => Promise<RowsPage>,
  filter: RowsFilter,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(csvColumns)
  let after: string | undefined
  do {
    const page: RowsPage = await readPage({
      ...filter,
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    })
    for (const row of page.rows) {
      const json = ledgerRowJson(row)
      yield format === 'csv' ? csvLine(csvColumns.map((column) => json[column])) : `${JSON.stringify(json)}\n`
    }
    after = page.next ?? undefined
  } while (after !== undefined)
}

const csvColumns: readonly (keyof ReturnType<typeof ledgerRowJson>)[] = [
  'requestId',
  'attempt',
  'tenant',
  'keyId',
  'route',
  'deployment',
  'architectureHash',
  'startedAt',
  'firstContentMs',
  'totalMs',
  'inputTokens',
  'inputCacheReadTokens',
  'inputCacheWriteTokens',
  'outputTokens',
  'outputReasoningTokens',
  'usageSource',
  'end',
  'errorCode',
  'priceVersion',
  'costUsd',
]

/** Null is an empty field. */
const csvLine = (fields: readonly (string | number | null)[]) =>
  `${fields.map((field) => csvField(field === null ? '' : String(field))).join(',')}\r\n`

const csvField = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
