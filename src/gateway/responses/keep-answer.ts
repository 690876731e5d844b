// The stream of an answer that is kept: its last frame comes when it is, and a client that is told of a whole response
// will find it again.

import {
  beforeLastFrame,
  type ChatEvent,
  type ChatStream,
  frameOf,
  mapFrames,
  withoutFinalResponse,
} from '../../llm/index.js'

/**
 * The same events without bytes, since the response is ours: its id, what it repeats of the request. The final
 * response is written when the outcome is known, so that a failure to keep the answer is no clean end.
 * @param keep given the events of an answer that is whole, or was ended by a guard
 */
export const keepAnswer = (
  stream: ChatStream,
  keep: (events: readonly ChatEvent[]) => Promise<void>,
): ChatStream => {
  const all: ChatEvent[] = []
  const edit = (frame: { events(): readonly ChatEvent[] }) => {
    const events = frame.events().map(withoutFinalResponse)
    all.push(...events)
    return frameOf(events)
  }
  return beforeLastFrame(mapFrames(stream, { edit }), async (outcome) => {
    if (outcome.end === 'finished' || outcome.end === 'blocked') await keep(all)
    return outcome
  })
}
