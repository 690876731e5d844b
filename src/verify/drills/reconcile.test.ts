import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../system-client.js'
import type { InvoiceLine } from './provider-options.js'
import { costPerMillionOutputTokens, reconcile } from './reconcile.js'

const line = (index: number, change: Partial<InvoiceLine> = {}): InvoiceLine => ({
  completionId: `c-${index}`,
  requestId: null,
  ended: 'finished',
  inputTokens: 100,
  cachedInputTokens: 0,
  outputTokens: 50,
  nanoUsd: 45_000,
  ...change,
})
const entry = (index: number, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  requestId: `r-${index}`,
  deployment: 'd',
  outputTokens: 50,
  end: 'finished',
  usageSource: 'reported',
  nanoUsd: 45_000n,
  ...change,
})
const reply = (index: number) => ({ requestId: `r-${index}`, completionId: `c-${index}` })
const many = <T>(make: (index: number) => T) => Array.from({ length: 20 }, (_, index) => make(index))

describe('the drift of a ledger from an invoice', () => {
  it('is zero, with an interval of no width, when they agree', () => {
    const { drift } = reconcile({ replies: many(reply), invoice: many(line), ledger: many(entry) })
    expect(drift).toEqual({ value: 0, low: 0, high: 0, n: 20 })
  })

  it('is the share by which a wrong price is off, with an interval that leaves zero out', () => {
    const ledger = many((i) => entry(i, { nanoUsd: 54_000n }))
    const { drift } = reconcile({ replies: many(reply), invoice: many(line), ledger })
    expect(drift.value).toBeCloseTo(0.2, 9)
    expect(drift.low).toBeGreaterThan(0.19)
  })

  it('does not let one request pay for another', () => {
    const ledger = many((i) => entry(i, { nanoUsd: i % 2 === 0 ? 40_000n : 50_000n }))
    expect(reconcile({ replies: many(reply), invoice: many(line), ledger }).drift.value).toBeCloseTo(1 / 9, 9)
  })

  it('counts what only one side knows', () => {
    const lost = reconcile({ replies: many(reply), invoice: many(line), ledger: many(entry).slice(2) })
    expect(lost.drift.value).toBeCloseTo(0.1, 9)
    expect(lost.notes).toContainEqual({
      code: 'verify.note.unmatched',
      params: { inLedger: 0, inInvoice: 2 },
    })
    const extra = reconcile({ replies: many(reply), invoice: many(line).slice(2), ledger: many(entry) })
    expect(extra.drift.value).toBeCloseTo(2 / 18, 9)
  })

  it('counts a row without a price as nothing booked', () => {
    const ledger = many((i) => entry(i, { nanoUsd: null }))
    expect(reconcile({ replies: many(reply), invoice: many(line), ledger }).drift.value).toBe(1)
  })

  it('tells the estimate of a call that was cut off apart, and still wants it to cost nothing when finished', () => {
    const invoice = [...many(line), line(99, { ended: 'cut-off', nanoUsd: 0 })]
    const replies = many(reply).concat(reply(99))
    const cut = (change: Partial<LedgerEntry>) => [...many(entry), entry(99, change)]
    const failed = reconcile({ replies, invoice, ledger: cut({ end: 'failed', nanoUsd: 20_000n }) })
    expect(failed.drift.value).toBe(0)
    expect(failed.notes).toContainEqual({
      code: 'verify.note.cut-off-estimate',
      params: { calls: 1, usd: 0.00002 },
    })
    expect(reconcile({ replies, invoice, ledger: cut({ end: 'finished' }) }).drift.value).toBeGreaterThan(
      0.04,
    )
  })

  it('adds the attempts of one request', () => {
    const invoice = [line(1, { ended: 'refused', nanoUsd: 0, requestId: 'r-2' }), line(2)]
    const ledger = [entry(2, { end: 'failed', nanoUsd: null }), entry(2)]
    expect(reconcile({ replies: [reply(2)], invoice, ledger }).drift.value).toBe(0)
  })

  it('is never negative, and zero only when every request agrees', () => {
    const amounts = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(amounts, (pairs) => {
        const { drift } = reconcile({
          replies: pairs.map((_, i) => reply(i)),
          invoice: pairs.map(([nanoUsd], i) => line(i, { nanoUsd })),
          ledger: pairs.map(([, nanoUsd], i) => entry(i, { nanoUsd: BigInt(nanoUsd) })),
        })
        expect(drift.value).toBeGreaterThanOrEqual(0)
        expect(drift.value === 0).toBe(pairs.every(([charged, booked]) => charged === booked))
      }),
      { numRuns: 30 },
    )
  })
})

describe('the cost per million output tokens', () => {
  it('is the priced rows of finished attempts over their tokens', () => {
    const ledger = [...many(entry), entry(30, { end: 'failed', nanoUsd: 9n }), entry(31, { nanoUsd: null })]
    expect(costPerMillionOutputTokens(ledger)).toMatchObject({ value: 0.9, n: 20 })
  })
})
