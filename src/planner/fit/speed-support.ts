// How far an engine and a card are from the runs that the speed model was fitted to, in words, and how much wider that
// makes the ranges. Knows no time.

import type { Message } from '../../core/index.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { isMeasured, rangePower } from '../speed/range-of.js'
import { fitMessage } from './fit-messages.js'
import type { FitRequest } from './fit-request.js'

export interface SpeedSupport {
  /** Power that the ends of a range are raised to. */
  readonly power: number
  readonly warnings: readonly Message[]
}

export const speedSupport = ({ engine, card }: FitRequest): SpeedSupport => {
  const served = { engine, accelerator: card.accelerator }
  const has = isMeasured(served, fittedCoefficients)
  return {
    power: rangePower(served, fittedCoefficients),
    warnings: [
      ...(has.engine
        ? []
        : [fitMessage('fit.engine-not-measured', { engine, from: lenders[engine] ?? null })]),
      ...(has.accelerator ? [] : [fitMessage('fit.card-not-measured', { card: card.label })]),
    ],
  }
}

/** Whose coefficients stand in the place of an engine's own; the others' are rough figures. */
export const lenders: Readonly<Partial<Record<FitRequest['engine'], FitRequest['engine']>>> = { tgi: 'vllm' }
