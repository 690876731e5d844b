// From a target and an interval to a row of the scorecard: the one place where a verdict is given. Pure.

import { createRenderer, type Message } from '../core/index.js'
import { type Comparison, type Interval, verdictOf } from '../stats/index.js'
import { note } from './messages.js'
import type { PredictedFigure } from './predictions.js'
import { rowTitles } from './row-titles.js'
import type { Measured, ScorecardRow, Verdict } from './scorecard.js'

export interface RowTarget {
  readonly op: Comparison
  readonly value: number
  readonly unit: string
}

export interface RowClaim {
  readonly id: string
  readonly title: Message
  readonly target: RowTarget | null
  /** In `unit`. */
  readonly interval: Interval
  readonly unit: string
  readonly source: string
  readonly file?: string
  readonly prediction?: PredictedFigure | undefined
  readonly notes?: readonly Message[]
  /** A validity gate failed: the figure says nothing of the system. */
  readonly isInvalid?: boolean
  /** The figure was not taken under the conditions of the target. */
  readonly isShownOnly?: boolean
}

/** A duration prediction is converted to the row's unit. */
const msPer: Readonly<Record<string, number>> = { ms: 1, s: 1000 }

export const convert = (value: number, from: string, to: string): number => {
  const [source, target] = [msPer[from], msPer[to]]
  return source === undefined || target === undefined ? value : (value * source) / target
}

const render = createRenderer(rowTitles)
export const titleText = (title: Message): string => render(title, 'en')

export const judgeRow = (claim: RowClaim): ScorecardRow => {
  const { interval, target, unit, notes = [] } = claim
  const measured = measuredOf(interval, unit)
  const predicted = predictedIn(unit, claim.prediction)
  const isSmall = measured !== null && (interval.low === null || interval.high === null)
  return {
    id: claim.id,
    title: titleText(claim.title),
    target: target && { op: target.op, value: target.value, unit: target.unit },
    predicted,
    measured,
    verdict: verdictFor(claim, measured),
    evidence: {
      source: claim.source,
      file: claim.file ?? null,
      notes: [
        ...notes,
        ...(claim.isShownOnly || claim.isInvalid ? [] : missedPrediction(predicted, measured)),
        ...(isSmall ? [note('verify.note.sample-too-small', { n: interval.n })] : []),
      ],
    },
  }
}

/** What was predicted for these very conditions, and did not come. */
const missedPrediction = (
  predicted: ScorecardRow['predicted'],
  measured: Measured | null,
): readonly Message[] => {
  if (!predicted || !measured || predicted.unit !== measured.unit) return []
  const { low, high, unit } = predicted
  const isInside = measured.value >= (low ?? -Infinity) && measured.value <= (high ?? Infinity)
  if (isInside || (low === null && high === null)) return []
  return [note('verify.note.prediction-missed', { measured: measured.value, low, high, unit })]
}

const measuredOf = ({ value, low, high, n }: Interval, unit: string): Measured | null =>
  n === 0 || !Number.isFinite(value) ? null : { value, unit, n, low, high }

const verdictFor = (claim: RowClaim, measured: Measured | null): Verdict => {
  if (claim.isInvalid) return 'invalid'
  if (measured === null || claim.isShownOnly || !claim.target) return 'not-measured'
  return verdictOf({ target: claim.target, interval: measured })
}

const predictedIn = (unit: string, prediction: PredictedFigure | undefined): ScorecardRow['predicted'] => {
  if (!prediction) return null
  const inUnit = (value: number | null) => (value === null ? null : convert(value, prediction.unit, unit))
  return {
    value: convert(prediction.value, prediction.unit, unit),
    unit: msPer[prediction.unit] && msPer[unit] ? unit : prediction.unit,
    low: inUnit(prediction.low),
    high: inUnit(prediction.high),
  }
}

/** A row without a figure, and why. */
export const unmeasuredRow = (claim: Omit<RowClaim, 'interval'>): ScorecardRow =>
  judgeRow({ ...claim, interval: { value: Number.NaN, low: null, high: null, n: 0 } })
