// What a policy asks of each place a text passes: nothing, a look, or an edit. Knows no detector.

import type { DetectorAction, GuardrailPolicy } from '../spec/index.js'

export interface GuardModes {
  readonly input: boolean
  readonly context: boolean
  /** `observe` leaves the bytes of an answer alone; `edit` decodes it and may hold text back. */
  readonly output: 'observe' | 'edit' | undefined
}

export const guardModes = ({ input, context, output, detectors }: GuardrailPolicy): GuardModes => {
  const extra = Object.values(detectors)
  const outputs = [...Object.values(output), ...extra]
  const isOn = (action: DetectorAction) => action !== 'off'
  return {
    input: [...Object.values(input), ...extra].some(isOn),
    context: [...Object.values(context), ...extra].some(isOn),
    output: outputs.some((action) => action === 'redact' || action === 'block')
      ? 'edit'
      : outputs.includes('observe')
        ? 'observe'
        : undefined,
  }
}
