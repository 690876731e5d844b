// Text on its way out, with the log probabilities of its tokens, so that it can be held back, cut and passed on
// without losing which token said what. Knows no token and no tool.

import type { LogProbability } from '../contract.js'

export interface Speech {
  readonly text: string
  readonly logprobs: readonly LogProbability[]
}

export interface HeldSpeech {
  text(): string
  add(speech: Speech): void
  /** Takes the first characters, with every token that begins in them. */
  take(characters: number): Speech
}

export const createHeldSpeech = (): HeldSpeech => {
  let held: Speech[] = []
  return {
    text: () => held.map(({ text }) => text).join(''),
    add: (speech) => {
      held.push(speech)
    },
    take: (characters) => {
      let text = ''
      const logprobs: LogProbability[] = []
      const rest: Speech[] = []
      for (const speech of held) {
        const missing = characters - text.length
        // A silent token goes with what stands before it.
        if (rest.length > 0 || (missing <= 0 && speech.text !== '')) {
          rest.push(speech)
          continue
        }
        text += speech.text.slice(0, missing)
        logprobs.push(...speech.logprobs)
        if (speech.text.length > missing) rest.push({ text: speech.text.slice(missing), logprobs: [] })
      }
      held = rest
      return { text, logprobs }
    },
  }
}

/** Where `text` ends with the beginning of one of `marks`; its length when it does not. */
export const startOfPartialMark = (text: string, marks: readonly string[]): number => {
  let start = text.length
  for (const mark of marks)
    for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
      if (text.endsWith(mark.slice(0, length))) {
        start = Math.min(start, text.length - length)
        break
      }
  return start
}
