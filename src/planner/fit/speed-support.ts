// How far an engine and a card are from the runs that the speed model was fitted to, and how much wider that makes the
// ranges. Knows no time.

import type { Message } from '../../core/index.js'
import { type ErrorBand, fittedCoefficients } from '../speed/coefficients.js'
import { fitMessage } from './fit-messages.js'
import type { FitRequest } from './fit-request.js'

export interface SpeedSupport {
  /** Power that the ends of a range are raised to. */
  readonly power: number
  readonly warnings: readonly Message[]
}

/**
 * An engine without runs of its own borrows the coefficients of another. Measured on the runs of the three that have:
 * with vLLM's, four in five runs of SGLang and TensorRT-LLM took 0.69 to 1.34 of the time per token and 0.62 to 6.4
 * times the time to first token (own coefficients: 0.73-1.27 and 0.49-3.1). The square of the fit's range holds that. A
 * card without runs is nearer: the physics is the same, only the shares reached are not.
 */
const powers = { engine: 2, card: 1.5, vendor: 2 } as const

export const speedSupport = ({ engine, card }: FitRequest): SpeedSupport => {
  const { measuredEngines, measuredAccelerators } = fittedCoefficients
  const hasEngine = measuredEngines.includes(engine)
  const { accelerator } = card
  const hasCard = accelerator !== null && measuredAccelerators.includes(accelerator.name)
  const isOtherVendor = accelerator !== null && accelerator.vendor !== 'NVIDIA'
  return {
    power: Math.max(
      1,
      hasEngine ? 1 : powers.engine,
      hasCard ? 1 : isOtherVendor ? powers.vendor : powers.card,
    ),
    warnings: [
      ...(hasEngine
        ? []
        : [fitMessage('fit.engine-not-measured', { engine, from: lenders[engine] ?? null })]),
      ...(hasCard ? [] : [fitMessage('fit.card-not-measured', { card: card.label })]),
    ],
  }
}

/** Whose coefficients stand in the place of an engine's own; the others' are rough figures. */
export const lenders: Readonly<Partial<Record<FitRequest['engine'], FitRequest['engine']>>> = { tgi: 'vllm' }

export const widened = ({ low, high }: ErrorBand, power: number): ErrorBand => ({
  low: low ** power,
  high: high ** power,
})
