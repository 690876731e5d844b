// Cuts the bytes a PostgreSQL client sends into units that must run without interruption: the start-up packet,
// one simple query, or an extended query up to its Sync. Source: PostgreSQL 18 manual, "Frontend/Backend
// Protocol", sections 54.2 and 54.7. Knows no SQL and no socket.

export type WireUnit =
  | { readonly kind: 'encryption-request' }
  | { readonly kind: 'cancel-request' }
  | { readonly kind: 'startup'; readonly bytes: Uint8Array }
  /** `complete` is false when the unit ends in a Flush: the client goes on with the same extended query. */
  | { readonly kind: 'query'; readonly bytes: Uint8Array; readonly complete: boolean }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'invalid'; readonly reason: string }

export interface WireSplitter {
  /** Adds bytes and returns the units they complete. After an `invalid` unit nothing more is returned. */
  push(chunk: Uint8Array): WireUnit[]
}

const sslRequest = 80877103
const gssEncryptionRequest = 80877104
const cancelRequest = 80877102
const protocolMajorVersion = 3

const simpleQuery = 0x51 // 'Q'
const functionCall = 0x46 // 'F'
const sync = 0x53 // 'S'
const flush = 0x48 // 'H'
const terminate = 0x58 // 'X'

/** @param maxUnitBytes largest unit that is accepted; a longer one is `invalid` */
export const createWireSplitter = (maxUnitBytes: number): WireSplitter => {
  const received = createByteQueue()
  const nextQuery = createQueryReader(received, maxUnitBytes)
  let started = false
  let broken = false
  return {
    push: (chunk) => {
      received.push(chunk)
      const units: WireUnit[] = []
      while (!broken) {
        const unit = started ? nextQuery() : readFirstMessage(received, maxUnitBytes)
        if (!unit) break
        started ||= unit.kind === 'startup'
        broken = unit.kind === 'invalid'
        units.push(unit)
      }
      return units
    },
  }
}

const invalid = (reason: string): WireUnit => ({ kind: 'invalid', reason })

/** The messages before and at the start have no type, only a length and a code. */
const readFirstMessage = (received: ByteQueue, maxUnitBytes: number): WireUnit | undefined => {
  if (received.length() < 8) return undefined
  const length = received.int32At(0)
  if (length < 8 || length > maxUnitBytes)
    return invalid(`a first message of ${length} bytes is not PostgreSQL`)
  if (received.length() < length) return undefined
  const code = received.int32At(4)
  const bytes = received.take(length)
  if (code === sslRequest || code === gssEncryptionRequest) return { kind: 'encryption-request' }
  if (code === cancelRequest) return { kind: 'cancel-request' }
  if (code >>> 16 !== protocolMajorVersion) return invalid(`protocol version ${code >>> 16} is not supported`)
  return { kind: 'startup', bytes }
}

/** Returns the function that gives the next unit of messages with a type, once it has arrived. */
const createQueryReader = (received: ByteQueue, maxUnitBytes: number) => {
  /** Bytes at the front of the queue that belong to the unit being collected. */
  let unitBytes = 0
  return (): WireUnit | undefined => {
    while (received.length() >= unitBytes + 5) {
      const type = received.byteAt(unitBytes)
      const length = received.int32At(unitBytes + 1)
      if (length < 4 || unitBytes + 1 + length > maxUnitBytes)
        return invalid(`a query of more than ${maxUnitBytes} bytes was sent; send less at once`)
      if (received.length() < unitBytes + 1 + length) return undefined
      unitBytes += 1 + length
      if (type === terminate) return { kind: 'terminate' }
      if (type !== sync && type !== simpleQuery && type !== functionCall && type !== flush) continue
      const bytes = received.take(unitBytes)
      unitBytes = 0
      return { kind: 'query', bytes, complete: type !== flush }
    }
    return undefined
  }
}

interface ByteQueue {
  length(): number
  push(chunk: Uint8Array): void
  byteAt(offset: number): number
  int32At(offset: number): number
  take(length: number): Uint8Array
}

/** Bytes in arrival order, joined only when a unit is taken or a header lies across two chunks. */
const createByteQueue = (): ByteQueue => {
  let chunks: Uint8Array[] = []
  let total = 0
  const join = (): Buffer => {
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks)]
    return chunks[0] as Buffer
  }
  const byteAt = (offset: number): number => {
    let rest = offset
    for (const chunk of chunks) {
      if (rest < chunk.length) return chunk[rest] as number
      rest -= chunk.length
    }
    return 0
  }
  return {
    length: () => total,
    push: (chunk: Uint8Array) => {
      chunks.push(chunk)
      total += chunk.length
    },
    byteAt,
    int32At: (offset: number) =>
      (byteAt(offset) << 24) | (byteAt(offset + 1) << 16) | (byteAt(offset + 2) << 8) | byteAt(offset + 3),
    take: (length: number): Uint8Array => {
      const all = join()
      total -= length
      chunks = total > 0 ? [all.subarray(length)] : []
      return all.subarray(0, length)
    },
  }
}
