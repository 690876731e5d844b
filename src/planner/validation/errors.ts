// Figures of a list of errors. Knows no prediction.

import { quantile, quantileInterval } from '../../stats/index.js'

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: '%' | 'share' | 'ratio'
  /** The 95 % interval; null where none applies. */
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly target: number | null
  readonly pass: boolean | null
}

export interface ErrorTargets {
  readonly median?: number
  readonly p90?: number
}

/**
 * Median and 90th percentile of errors in percent.
 * @param refused rows without a prediction: each counts as the worst error of the list
 */
export const errorFigures = (
  name: string,
  errors: readonly number[],
  refused: number,
  targets: ErrorTargets = {},
): readonly Figure[] => {
  if (errors.length === 0) return []
  const worst = Math.max(...errors)
  const all = [...errors, ...Array.from({ length: refused }, () => worst)]
  const quantileFigure = (what: string, p: number, target: number | undefined): Figure => {
    const value = quantile(all, p)
    const { low, high } = quantileInterval(all, p)
    return {
      name: `${name}.${what}ErrorPct`,
      value,
      unit: '%',
      low,
      high,
      n: all.length,
      target: target ?? null,
      pass: target === undefined ? null : value <= target,
    }
  }
  return [quantileFigure('median', 0.5, targets.median), quantileFigure('p90', 0.9, targets.p90)]
}

export const shareFigure = (
  name: string,
  {
    value,
    low,
    high,
    n,
  }: {
    readonly value: number
    readonly low: number | null
    readonly high: number | null
    readonly n: number
  },
  target: { readonly least?: number; readonly most?: number } = {},
): Figure => {
  const { least, most } = target
  const isJudged = least !== undefined || most !== undefined
  return {
    name,
    value,
    unit: 'share',
    low,
    high,
    n,
    target: least ?? most ?? null,
    pass: isJudged
      ? value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (most ?? Number.POSITIVE_INFINITY)
      : null,
  }
}
