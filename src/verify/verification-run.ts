// What the areas of one verification share: the files as given, the route that is asked, progress, and how an area
// that cannot be measured is told.

import { ArchitectError } from '../core/index.js'
import type { RowClaim } from './judge-row.js'
import { unmeasuredRow } from './judge-row.js'
import { note } from './messages.js'
import type { PredictedFigure } from './predictions.js'
import type { ChatReply } from './read-reply.js'
import { describeRows } from './row-titles.js'
import type { ScorecardRow } from './scorecard.js'
import type { SystemClient } from './system-client.js'
import type { VerificationArea, VerificationOptions } from './verification-options.js'

export interface VerificationRun {
  readonly options: VerificationOptions
  /** The system under test. */
  readonly client: SystemClient
  /** Route that is asked. */
  readonly model: string
  readonly predictions: readonly PredictedFigure[]
  /** Knowledge base of that route. */
  readonly knowledge: string | undefined
  /** By what was asked: figures that are read from the same questions share their answers. */
  readonly replies: Map<string, Promise<readonly (ChatReply | undefined)[]>>
}

/** A row's claim without its figure. */
export type RowFrame = Omit<RowClaim, 'interval' | 'title'>

export const titled = (
  { options, predictions }: VerificationRun,
  frame: RowFrame,
): Omit<RowClaim, 'interval'> => ({
  prediction: predictions.find(({ id }) => id === frame.id),
  ...frame,
  title: describeRows(options.requirements, options.architecture).get(frame.id) ?? {
    code: frame.id,
    params: {},
  },
})

/**
 * Runs what measures `frames`. When the system cannot be measured, the rows say why and stay without a figure;
 * a suite that is wrong, or a stop, ends the verification.
 */
export const measureOrExplain = async (
  run: VerificationRun,
  frames: readonly RowFrame[],
  measure: () => Promise<readonly ScorecardRow[]>,
): Promise<readonly ScorecardRow[]> => {
  try {
    return await measure()
  } catch (error) {
    if (!(error instanceof ArchitectError) || badInput.has(error.code) || run.options.signal.aborted)
      throw error
    const reason = note('verify.note.failed-to-run', { detail: error.message })
    return frames.map((frame) => unmeasuredRow({ ...titled(run, frame), notes: [reason] }))
  }
}

const badInput = new Set([
  'verify.suite-missing',
  'verify.suite-invalid',
  'verify.squad-invalid',
  'verify.predictions-late',
  'verify.predictions-invalid',
])

export interface StepCounter {
  /** One more is done. */
  readonly onDone: () => void
}

export const countSteps = (
  { options }: VerificationRun,
  step: { readonly area: VerificationArea; readonly step: string; readonly total: number },
): StepCounter => {
  let done = 0
  return { onDone: () => options.onProgress?.({ ...step, done: ++done }) }
}
