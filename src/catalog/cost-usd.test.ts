import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addUsage, noUsage, type Usage } from '../core/index.js'
import { costUsd } from './cost-usd.js'

const rate = fc.double({ min: 0, max: 100, noNaN: true })
const price = fc
  .record({ input: rate, output: rate, cachedShare: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ input, output, cachedShare }) => ({ input, output, cachedInput: input * cachedShare }))
const usage = fc
  .record({
    plain: fc.nat(1e7),
    read: fc.nat(1e7),
    write: fc.nat(1e6),
    output: fc.nat(1e7),
    hidden: fc.nat(1e6),
  })
  .map(
    ({ plain, read, write, output, hidden }): Usage => ({
      input: { total: plain + read + write, cacheRead: read, cacheWrite: write },
      output: { total: output + hidden, reasoning: hidden },
    }),
  )
const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a))

describe('costUsd', () => {
  it('prices a known bill: 1,000 prompt tokens of which 400 cached, 200 answered', () => {
    const bill: Usage = {
      input: { total: 1000, cacheRead: 400, cacheWrite: 0 },
      output: { total: 200, reasoning: 50 },
    }
    expect(costUsd(bill, { input: 2, cachedInput: 0.5, output: 8 })).toBeCloseTo(
      (600 * 2 + 400 * 0.5 + 200 * 8) / 1e6,
      12,
    )
  })

  it('is nothing for nothing', () => {
    fc.assert(fc.property(price, (p) => costUsd(noUsage, p) === 0))
  })

  it('is additive: two calls cost what their sum costs', () => {
    fc.assert(
      fc.property(usage, usage, price, (a, b, p) =>
        close(costUsd(addUsage(a, b), p), costUsd(a, p) + costUsd(b, p)),
      ),
    )
  })

  it('never costs more for tokens read from a cache that is no dearer', () => {
    fc.assert(
      fc.property(usage, price, (u, p) => {
        const uncached = { ...u, input: { ...u.input, cacheRead: 0 } }
        return costUsd(u, p) <= costUsd(uncached, p) + 1e-9
      }),
    )
  })

  it('is never negative, whatever a provider reports', () => {
    const odd = fc.record({
      input: fc.record({ total: fc.nat(100), cacheRead: fc.nat(1000), cacheWrite: fc.nat(1000) }),
      output: fc.record({ total: fc.nat(100), reasoning: fc.nat(100) }),
    })
    fc.assert(fc.property(odd, price, (u, p) => costUsd(u, p) >= 0))
  })

  it('charges cached and written tokens as input where no other price is named', () => {
    const mixed: Usage = {
      input: { total: 90, cacheRead: 30, cacheWrite: 30 },
      output: { total: 0, reasoning: 0 },
    }
    expect(costUsd(mixed, { input: 1e6, output: 0 })).toBeCloseTo(90, 9)
    expect(costUsd(mixed, { input: 1e6, cacheWrite: 2e6, output: 0 })).toBeCloseTo(120, 9)
  })
})
