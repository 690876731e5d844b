// Promise 4: frames, decoded on demand and once. Knows no dialect: the decoder is handed in.

import { toArchitectError } from '../core/index.js'
import type { ChatEvent, Frame, Wire } from './contract.js'
import { WireFrame } from './identity.js'

type Decode = (bytes: Uint8Array) => readonly ChatEvent[]

/**
 * A frame that stands for bytes.
 * @param decode reads whole events; called at most once. What it throws becomes an `error` event.
 * @param decodeGist likewise, for `gistOf`, where that can be had for less
 */
export const createFrame = (wire: Wire, decode: Decode, decodeGist?: Decode): Frame =>
  new WireFrame(
    wire,
    () => decodeSafely(wire.bytes, decode),
    decodeGist && (() => decodeSafely(wire.bytes, decodeGist)),
  )

/** A frame that was never on a wire. */
export const frameOf = (events: readonly ChatEvent[]): Frame => ({ events: () => events })

const decodeSafely = (bytes: Uint8Array, decode: Decode) => {
  try {
    return decode(bytes)
  } catch (cause) {
    return [{ type: 'error', choice: 0, error: toArchitectError(cause) }] as const
  }
}
