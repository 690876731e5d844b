// How much of a document goes when an instruction is found in it: the sentence, and after an override or a
// forged marker the rest of its line too, because from there on somebody else is speaking.

import type { InjectionFamily } from './injection-rules.js'

interface Extent {
  readonly start: number
  readonly end: number
}

const takesOver: readonly InjectionFamily[] = [
  'instruction-override',
  'delimiter-forgery',
  'jailbreak-persona',
  'encoded-instruction',
]

const newline = 10
const fullStops = '。！？'
const stops = '.!?'

/** Whether a sentence ends with the character at an index. */
const isSentenceEnd = (text: string, index: number): boolean => {
  const character = text.charAt(index)
  if (character === '\n' || fullStops.includes(character)) return true
  return stops.includes(character) && /^(?:\s|$)/.test(text.charAt(index + 1))
}

/** Longest sentence that is looked for; a longer one is cut there. */
const reach = 2000

export const documentExtent = (text: string, family: InjectionFamily, found: Extent): Extent => {
  let start = found.start
  while (start > 0 && found.start - start < reach && !isSentenceEnd(text, start - 1)) start--
  while (start < found.start && text.charAt(start).trim() === '') start++
  let end = found.end
  const isLast = takesOver.includes(family)
    ? (index: number) => text.charCodeAt(index) === newline
    : (index: number) => isSentenceEnd(text, index)
  if (end > start && isLast(end - 1)) return { start, end }
  while (end < text.length && end - found.end < reach && !isLast(end)) end++
  return { start, end: end < text.length && text.charCodeAt(end) !== newline ? end + 1 : end }
}
