// Responses and conversations, kept in the database. Responses are forgotten after a time: a reader never sees an
// older one, and the rows are deleted within the hour. Conversations stay until somebody deletes them.

import { type Clock, type Log, silentLog } from '../core/index.js'
import type { Store } from '../store/index.js'
import {
  deleteConversation,
  insertConversation,
  selectConversation,
  updateMetadata,
} from './conversation-table.js'
import { deleteItem, insertItems, selectItems } from './item-table.js'
import type { Conversations } from './records.js'
import {
  deleteResponse,
  deleteResponsesUntil,
  insertResponse,
  selectChain,
  selectResponse,
} from './response-table.js'

export interface ConversationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log?: Log
  /** How many days a response can be asked for. Default 30. */
  readonly retentionDays?: number
}

const dayMs = 86_400_000
const forgetEveryMs = 3_600_000

/** The tables must be there: `store.migrate('conversations', conversationMigrations)`. */
export const createConversations = (options: ConversationOptions): Conversations => {
  const { store, clock, log = silentLog, retentionDays = 30 } = options
  const { db } = store
  const closing = new AbortController()
  const now = () => new Date(clock.wallMs())
  const since = () => new Date(clock.wallMs() - retentionDays * dayMs)
  let forgetting: Promise<void> | undefined
  const forget = async () => {
    const count = await deleteResponsesUntil(db, since())
    if (count > 0) log.info({ count, retentionDays }, 'old responses deleted')
  }
  return {
    keepResponse: (owner, response, added) => insertResponse(db, owner, { response, added, now: now() }),
    findResponse: (owner, id) => selectResponse(db, owner, { id, since: since() }),
    chain: (owner, id) => selectChain(db, owner, { id, since: since() }),
    removeResponse: (owner, id) => deleteResponse(db, owner, { id, since: since() }),
    create: async (owner, { id, metadata }) => {
      const conversation = { id, metadata, createdAt: now() }
      await insertConversation(db, owner, conversation)
      return conversation
    },
    find: (owner, id) => selectConversation(db, owner, id),
    setMetadata: (owner, id, metadata) => updateMetadata(db, owner, { id, metadata }),
    remove: (owner, id) => deleteConversation(db, owner, id),
    addItems: async (owner, id, items) => {
      if (items.length > 0) await insertItems(owner, id, items).execute(db)
    },
    items: (owner, id) => selectItems(db, owner, id),
    removeItem: (owner, id, itemId) => deleteItem(db, owner, { id, itemId }),
    start: () => {
      forgetting ??= forgetRegularly(forget, { clock, log, signal: closing.signal })
    },
    close: async () => {
      closing.abort()
      await forgetting
    },
  }
}

const forgetRegularly = async (
  forget: () => Promise<void>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> => {
  for (;;) {
    // It rejects when it is aborted, and then the loop ends.
    await clock.sleep(forgetEveryMs, signal).catch(() => {})
    if (signal.aborted) return
    try {
      await forget()
    } catch (error) {
      log.warn({ err: error }, 'old responses could not be deleted')
    }
  }
}
