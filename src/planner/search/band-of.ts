// How far a predicted time may be off: the range of the first token, of the others, or of both in a whole answer.

import type { ErrorBand } from '../speed/coefficients.js'
import type { Latency } from '../speed/serving.js'
import type { ResolvedTarget } from './design-context.js'

export interface Bands {
  readonly tpot: ErrorBand
  readonly ttft: ErrorBand
}

/** A speed is off by what a token's time is. */
export const bandOf = (
  { tpot, ttft }: Bands,
  { target: { metric } }: Pick<ResolvedTarget, 'target'>,
  times: Latency,
): ErrorBand => {
  if (metric === 'ttft') return ttft
  return metric === 'e2e' ? mix(ttft, tpot, Math.min(1, times.ttftMs / times.e2eMs)) : tpot
}

/** The range of a whole answer: that of the first token and that of the others, each by its part of the time. */
const mix = (first: ErrorBand, rest: ErrorBand, share: number): ErrorBand => ({
  low: share * first.low + (1 - share) * rest.low,
  high: share * first.high + (1 - share) * rest.high,
})
