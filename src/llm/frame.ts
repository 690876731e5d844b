// Promise 4: frames, decoded on demand and once. Knows no dialect: the decoder is handed in.

import { toArchitectError } from '../core/index.js'
import type { ChatEvent, Frame, Wire } from './contract.js'
import { WireFrame } from './identity.js'

/**
 * A frame that stands for bytes.
 * @param decode reads whole events; called at most once. What it throws becomes an `error` event.
 */
export const createFrame = (wire: Wire, decode: (bytes: Uint8Array) => readonly ChatEvent[]): Frame =>
  new WireFrame(wire, () => decodeSafely(wire.bytes, decode))

/** A frame that was never on a wire. */
export const frameOf = (events: readonly ChatEvent[]): Frame => ({ events: () => events })

const decodeSafely = (bytes: Uint8Array, decode: (bytes: Uint8Array) => readonly ChatEvent[]) => {
  try {
    return decode(bytes)
  } catch (cause) {
    return [{ type: 'error', choice: 0, error: toArchitectError(cause) }] as const
  }
}
