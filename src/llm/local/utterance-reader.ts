// The way of generated text to what is said: stop strings, then thinking, then tool calls. Knows no token.

import { createId } from '../../core/index.js'
import type { Utterance } from './protocol.js'
import { createReasoningReader, noReasoning, type ReasoningReader } from './reasoning-reader.js'
import type { Speech } from './speech.js'
import { createStopFilter } from './stop-filter.js'
import { createToolCallReader, type ToolCallReader } from './tool-call-reader.js'

export interface UtteranceReader extends Pick<ToolCallReader, 'isAtCall' | 'isInsideCall' | 'calls'> {
  /** @returns what can be said now, and whether a stop string has ended the answer */
  push(speech: Speech): { readonly said: readonly Utterance[]; readonly isStopped: boolean }
  /** The answer has ended: what was held back is said, but for what a stop string cut off. */
  end(): readonly Utterance[]
  isThinking(): boolean
}

export interface UtteranceOptions {
  readonly stops: readonly string[]
  /** Names of the tools that may be called. */
  readonly tools: readonly string[]
  /** Whether the model may think before it answers, and whether the prompt has opened that already. */
  readonly thinking: 'none' | 'possible' | 'open'
}

export const createUtteranceReader = ({ stops, tools, thinking }: UtteranceOptions): UtteranceReader => {
  const stop = createStopFilter(stops)
  const reasoning: ReasoningReader =
    thinking === 'none' ? noReasoning : createReasoningReader(thinking === 'open')
  const calls = createToolCallReader(new Set(tools), () => createId('call'))
  let isCut = false

  const utter = ({ thought, said }: ReturnType<ReasoningReader['push']>): readonly Utterance[] => [
    ...(thought === '' ? [] : [{ type: 'reasoning', text: thought } as const]),
    ...calls.push(said),
  ]
  return {
    push: (speech) => {
      const { said, isStopped } = stop.push(speech)
      isCut = isStopped
      return { said: utter(reasoning.push(said)), isStopped }
    },
    end: () => [
      ...(isCut ? [] : utter(reasoning.push(stop.rest()))),
      ...utter(reasoning.rest()),
      ...calls.end(),
    ],
    isThinking: reasoning.isThinking,
    isAtCall: calls.isAtCall,
    isInsideCall: calls.isInsideCall,
    calls: calls.calls,
  }
}
