// Within what range a run of an unseen deployment falls around its prediction, by what its load and its engine say. Knows
// no prediction.

import type { EngineName } from '../../catalog/index.js'
import type { ErrorBand, RangeFit } from './coefficients.js'

/** What the width of a range follows from. */
export interface RangePoint {
  readonly engine: EngineName
  readonly concurrency: number
  /** Sequences that the KV cache holds; left out where no more are asked for than it does. */
  readonly maxSequences?: number
}

/** Width of log(measured / predicted), in (0, infinity). */
export const widthOf = (
  { width, perConcurrency, perFullness, sglang, trtllm }: Omit<RangeFit, 'low' | 'high'>,
  point: RangePoint,
): number => {
  const { concurrency, fullness, isSglang, isTrtllm } = rangeFeatures(point)
  return Math.exp(
    width + perConcurrency * concurrency + perFullness * fullness + sglang * isSglang + trtllm * isTrtllm,
  )
}

/** Natural logarithms of the concurrency over 16, and of the requests for each place in the cache from 1/20 to 3. */
export const rangeFeatures = ({
  engine,
  concurrency,
  maxSequences = Number.POSITIVE_INFINITY,
}: RangePoint) => ({
  concurrency: Math.log(Math.max(1, concurrency) / 16),
  fullness: Math.log(Math.min(3, Math.max(0.05, concurrency / maxSequences)) / 0.05),
  isSglang: engine === 'sglang' ? 1 : 0,
  isTrtllm: engine === 'trtllm' ? 1 : 0,
})

export const rangeOf = (fit: RangeFit, point: RangePoint): ErrorBand => {
  const width = widthOf(fit, point)
  return { low: Math.exp(fit.low * width), high: Math.exp(fit.high * width) }
}
