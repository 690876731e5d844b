// What a request is about, for stages that search or choose by it.

import type { ChatRequest } from '../llm/index.js'

/** The text of the last message of the user; '' when there is none. */
export const questionOf = (request: ChatRequest): string =>
  request.messages
    .findLast((message) => message.role === 'user')
    ?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim() ?? ''

/** The place of the user's last message; the number of messages when there is none. */
export const questionIndex = (request: ChatRequest): number => {
  const index = request.messages.findLastIndex((message) => message.role === 'user')
  return index < 0 ? request.messages.length : index
}
