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
import type { Conversations, KeptResponse } from './records.js'
import {
  deleteResponse,
  deleteResponsesUntil,
  insertResponse,
  type StoredResponse,
  selectChain,
  selectOutputItems,
  selectResponse,
} from './response-table.js'
import { endAbandoned, endRunning, extendLease, insertRunning, selectEvents } from './running-table.js'

export interface ConversationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log?: Log
  /** How many days a response can be asked for. Default 30. */
  readonly retentionDays?: number
}

const dayMs = 86_400_000
const forgetEveryMs = 3_600_000

/** How long a response that is still answered may go without being renewed. */
export const responseLeaseMs = 30_000

/**
 * Ends responses that a process left running which is gone: for a database that only this process uses.
 * @returns how many there were
 */
export const endLeftResponses = (store: Store): Promise<number> => endAbandoned(store.db, undefined)

/** The tables must be there: `store.migrate('conversations', conversationMigrations)`. */
export const createConversations = (options: ConversationOptions): Conversations => {
  const { store, clock, log = silentLog, retentionDays = 30 } = options
  const { db } = store
  const closing = new AbortController()
  const now = () => new Date(clock.wallMs())
  const leaseEnd = () => new Date(clock.wallMs() + responseLeaseMs)
  const since = () => new Date(clock.wallMs() - retentionDays * dayMs)
  let forgetting: Promise<void> | undefined
  const forget = async () => {
    const count = await deleteResponsesUntil(db, since())
    if (count > 0) log.info({ count, retentionDays }, 'old responses deleted')
  }
  /** Ends what is read and was left running. @returns whether anything was */
  const settled = async (read: readonly StoredResponse[]): Promise<boolean> => {
    const nowMs = clock.wallMs()
    if (!read.some(({ leaseUntil }) => leaseUntil !== null && leaseUntil.getTime() <= nowMs)) return false
    const count = await endAbandoned(db, new Date(nowMs))
    if (count > 0) log.warn({ count }, 'responses were left running by a process that is gone')
    return true
  }
  return {
    keepResponse: (owner, response, added) => insertResponse(db, owner, { response, added, now: now() }),
    beginResponse: (owner, response) => insertRunning(db, owner, { response, now: now(), until: leaseEnd() }),
    renewResponse: (owner, id) => extendLease(db, owner, { id, until: leaseEnd() }),
    endResponse: (owner, ended, added) => endRunning(db, owner, { ended, added }),
    responseEvents: (owner, id) => selectEvents(db, owner, id),
    findResponse: async (owner, id) => {
      const read = () => selectResponse(db, owner, { id, since: since() })
      const found = await read()
      const current = found && (await settled([found])) ? await read() : found
      return current && keptOf(current)
    },
    chain: async (owner, id) => {
      const read = () => selectChain(db, owner, { id, since: since() })
      const found = await read()
      const { responses, missing } = (await settled(found.responses)) ? await read() : found
      return { responses: responses.map(keptOf), missing }
    },
    findItems: (owner, ids) => selectOutputItems(db, owner, { ids, since: since() }),
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

const keptOf = ({ leaseUntil: _leaseUntil, ...kept }: StoredResponse): KeptResponse => kept

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
