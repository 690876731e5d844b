// A frame that holds a whole answer can be checked as a whole: when nothing in it has to change, it goes on as it
// came, bytes and all. Knows no stream.

import type { ChatEvent } from '../../llm/index.js'
import { type CheckText, guardJson, guardJsonText } from '../guard-json.js'

/** Whether these events are a whole answer, and the check would leave all of it as it is. */
export const isCleanAnswer = (events: readonly ChatEvent[], check: CheckText): boolean =>
  isWholeAnswer(events) && isClean(events, check)

/** Whether every choice that says something in these events also finishes in them. */
const isWholeAnswer = (events: readonly ChatEvent[]): boolean => {
  const speaking = new Set<number>()
  const finished = new Set<number>()
  for (const { type, choice } of events) {
    if (type === 'error') return false
    if (type === 'finish') finished.add(choice)
    else if (type !== 'usage') speaking.add(choice)
  }
  return finished.size > 0 && [...speaking].every((choice) => finished.has(choice))
}

const isClean = (events: readonly ChatEvent[], check: CheckText): boolean => {
  const texts = new Map<string, string>()
  const add = (key: string, text: string) => texts.set(key, (texts.get(key) ?? '') + text)
  for (const event of events) {
    if (event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning')
      add(`${event.type}/${event.choice}`, event.text)
    else if (event.type === 'tool-call') add(`call/${event.choice}/${event.index}`, event.arguments)
    else if (event.type === 'item' && guardJson(event.value, check) !== event.value) return false
  }
  return [...texts].every(([key, text]) =>
    key.startsWith('call/') ? guardJsonText(text, check) === text : check(text).action === 'allow',
  )
}
