// Attempts for tests: plain ones, and arbitrary ones of every kind that an engine may report.

import fc from 'fast-check'
import { type Attempt, type AttemptStart, errorFactory, noUsage } from '../../core/index.js'
import type { Cost, Timing } from '../ledger-row.js'
import { ledgerMessages } from '../messages.js'

/** An attempt's start, with what a test cares about. */
export const startOf = (requestId: string, patch: Partial<AttemptStart> = {}): AttemptStart => ({
  requestId,
  attempt: 0,
  tenant: 'bank',
  keyId: 'key_1',
  route: 'support',
  deployment: 'local',
  architectureHash: 'sha256:00',
  reservation: { input: { total: 1000, cacheRead: 0, cacheWrite: 0 }, output: { total: 500, reasoning: 0 } },
  ...patch,
})

/** An attempt that finished with these tokens. */
export const finished = (inputTokens: number, outputTokens: number): Omit<Attempt, 'deployment'> => ({
  usage: {
    input: { ...noUsage.input, total: inputTokens },
    output: { ...noUsage.output, total: outputTokens },
  },
  usageSource: 'reported',
  end: 'finished',
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ maxLength: 20 }),
  // Lone surrogates and NUL, which PostgreSQL cannot hold.
  fc.constantFrom('', '\0', '\ud800', 'a\0b', '銀行'),
)
const anyCount = fc.oneof(
  fc.nat(1_000_000),
  fc.constantFrom(-1, 0.5, Number.NaN, 1e300, Number.POSITIVE_INFINITY),
)
const anyUsage = fc
  .tuple(anyCount, anyCount, anyCount, anyCount, anyCount)
  .map(([input, cacheRead, cacheWrite, output, reasoning]) => ({
    input: { total: input, cacheRead, cacheWrite },
    output: { total: output, reasoning },
  }))

export const anyStart: fc.Arbitrary<AttemptStart> = fc.record({
  requestId: anyText,
  attempt: fc.nat(5),
  tenant: anyText,
  keyId: anyText,
  route: anyText,
  deployment: anyText,
  architectureHash: anyText,
  reservation: anyUsage,
})

const failed = errorFactory(ledgerMessages)('ledger.closed', {})
export const anyAttempt: fc.Arbitrary<Omit<Attempt, 'deployment'>> = fc
  .record({
    usage: anyUsage,
    usageSource: fc.constantFrom('reported', 'estimated', 'partial', 'none'),
    end: fc.constantFrom('finished', 'failed', 'cancelled'),
    hasError: fc.boolean(),
  })
  .map(({ hasError, ...attempt }) => (hasError ? { ...attempt, error: failed } : attempt))

export const anyTiming: fc.Arbitrary<Timing> = fc.record({
  firstContentMs: fc.option(fc.oneof(fc.double({ min: 0, max: 1e6 }), fc.constant(Number.NaN))),
  totalMs: fc.oneof(fc.double({ min: 0, max: 1e7 }), fc.constant(Number.NaN)),
})

export const anyCost: fc.Arbitrary<Cost | null> = fc.option(
  fc.record({ nanoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n }), version: anyText }),
)
