// The speed rows of a scorecard: each target of the requirements against a load that was offered. A figure that was
// not taken under the target's conditions is shown beside it and judged in a row of its own. Pure.

import type { Message } from '../core/index.js'
import type { Architecture, Requirements, SpeedTarget } from '../spec/index.js'
import type { Interval } from '../stats/index.js'
import { convert, judgeRow, type RowClaim } from './judge-row.js'
import type { GateName } from './load/gate.js'
import { meanConcurrency, measuredRecords, medianLengths, speedInterval } from './load/load-metrics.js'
import type { LoadProfile } from './load/load-profile.js'
import type { LoadRecord, LoadResult } from './load/load-record.js'
import { checkValidity } from './load/validity.js'
import { note } from './messages.js'
import type { PredictedFigure } from './predictions.js'
import { describeRows, firstDeployment, hereId } from './row-titles.js'
import type { ScorecardRow } from './scorecard.js'

export interface SpeedRowsInput {
  readonly requirements: Requirements
  readonly architecture: Architecture
  /** Route that was asked. */
  readonly model: string
  readonly profile: LoadProfile
  readonly result: LoadResult
  readonly timeoutMs: number
  readonly predictions: readonly PredictedFigure[]
  /** Why the load was offered a second time; empty when it was not. */
  readonly lateGates: readonly GateName[]
  /** File with the single requests. */
  readonly file: string
}

/** A load below this share of the target's does not show that the target holds. */
const minLoadShare = 0.95
/** Nor do prompts or answers whose median is below this share of the target's. */
const minLengthShare = 0.8

export const speedRows = (input: SpeedRowsInput): readonly ScorecardRow[] => {
  const all = measuredRecords(input.result)
  const records = all.filter(({ fromCache }) => !fromCache)
  const gates = checkValidity(input.result, input.profile).filter(({ passed }) => !passed)
  const common: Measurement = {
    records,
    isInvalid: gates.length > 0,
    notes: [
      ...gates.map(({ gate, value, limit, unit }) =>
        note('verify.note.gate-failed', { gate, value, limit, unit }),
      ),
      ...loadNotes(input, all),
    ],
  }
  return input.requirements.performance.targets.flatMap((target) => rowsOf(target, input, common))
}

interface Measurement {
  readonly records: readonly LoadRecord[]
  readonly isInvalid: boolean
  readonly notes: readonly Message[]
}

const rowsOf = (
  target: SpeedTarget,
  input: SpeedRowsInput,
  measured: Measurement,
): readonly ScorecardRow[] => {
  const titles = describeRows(input.requirements, input.architecture)
  const deployment = firstDeployment(input.architecture, input.model)
  const standsFor = deployment?.standsFor
  const unmet = unmetConditions(target, input, measured.records)
  const interval = inUnit(speedInterval(target, measured.records, input.timeoutMs), target.unit)
  const claim = (id: string): RowClaim => ({
    id,
    title: titles.get(id) ?? { code: id, params: {} },
    target: { op: target.op, value: target.value, unit: target.unit },
    interval,
    unit: target.unit,
    source: `load ${input.profile.name}`,
    file: input.file,
    prediction: input.predictions.find((prediction) => prediction.id === id),
    isInvalid: measured.isInvalid,
    notes: [...(interval.n === 0 ? [note('verify.note.no-tokens', {})] : []), ...measured.notes],
  })
  const production = claim(target.id)
  if (!standsFor && unmet.length === 0) return [judgeRow(production)]
  const shown =
    standsFor && deployment ? [note('verify.note.stand-in', { deployment: deployment.id, standsFor })] : unmet
  const here = claim(hereId(target.id))
  const judged =
    standsFor && deployment
      ? [note('verify.note.stand-in-judged', { deployment: deployment.id, standsFor })]
      : []
  return [
    judgeRow({
      ...production,
      isInvalid: false,
      isShownOnly: true,
      notes: [...shown, ...(production.notes ?? [])],
    }),
    judgeRow({ ...here, notes: [...judged, ...(here.notes ?? [])] }),
  ]
}

const inUnit = ({ value, low, high, n }: Interval, unit: string): Interval => {
  const change = (ms: number | null) => (ms === null ? null : convert(ms, 'ms', unit))
  return { value: convert(value, 'ms', unit), low: change(low), high: change(high), n }
}

const loadNotes = (
  { profile, result, lateGates }: SpeedRowsInput,
  records: readonly LoadRecord[],
): readonly Message[] => {
  const failed = records.filter(({ error }) => error)
  const hits = records.filter(({ fromCache }) => fromCache).length
  const { inputTokens, outputTokens } = medianLengths(records)
  const n = records.length
  const codes = [...new Set(failed.map(({ error }) => error?.code ?? ''))]
  return [
    note('verify.note.load', {
      shape: profile.shape,
      requestsPerSecond: profile.requestsPerSecond,
      seconds: profile.durationSeconds,
      seed: profile.seed,
      n: result.records.filter(({ phase }) => phase === 'profiling').length,
    }),
    ...(profile.insteadOf === undefined
      ? []
      : [note('verify.note.public-questions', { file: profile.insteadOf, suite: profile.questions })]),
    ...(lateGates.length > 0 ? [note('verify.note.repeated', { gates: lateGates })] : []),
    ...(inputTokens === null || outputTokens === null
      ? []
      : [note('verify.note.lengths', { inputTokens, outputTokens })]),
    ...(failed.length > 0 ? [note('verify.note.failed-requests', { failed: failed.length, n, codes })] : []),
    ...(hits > 0 ? [note('verify.note.from-cache', { hits, n })] : []),
  ]
}

/** Which conditions of the target the load did not meet. */
const unmetConditions = (
  target: SpeedTarget,
  { requirements, profile }: SpeedRowsInput,
  records: readonly LoadRecord[],
): readonly Message[] => [
  ...unmetLoad(target, requirements, { profile, records }),
  ...unmetLengths(target, requirements, records),
]

const unmetLoad = (
  { load }: SpeedTarget,
  { scale }: Requirements,
  { profile, records }: { readonly profile: LoadProfile; readonly records: readonly LoadRecord[] },
): readonly Message[] => {
  const curve = scale.dailyCurve ?? [1]
  const averageShare = curve.reduce((sum, hour) => sum + hour, 0) / curve.length
  const isConcurrency = typeof load === 'object' && 'concurrency' in load
  const required = isConcurrency
    ? load.concurrency
    : typeof load === 'object'
      ? load.requestsPerSecond
      : scale.peakRequestsPerSecond * (load === 'peak' ? 1 : averageShare)
  const offered = isConcurrency
    ? meanConcurrency(records, profile.durationSeconds)
    : profile.requestsPerSecond
  const unit = isConcurrency ? 'requests at a time' : 'requests/s'
  return offered >= required * minLoadShare
    ? []
    : [note('verify.note.load-below-target', { offered, required, unit })]
}

const unmetLengths = (
  { lengths }: SpeedTarget,
  { scale }: Requirements,
  records: readonly LoadRecord[],
): readonly Message[] => {
  const wanted =
    lengths === 'workload'
      ? { input: scale.lengths.inputTokens.p50, output: scale.lengths.outputTokens.p50 }
      : { input: lengths.inputTokens, output: lengths.outputTokens }
  const { inputTokens, outputTokens } = medianLengths(records)
  if (inputTokens === null || outputTokens === null) return [note('verify.note.lengths-unknown', {})]
  const below = (kind: 'input' | 'output', measured: number, required: number) =>
    measured >= required * minLengthShare
      ? []
      : [note('verify.note.lengths-below-target', { kind, measured, required })]
  return [...below('input', inputTokens, wanted.input), ...below('output', outputTokens, wanted.output)]
}
