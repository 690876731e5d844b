// What was paid for before the answer that the client gets is part of its outcome.

import type { Attempt } from '../../core/index.js'
import { beforeLastFrame, type ChatStream } from '../../llm/index.js'

/** The same stream; its outcome begins with the attempts that came to nothing. */
export const withSpent = (stream: ChatStream, spent: readonly Attempt[]): ChatStream =>
  spent.length === 0
    ? stream
    : beforeLastFrame(stream, (outcome) => ({ ...outcome, attempts: [...spent, ...outcome.attempts] }))
