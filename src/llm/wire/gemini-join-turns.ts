// Clients of Gemini keep each chunk of a streamed answer as a content of its own. Here a turn of the model is one
// message again, and its text one part: other dialects have two turns of the model, or an empty text, nowhere.

import type { Message, Part } from '../contract.js'
import { isEmpty } from './fields.js'

/** The messages with neighbouring turns of the model joined. Parts that carry more than a text stay as they are. */
export const joinModelTurns = (messages: readonly Message[]): readonly Message[] => {
  const joined: Message[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    const isContinued = isPlainTurn(message) && last && isPlainTurn(last)
    if (isContinued) joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] }
    else joined.push(message)
  }
  return joined.map((message) =>
    message.role === 'assistant' ? { ...message, parts: joinParts(message.parts) } : message,
  )
}

const isPlainTurn = ({ role, extra }: Message) => role === 'assistant' && extra === undefined

const joinParts = (parts: readonly Part[]): readonly Part[] => {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    const both = last && joinTwo(last, part)
    if (both) joined[joined.length - 1] = both
    else joined.push(part)
  }
  const said = joined.filter((part) => part.type !== 'text' || part.text !== '' || !isPlain(part))
  const kept = said.length > 0 ? said : joined
  const texts = kept.filter((part) => part.type === 'text')
  return texts.length === 1 ? kept.map(alone) : kept
}

const isPlain = (part: Part) => part.type !== 'item' && isEmpty(part.extra ?? {})

const joinTwo = (before: Part, after: Part): Part | undefined => {
  if (!isPlain(before) || !isPlain(after)) return undefined
  if (before.type === 'text' && after.type === 'text') return { ...before, text: before.text + after.text }
  // A signature ends the thought it belongs to.
  if (before.type === 'reasoning' && after.type === 'reasoning' && before.signature === undefined)
    return { ...after, text: before.text + after.text }
  return undefined
}

/** The only text of a message is a plain string elsewhere. */
const alone = (part: Part): Part => {
  if (part.type !== 'text' || !isPlain(part)) return part
  const { extra: _extra, ...text } = part
  return text
}
