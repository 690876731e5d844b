// Traffic as this product itself records it: what the ledger gives out can be read back as a workload.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type LedgerRow, ledgerRowJson } from '../ledger/index.js'
import { readTraffic } from './read-traffic.js'

const directory = mkdtempSync(join(tmpdir(), 'read-traffic-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const row = (second: number, changes: Partial<LedgerRow> = {}): LedgerRow => ({
  requestId: `req_${second}`,
  attempt: 0,
  tenant: 'a "tenant", quoted',
  keyId: 'key',
  route: 'chat',
  deployment: 'small',
  architectureHash: 'sha256:0',
  startedAtMs: Date.UTC(2026, 4, 1) + second * 1000,
  firstContentMs: 50,
  totalMs: 400,
  usage: { input: { total: 200, cacheRead: 50, cacheWrite: 0 }, output: { total: 20, reasoning: 0 } },
  usageSource: 'reported',
  end: 'finished',
  errorCode: null,
  priceVersion: '1',
  costNanoUsd: 1_000_000n,
  ...changes,
})

const rows = [
  row(0),
  row(1, {
    end: 'failed',
    errorCode: 'llm.upstream',
    usageSource: 'none',
    costNanoUsd: null,
    firstContentMs: null,
  }),
  row(1, { attempt: 1 }),
  row(4),
].map(ledgerRowJson)

const cell = (value: string | number | null) => `"${String(value ?? '').replaceAll('"', '""')}"`

describe('the export of the ledger', () => {
  it.each([
    ['JSON lines', rows.map((one) => JSON.stringify(one)).join('\n')],
    [
      'CSV',
      [
        Object.keys(rows[0] ?? {}).join(','),
        ...rows.map((one) => Object.values(one).map(cell).join(',')),
      ].join('\r\n'),
    ],
    ['the answer of `ledger --json`', JSON.stringify({ rows }, null, 2)],
  ])('is read from %s', async (name, text) => {
    const source = join(directory, name.replaceAll(/\W/g, '-'))
    writeFileSync(source, text)
    const { signal } = new AbortController()
    expect(await readTraffic({ source, intervalSeconds: 1, signal })).toMatchObject({
      format: 'llm-architect-ledger',
      requests: 3,
      failed: 1,
      broken: { count: 0 },
      rate: { meanPerSecond: 0.75 },
      inputTokens: { n: 3, p50: 200 },
      latencyMs: { n: 3, mean: 400 },
      prefixCacheHits: { share: 0.25, basis: 'tokens' },
      cost: { reportedUsd: 0.003 },
    })
  })

  it('is not read once the command is stopped', async () => {
    const source = join(directory, 'stopped.jsonl')
    writeFileSync(source, rows.map((one) => JSON.stringify(one)).join('\n'))
    await expect(
      readTraffic({ source, intervalSeconds: 1, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cli.traffic-unreadable' })
  })
})
