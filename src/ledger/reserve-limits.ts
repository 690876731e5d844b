// The limits of one attempt: tokens per minute and the budget of the month, reserved before the call and settled
// after it. Knows no journal.

import type { AttemptStart, Usage } from '../core/index.js'
import type { Counters, CounterWindow, Refusal, Reservation } from './counters.js'
import { ledgerError } from './messages.js'
import { usdNumber } from './nano-usd.js'

/** The limits of a key. 0 means none. */
export interface KeyLimits {
  readonly tokensPerMinute: number
  readonly monthlyBudgetUsd: number
}

export interface LimitReservations {
  settle(actual: { readonly usage: Usage; readonly nanoUsd: bigint }): Promise<void>
  release(): Promise<void>
}

/** The counter of a key's spending, in nano-dollars per calendar month. */
export const budgetCounter = (keyId: string): string => `budget/${keyId}`
/** The counter of a key's tokens, input and output together, per minute. */
export const tokenCounter = (keyId: string): string => `tokens/${keyId}`

const minuteMs = 60_000

/**
 * Reserves what the attempt may use at most; all of its limits or none.
 * @param estimate nano-dollars the reservation may cost; 0n when no price is known
 * @throws `ledger.token-limit-exceeded` | `ledger.budget-exceeded`
 */
export const reserveLimits = async (
  counters: Counters,
  limits: KeyLimits,
  { start, estimate }: { readonly start: AttemptStart; readonly estimate: bigint },
): Promise<LimitReservations> => {
  const { keyId } = start
  const tokens = await reserve(counters, limits.tokensPerMinute, {
    key: tokenCounter(keyId),
    amount: tokensOf(start.reservation),
    windowMs: minuteMs,
  })
  if (tokens && !tokens.granted) throw tokenLimitExceeded(keyId, tokens, tokensOf(start.reservation))
  const budget = await reserve(counters, limits.monthlyBudgetUsd * 1e9, {
    key: budgetCounter(keyId),
    amount: Number(estimate),
    windowMs: 'calendar-month',
  })
  if (budget && !budget.granted) {
    if (tokens) await counters.release(tokens)
    throw budgetExceeded(keyId, budget, estimate)
  }
  return {
    settle: async ({ usage, nanoUsd }) => {
      if (tokens) await counters.settle(tokens, tokensOf(usage))
      if (budget) await counters.settle(budget, Number(nanoUsd))
    },
    release: async () => {
      if (tokens) await counters.release(tokens)
      if (budget) await counters.release(budget)
    },
  }
}

const tokensOf = ({ input, output }: Usage): number => input.total + output.total

const reserve = (
  counters: Counters,
  limit: number,
  request: { readonly key: string; readonly amount: number; readonly windowMs: CounterWindow },
): Promise<Reservation | Refusal> | undefined =>
  limit > 0 ? counters.reserve({ ...request, limit }) : undefined

const tokenLimitExceeded = (keyId: string, refusal: Refusal, needed: number) =>
  ledgerError(
    'ledger.token-limit-exceeded',
    { keyId, limit: refusal.limit, needed, retryAfterMs: refusal.retryAfterMs },
    { retryable: refusal.retryAfterMs !== null },
  )

const budgetExceeded = (keyId: string, refusal: Refusal, estimate: bigint) =>
  ledgerError('ledger.budget-exceeded', {
    keyId,
    limitUsd: refusal.limit / 1e9,
    usedUsd: refusal.used / 1e9,
    neededUsd: usdNumber(estimate),
  })
