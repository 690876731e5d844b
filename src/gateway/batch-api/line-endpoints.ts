// The endpoints that requests of batches may be sent to: the same handlers that answer clients, made to read from
// elsewhere.

import { type ChatDeps, createChatHandler } from '../chat.js'
import { anthropicMessages } from '../dialects/anthropic-messages.js'
import type { ChatDialect } from '../dialects/chat-dialect.js'
import { openaiChat } from '../dialects/openai-chat.js'
import { openaiCompletions } from '../dialects/openai-completions.js'
import { createEmbeddings } from '../embeddings.js'
import type { Handler } from '../exchange.js'
import { createModerations, type ModerationDeps } from '../moderations.js'
import type { WholeAnswerDeps } from '../whole-answers.js'

/**
 * Those of `openai-batches.ts`, and the one of Anthropic's batches.
 * @param responses the dialect of /v1/responses, which knows where responses are kept
 */
export const lineEndpoints = (
  deps: ChatDeps & WholeAnswerDeps & ModerationDeps,
  responses: ChatDialect,
): ReadonlyMap<string, Handler> =>
  new Map([
    ['/v1/chat/completions', createChatHandler(deps, openaiChat)],
    ['/v1/completions', createChatHandler(deps, openaiCompletions)],
    ['/v1/responses', createChatHandler(deps, responses)],
    ['/v1/embeddings', createEmbeddings(deps)],
    ['/v1/moderations', createModerations(deps)],
    ['/v1/messages', createChatHandler(deps, anthropicMessages)],
  ])
