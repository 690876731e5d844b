// Citations as language models write them: `[2]` behind a statement, meaning the second passage they were given.
// Turns them into citations with places. Knows no stream.

import { splitSentences } from '../core/index.js'
import type { PassageReference } from '../llm/index.js'

export interface MarkedCitation {
  readonly passage: PassageReference
  /** The statement, in UTF-16 offsets into the answer. */
  readonly start: number
  readonly end: number
}

/** How the passage at this place, counting from 0, is named in the prompt and in answers. */
export const markOf = (index: number): string => `[${index + 1}]`

/**
 * The citations an answer's marks mean. A mark belongs to the words before it in its sentence, or to the sentence
 * before when it stands at the start; a number that names no passage means nothing.
 */
export const citationsOfMarks = (
  answer: string,
  passages: readonly PassageReference[],
): readonly MarkedCitation[] => {
  const found = new Map<string, MarkedCitation>()
  let before = { start: 0, end: 0 }
  for (const sentence of splitSentences(answer)) {
    let statement = before
    let from = sentence.start
    for (const mark of answer.slice(sentence.start, sentence.end).matchAll(/\[(\d{1,3})\]/g)) {
      const at = sentence.start + mark.index
      const words = trimmed(answer, from, at)
      if (words.end > words.start) statement = words
      from = at + mark[0].length
      const passage = passages[Number(mark[1]) - 1]
      if (passage && statement.end > statement.start)
        found.set(`${passage.id} ${statement.start}`, { passage, ...statement })
    }
    const rest = trimmed(answer, from, sentence.end)
    before = rest.end > rest.start ? rest : statement
  }
  return [...found.values()]
}

/** The span without white space at its ends and without a mark's own punctuation. */
const trimmed = (text: string, start: number, end: number) => {
  const span = text.slice(start, end)
  const lead = /^[\s.,;:。，；：、]*/.exec(span)?.[0].length ?? 0
  const tail = /\s*$/.exec(span.slice(lead))?.[0].length ?? 0
  return { start: start + lead, end: end - tail }
}
