// Reads frames of a dialect whose every event has to be parsed to know where the answer stands: the Responses API
// repeats in its last events what was said before, and Gemini counts what was used in every chunk.

import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { eventData } from '../wire/event-data.js'
import type { StreamDecoder } from '../wire/wire-codec.js'
import { type FrameReader, type ReadFrame, spokenTokensOf } from './frame-reader.js'

export interface EagerOptions {
  /** The events of one `data`; never throws. */
  readonly readData: (data: string) => readonly ChatEvent[]
  /** Whether this event is the last one of its dialect. */
  readonly isLast: (event: ChatEvent) => boolean
}

export const createEagerFrameReader = ({ readData, isLast }: EagerOptions): FrameReader => ({
  read: (bytes) => {
    const groups = eventData(bytes).map(readData)
    return frameOfGroups(groups, groups.flat().some(isLast))
  },
})

/** For a dialect that ends where its stream ends. */
export const createDecodingFrameReader = (decoder: StreamDecoder): FrameReader => ({
  read: (bytes) => frameOfGroups([decoder.push(bytes)], false),
})

const frameOfGroups = (groups: readonly (readonly ChatEvent[])[], isDone: boolean): ReadFrame => {
  const events = groups.flat()
  const outputTokens = spokenTokensOf(events)
  return { events: () => events, notable: groups, hasContent: events.some(isContent), isDone, outputTokens }
}
