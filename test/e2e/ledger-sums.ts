// Every row of a running system's ledger, page by page through its own API, summed by deployment and end.

import { callAdmin, type RunningSystem } from '../../src/cli/running-system.js'

interface Row {
  readonly deployment: string
  readonly end: string
  readonly usageSource: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: string | null
}

export interface LedgerLine {
  readonly model: string
  readonly end: string
  readonly requests: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly nanoUsd: number
}

export interface LedgerSums {
  readonly rows: number
  readonly lines: readonly LedgerLine[]
  /** Rows by where their usage comes from. */
  readonly sources: Readonly<Record<string, number>>
}

export const readLedger = async (system: Pick<RunningSystem, 'url' | 'adminToken'>): Promise<LedgerSums> => {
  const lines = new Map<string, LedgerLine>()
  const sources: Record<string, number> = {}
  let rows = 0
  for (let after: string | null = ''; after !== null; ) {
    const page: { rows: Row[]; next: string | null } = await callAdmin(system, {
      path: `/admin/ledger?limit=1000${after && `&after=${encodeURIComponent(after)}`}`,
    })
    rows += page.rows.length
    for (const row of page.rows) {
      sources[row.usageSource] = (sources[row.usageSource] ?? 0) + 1
      const key = `${row.deployment} ${row.end}`
      lines.set(key, added(lines.get(key), row))
    }
    after = page.next
  }
  return { rows, lines: [...lines.values()], sources }
}

const added = (line: LedgerLine | undefined, row: Row): LedgerLine => ({
  model: row.deployment,
  end: row.end,
  requests: (line?.requests ?? 0) + 1,
  inputTokens: (line?.inputTokens ?? 0) + row.inputTokens,
  outputTokens: (line?.outputTokens ?? 0) + row.outputTokens,
  nanoUsd: (line?.nanoUsd ?? 0) + Math.round(Number(row.costUsd ?? 0) * 1e9),
})
