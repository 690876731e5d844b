// Whole answers by key, in memory, bounded by age, number and bytes; the least recently used goes first. Knows
// nothing of what a key is made of.

import type { Clock } from '../core/index.js'
import type { ChatEvent, Wire } from '../llm/index.js'

/** As bytes where the answer passed unedited, otherwise as events. */
export type StoredAnswer = { readonly wire: Wire } | { readonly events: readonly ChatEvent[] }

export interface AnswerCache {
  get(key: string): StoredAnswer | undefined
  put(key: string, answer: StoredAnswer): void
  /** Bytes held now, as estimated. */
  bytes(): number
}

export interface AnswerCacheOptions {
  readonly ttlMs: number
  readonly maxEntries: number
  readonly maxBytes: number
  readonly clock: Clock
}

/** Bytes of the key, the entry and its place in the map. */
const overheadBytes = 512

export const createAnswerCache = (options: AnswerCacheOptions): AnswerCache => {
  const { ttlMs, maxEntries, maxBytes, clock } = options
  // Insertion order is the order of use: a hit is put back at the end.
  const entries = new Map<string, Entry>()
  /** Goes along with the evictions: a new one would look at the places of all that is gone first. */
  let oldest = entries.entries()
  let held = 0
  const remove = (key: string, entry: Entry) => {
    entries.delete(key)
    held -= entry.bytes
  }
  const removeOldest = () => {
    const next = oldest.next()
    if (next.value) remove(...next.value)
    else oldest = entries.entries()
  }
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (clock.monotonicMs() >= entry.expiresMs) {
        remove(key, entry)
        return undefined
      }
      entries.delete(key)
      entries.set(key, entry)
      return entry.answer
    },
    put: (key, answer) => {
      const before = entries.get(key)
      if (before) remove(key, before)
      const bytes = sizeOf(answer) + overheadBytes
      if (bytes > maxBytes) return
      entries.set(key, { answer, bytes, expiresMs: clock.monotonicMs() + ttlMs })
      held += bytes
      while (entries.size > maxEntries || held > maxBytes) removeOldest()
    },
    bytes: () => held,
  }
}

interface Entry {
  readonly answer: StoredAnswer
  readonly bytes: number
  readonly expiresMs: number
}

/** Of an event of a stream beside its text: the event, its native fields and its envelope. */
const bytesPerEvent = 512
/** Objects take several times the bytes of their JSON; 4 is what chat events were measured to take. */
const bytesPerJsonByte = 4

/** Bytes that an answer holds, as estimated. */
export const sizeOf = (answer: StoredAnswer): number =>
  'wire' in answer
    ? answer.wire.bytes.byteLength
    : answer.events.reduce((sum, event) => sum + sizeOfEvent(event), 0)

const sizeOfEvent = (event: ChatEvent): number =>
  event.type === 'text' && !event.logprobs
    ? bytesPerEvent + 2 * event.text.length
    : Math.max(bytesPerEvent, JSON.stringify(event).length * bytesPerJsonByte)
