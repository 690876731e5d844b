// A frame that holds several events as several frames of one event each, bytes and all, for whoever can let only some of
// them go. Chunks of chat completions say what they say whatever stood before them; other dialects do not.

import type { Frame } from '../contract.js'
import { createFrame } from '../frame.js'
import { wireOf } from '../identity.js'
import { createFrameDecoder } from './openai-chat-decode.js'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** @returns the frame itself where it cannot be split */
export const splitFrame = (frame: Frame): readonly Frame[] => {
  const wire = wireOf(frame)
  if (wire?.dialect !== 'openai-chat' || wire.framing !== 'sse' || wire.bytes.includes(carriageReturn))
    return [frame]
  const pieces = piecesOf(wire.bytes)
  if (pieces.length < 2) return [frame]
  const { events, gist } = createFrameDecoder()
  return pieces.map((bytes) => createFrame({ ...wire, bytes }, events, gist))
}

/** Cut behind each blank line; what stands behind the last one stays with it. */
const piecesOf = (bytes: Uint8Array): readonly Uint8Array[] => {
  const pieces: Uint8Array[] = []
  let start = 0
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] !== lineFeed || at < start) continue
    pieces.push(bytes.subarray(start, at + 2))
    start = at + 2
  }
  if (start < bytes.length) pieces.push(bytes.subarray(start))
  return pieces
}
