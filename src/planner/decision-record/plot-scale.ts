// An axis: values to places along a line, and the round numbers that stand beside it. Knows no picture.

export interface PlotScale {
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

/** From this ratio of the largest to the smallest value on, steps are equal factors instead of equal amounts. */
const logarithmicFrom = 4

/**
 * @param values what has to find room; at least one, none negative
 * @param from place of the smallest values
 * @param to place of the largest ones
 */
export const createScale = (values: readonly number[], from: number, to: number): PlotScale => {
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (low > 0 && high / low >= logarithmicFrom) {
    const [a, b] = [Math.log(low / 1.15), Math.log(high * 1.15)]
    const at = (value: number) => from + ((Math.log(value) - a) / (b - a)) * (to - from)
    return { at, ticks: factorTicks(Math.exp(a), Math.exp(b)) }
  }
  const margin = (high - low) * 0.08 || Math.max(high * 0.1, 1)
  const [a, b] = [Math.max(0, low - margin), high + margin]
  const at = (value: number) => from + ((value - a) / (b - a)) * (to - from)
  return { at, ticks: stepTicks(a, b) }
}

const mostTicks = 7

/** 1, 2 and 5 times powers of ten; of many, those of ten alone. */
const factorTicks = (low: number, high: number): readonly number[] => {
  const powers: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    powers.push(10 ** power)
  const inside = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => factor * power))
      .filter((value) => value >= low && value <= high)
  const fine = inside([1, 2, 5])
  return fine.length <= mostTicks ? fine : inside([1])
}

const stepTicks = (low: number, high: number): readonly number[] => {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return Array.from({ length: count }, (_, i) => (first + i) * step)
}
