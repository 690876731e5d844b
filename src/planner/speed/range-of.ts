// Within what range a run of an unseen deployment falls around its prediction, by what its load and its engine say. Knows
// no prediction.

import type { Accelerator, EngineName } from '../../catalog/index.js'
import type { ErrorBand, FittedCoefficients, OfBoth, RangeFit } from './coefficients.js'

/** What the width of a range follows from. */
export interface RangePoint {
  readonly engine: EngineName
  readonly concurrency: number
  /** Sequences that the KV cache holds; left out where no more are asked for than it does. */
  readonly maxSequences?: number
}

/** Width of log(measured / predicted), in (0, infinity), by the features of a point. */
export const widthOf = (
  { width, perConcurrency, perFullness, sglang, trtllm }: Omit<RangeFit, 'low' | 'high'>,
  { concurrency, fullness, isSglang, isTrtllm }: ReturnType<typeof rangeFeatures>,
): number =>
  Math.exp(
    width + perConcurrency * concurrency + perFullness * fullness + sglang * isSglang + trtllm * isTrtllm,
  )

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

export const rangeOf = (fit: RangeFit, point: RangePoint): ErrorBand => rangeFrom(fit, rangeFeatures(point))

const rangeFrom = (fit: RangeFit, features: ReturnType<typeof rangeFeatures>): ErrorBand => {
  const width = widthOf(fit, features)
  return { low: Math.exp(fit.low * width), high: Math.exp(fit.high * width) }
}

/**
 * An engine without runs of its own borrows the coefficients of another. Measured on the runs of the three that have:
 * with vLLM's, four in five runs of SGLang and TensorRT-LLM took 0.69 to 1.34 of the time per token and 0.62 to 6.4
 * times the time to first token (own coefficients: 0.73-1.27 and 0.49-3.1). The square of the fit's range holds that. A
 * card without runs is nearer: the physics is the same, only the shares reached are not.
 */
const powers = { engine: 2, card: 1.5, vendor: 2 } as const

/** Who serves on what; the accelerator is null where its rates are not known. */
export interface Served {
  readonly engine: EngineName
  readonly accelerator: Pick<Accelerator, 'name' | 'vendor'> | null
}

type Runs = Pick<FittedCoefficients, 'measuredEngines' | 'measuredAccelerators'>

/** Whether the fit saw runs of an engine, and of an accelerator. */
export const isMeasured = (
  { engine, accelerator }: Served,
  { measuredEngines, measuredAccelerators }: Runs,
): { readonly engine: boolean; readonly accelerator: boolean } => ({
  engine: measuredEngines.includes(engine),
  accelerator: accelerator !== null && measuredAccelerators.includes(accelerator.name),
})

/** Power that the ends of a range are raised to: the farther from the runs of the fit, the wider it is. */
export const rangePower = (served: Served, runs: Runs): number => {
  const has = isMeasured(served, runs)
  const isOtherVendor = served.accelerator !== null && served.accelerator.vendor !== 'NVIDIA'
  return Math.max(
    has.engine ? 1 : powers.engine,
    has.accelerator ? 1 : isOtherVendor ? powers.vendor : powers.card,
  )
}

export const widened = (band: ErrorBand, power: number): ErrorBand =>
  power === 1 ? band : { low: band.low ** power, high: band.high ** power }

/** The ranges of both times without any load test, at a load of that engine on that accelerator. */
export const untestedRanges = (
  ranges: OfBoth<RangeFit>,
  point: RangePoint,
  power: number,
): OfBoth<ErrorBand> => {
  const features = rangeFeatures(point)
  return {
    tpot: widened(rangeFrom(ranges.tpot, features), power),
    ttft: widened(rangeFrom(ranges.ttft, features), power),
  }
}
