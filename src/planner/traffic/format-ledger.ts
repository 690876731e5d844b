// The export of this product's own ledger, JSON lines or CSV: one row per attempt, so only a request's first
// attempt is an arrival, and what every attempt used and cost counts.

import { amountOf, textOf, timeOf, tokensOf } from './read-field.js'
import { emptyArrival, type TrafficFormat } from './traffic-row.js'

export const ledgerExport: TrafficFormat = {
  name: 'llm-architect-ledger',
  recognises: (row) =>
    ['requestId', 'attempt', 'startedAt', 'usageSource', 'inputTokens'].every((name) => name in row),
  read: (row) => {
    const atMs = timeOf(row, ['startedAt'])
    const attempt = amountOf(row, ['attempt'])
    if (atMs === null || attempt === null) return null
    const isCounted = textOf(row, ['usageSource']) !== 'none'
    return [
      {
        ...emptyArrival,
        atMs,
        inputTokens: isCounted ? tokensOf(row, ['inputTokens']) : null,
        outputTokens: isCounted ? tokensOf(row, ['outputTokens']) : null,
        cachedTokens: isCounted ? tokensOf(row, ['inputCacheReadTokens']) : null,
        latencyMs: amountOf(row, ['totalMs']),
        model: textOf(row, ['deployment']),
        costUsd: amountOf(row, ['costUsd']),
        failed: textOf(row, ['end']) !== 'finished',
        isRetry: attempt > 0,
      },
    ]
  },
}
