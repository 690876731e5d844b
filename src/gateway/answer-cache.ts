// Whole answers by key, in memory, bounded by age, number and bytes; the least recently used goes first. Knows
// nothing of what a key is made of.

import type { Clock } from '../core/index.js'
import type { ChatEvent, Wire } from '../llm/index.js'
import { createByteRing, type Place } from './byte-ring.js'

interface StoredEvents {
  readonly events: readonly ChatEvent[]
}

/** As bytes where the answer passed unedited, otherwise as events. */
export type StoredAnswer = { readonly wire: Wire } | StoredEvents

/** The bytes of an answer in the pieces in which they came. */
export interface WirePieces extends Omit<Wire, 'bytes'> {
  readonly pieces: readonly Uint8Array[]
}

export interface AnswerCache {
  get(key: string): StoredAnswer | undefined
  put(key: string, answer: WirePieces | StoredEvents): void
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
  const ring = createByteRing(maxBytes)
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
  const keep = (answer: WirePieces | StoredEvents): Kept | undefined => {
    if ('events' in answer) return answer
    const { pieces, dialect, framing } = answer
    const place = ring.put(pieces)
    return place && { place, dialect, framing }
  }
  const read = (kept: Kept): StoredAnswer | undefined => {
    if ('events' in kept) return kept
    const { place, dialect, framing } = kept
    const bytes = ring.get(place)
    return bytes && { wire: { dialect, framing, bytes } }
  }
  /** What is still in use is written anew before its place is written over. */
  const renewed = (kept: Kept, answer: StoredAnswer): Kept =>
    'place' in kept && 'wire' in answer && ring.isOld(kept.place)
      ? (keep({ ...answer.wire, pieces: [answer.wire.bytes] }) ?? kept)
      : kept
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (!entry) return undefined
      const answer = clock.monotonicMs() >= entry.expiresMs ? undefined : read(entry.kept)
      if (!answer) {
        remove(key, entry)
        return undefined
      }
      entries.delete(key)
      entries.set(key, { ...entry, kept: renewed(entry.kept, answer) })
      return answer
    },
    put: (key, answer) => {
      const before = entries.get(key)
      if (before) remove(key, before)
      const bytes = ('events' in answer ? sizeOf(answer) : bytesOf(answer)) + overheadBytes
      const kept = bytes > maxBytes ? undefined : keep(answer)
      if (!kept) return
      entries.set(key, { kept, bytes, expiresMs: clock.monotonicMs() + ttlMs })
      held += bytes
      while (entries.size > maxEntries || held > maxBytes) removeOldest()
    },
    bytes: () => held,
  }
}

type Kept = (Omit<Wire, 'bytes'> & { readonly place: Place }) | StoredEvents

interface Entry {
  readonly kept: Kept
  readonly bytes: number
  readonly expiresMs: number
}

/** Of an event of a stream beside its text: the event, its native fields and its envelope. */
const bytesPerEvent = 512
/** Objects take several times the bytes of their JSON; 4 is what chat events were measured to take. */
const bytesPerJsonByte = 4

/** Bytes that the events of an answer hold, as estimated. */
export const sizeOf = ({ events }: StoredEvents): number =>
  events.reduce((sum, event) => sum + sizeOfEvent(event), 0)

const bytesOf = ({ pieces }: WirePieces): number => pieces.reduce((sum, { length }) => sum + length, 0)

const sizeOfEvent = (event: ChatEvent): number =>
  event.type === 'text' && !event.logprobs
    ? bytesPerEvent + 2 * event.text.length
    : Math.max(bytesPerEvent, JSON.stringify(event).length * bytesPerJsonByte)
