// Whether an answer is right. Width, case and white space never decide (see foldText). Four rules:
//   exact     equals an accepted text, the final full stop aside
//   contains  holds an accepted text
//   numeric   one of its numbers equals an accepted number; citations such as [1] are not numbers of the answer
//   json      a JSON value in it equals an accepted value, whatever the order of the keys

import { canonicalJson } from '../../core/index.js'
import { foldText } from './fold-text.js'
import { readNumbers } from './read-numbers.js'
import type { AnswerRow } from './read-suite.js'

export const matchesAnswer = (
  answer: string,
  { match, accepted }: Pick<AnswerRow, 'match' | 'accepted'>,
): boolean => accepted.some((expected) => rules[match](answer, expected))

const rules: Record<AnswerRow['match'], (answer: string, expected: unknown) => boolean> = {
  exact: (answer, expected) => withoutFullStop(answer) === withoutFullStop(textOf(expected)),
  contains: (answer, expected) => foldText(answer).includes(foldText(textOf(expected))),
  numeric: (answer, expected) => {
    const [wanted] = readNumbers(textOf(expected))
    return wanted !== undefined && readNumbers(withoutMarks(answer)).includes(wanted)
  },
  json: (answer, expected) => {
    const wanted = canonicalJson(expected)
    return jsonValues(answer).some((value) => canonicalJson(value) === wanted)
  },
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const withoutFullStop = (text: string) =>
  foldText(text)
    .replace(/[.。]$/, '')
    .trim()

const withoutMarks = (text: string) => text.replace(/\[\d{1,2}\]/g, ' ')

/** Every JSON object or array in a text that starts at a bracket and parses; inner ones of those left out. */
const jsonValues = (text: string): unknown[] => {
  const values: unknown[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '{' && text[at] !== '[') continue
    const end = endOfBracket(text, at)
    const value = end === -1 ? undefined : parseJson(text.slice(at, end))
    if (value === undefined) continue
    values.push(value)
    at = end - 1
  }
  return values
}

/** The offset after the bracket that closes the one at `start`; -1 when it stays open. */
const endOfBracket = (text: string, start: number): number => {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (inString && character === '\\') at += 1
    else if (character === '"') inString = !inString
    else if (inString) continue
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth === 0 && !inString) return at + 1
  }
  return -1
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON equals nothing that is accepted.
    return undefined
  }
}
