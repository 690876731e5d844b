// Parts the thinking that some models write first, between <think> and </think>, from the answer. Knows no model.

import { createHeldSpeech, type Speech, startOfPartialMark } from './speech.js'

export const thinkingOpening = '<think>'
export const thinkingClosing = '</think>'

interface Parted {
  readonly thought: string
  readonly said: Speech
}

export interface ReasoningReader {
  push(speech: Speech): Parted
  /** The answer has ended: what was held back belongs to what is going on. */
  rest(): Parted
  isThinking(): boolean
}

const silence: Speech = { text: '', logprobs: [] }

/** @param isThinking whether the prompt has opened the thinking already, as some templates do */
export const createReasoningReader = (isThinking: boolean): ReasoningReader => {
  const held = createHeldSpeech()
  let state: 'before' | 'thinking' | 'behind' | 'answer' = isThinking ? 'thinking' : 'before'

  const answer = (): Parted => {
    state = 'answer'
    return { thought: '', said: held.take(held.text().length) }
  }
  const advance = (): Parted => {
    const text = held.text()
    const start = text.length - text.trimStart().length
    if (state === 'answer') return answer()
    if (state === 'behind') {
      // Space between thinking and answer separates them; it belongs to neither.
      held.take(start)
      return start === text.length ? nothing : answer()
    }
    if (state === 'before') {
      if (thinkingOpening.startsWith(text.slice(start)))
        return text.slice(start) === thinkingOpening ? think() : nothing
      return text.startsWith(thinkingOpening, start) ? think() : answer()
    }
    const end = text.indexOf(thinkingClosing)
    if (end < 0)
      return { thought: held.take(startOfPartialMark(text, [thinkingClosing])).text, said: silence }
    const thought = held.take(end).text
    held.take(thinkingClosing.length)
    state = 'behind'
    return { ...advance(), thought }
  }
  const think = (): Parted => {
    held.take(held.text().indexOf(thinkingOpening) + thinkingOpening.length)
    state = 'thinking'
    return advance()
  }
  return {
    push: (speech) => {
      held.add(speech)
      return advance()
    },
    rest: () => {
      const rest = held.take(held.text().length)
      if (state === 'behind') return nothing
      return state === 'thinking' ? { thought: rest.text, said: silence } : { thought: '', said: rest }
    },
    isThinking: () => state === 'thinking',
  }
}

const nothing: Parted = { thought: '', said: silence }

/** For answers that follow a grammar, in which there is no room to think. */
export const noReasoning: ReasoningReader = {
  push: (said) => ({ thought: '', said }),
  rest: () => nothing,
  isThinking: () => false,
}
