// A stream that is known from the start: what a cache hit or a refusal of a guard answers. Asks no engine.

import { noUsage } from '../core/index.js'
import type { AnsweredBy, ChatEvent, ChatStream, Frame, Outcome } from './contract.js'
import { frameOf } from './frame.js'
import { readyStream } from './ready-stream.js'

/** What a stage answers on its own. */
export interface ReadyAnswer {
  readonly answeredBy: AnsweredBy
  /** What it says; `frames` replays frames that were kept, with their bytes. */
  readonly events?: readonly ChatEvent[]
  readonly frames?: readonly Frame[]
  /** How it differs from an answer that finished and cost nothing. Without `finish` the frames are decoded for it. */
  readonly outcome?: Partial<Outcome>
  readonly head?: ChatStream['head']
}

/**
 * A stream of events or frames that are ready. Its outcome has no attempts and no usage unless `outcome` says so.
 * @example
 * answerStream({ answeredBy: { stage: 'guard' }, events, outcome: { end: 'blocked' } })
 */
export const answerStream = ({ answeredBy, events, frames, outcome, head }: ReadyAnswer): ChatStream => {
  const said = frames ?? [frameOf(events ?? [])]
  return readyStream({
    answeredBy,
    head: head ?? { status: 200, headers: new Map() },
    frames: said,
    outcome: {
      end: 'finished',
      usage: noUsage,
      attempts: [],
      ...outcome,
      finish: outcome?.finish ?? finishOf(said),
    },
  })
}

const finishOf = (frames: readonly Frame[]): ReadonlyMap<number, string> => {
  const finish = new Map<number, string>()
  for (const frame of frames)
    for (const event of frame.events()) if (event.type === 'finish') finish.set(event.choice, event.reason)
  return finish
}
