// What was paid for before the answer that the client gets is part of its outcome.

import type { Attempt } from '../../core/index.js'
import { type ChatStream, settleFirst } from '../../llm/index.js'

/** The same stream; its outcome begins with the attempts that came to nothing. */
export const withSpent = (stream: ChatStream, spent: readonly Attempt[]): ChatStream | Promise<ChatStream> =>
  spent.length === 0
    ? stream
    : settleFirst(stream, (outcome) => ({ ...outcome, attempts: [...spent, ...outcome.attempts] }))
