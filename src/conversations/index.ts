// Floor 3: responses and conversations that clients leave with the system, and ask for again. Knows no HTTP and no
// dialect: items and responses are JSON values to it.

export {
  type ConversationOptions,
  createConversations,
  endLeftResponses,
  responseLeaseMs,
} from './conversations.js'
export { conversationMigrations } from './migrations.js'
export type {
  Conversation,
  Conversations,
  EndedResponse,
  Item,
  KeptResponse,
  Owner,
  ResponseChain,
} from './records.js'
