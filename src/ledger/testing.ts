// For tests of the ledger: a disk in memory, with a size, that can be made to fail; and attempts of every kind.
// Not part of the product.

import fc from 'fast-check'
import { type Attempt, type AttemptStart, errorFactory, noUsage } from '../core/index.js'
import type { JournalFile, JournalFiles } from './journal-files.js'
import type { Cost, Timing } from './ledger-row.js'
import { ledgerMessages } from './messages.js'

export interface MemoryDisk extends JournalFiles {
  /** Bytes of each segment; a test may change them. */
  readonly segments: Map<number, Buffer>
  /** What the disk holds at most; writes beyond it are cut short and fail with ENOSPC. */
  capacityBytes: number
  /** Code of the error with which every write fails; undefined = none. */
  failing: string | undefined
  /** Calls of `append` that wrote something. */
  writes: number
  syncs: number
  usedBytes(): number
}

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code })

export const createMemoryDisk = (): MemoryDisk => {
  const segments = new Map<number, Buffer>()
  let reserve = 0
  const disk: MemoryDisk = {
    directory: '/memory',
    segments,
    capacityBytes: Number.POSITIVE_INFINITY,
    failing: undefined,
    writes: 0,
    syncs: 0,
    usedBytes: () => [...segments.values()].reduce((sum, bytes) => sum + bytes.length, reserve),
    list: async () =>
      [...segments]
        .map(([segment, bytes]) => ({ segment, bytes: bytes.length }))
        .sort((a, b) => a.segment - b.segment),
    read: async (segment) => segments.get(segment) ?? Buffer.alloc(0),
    create: async (segment) => {
      if (disk.failing) throw systemError(disk.failing)
      segments.set(segment, Buffer.alloc(0))
      return createMemoryFile(disk, segment)
    },
    remove: async (segment) => {
      segments.delete(segment)
    },
    writeReserve: async (bytes) => {
      reserve = 0
      if (disk.failing) throw systemError(disk.failing)
      if (disk.usedBytes() + bytes > disk.capacityBytes) throw systemError('ENOSPC')
      reserve = bytes
    },
    removeReserve: async () => {
      reserve = 0
    },
  }
  return disk
}

const createMemoryFile = (disk: MemoryDisk, segment: number): JournalFile => {
  const bytesOf = () => disk.segments.get(segment) ?? Buffer.alloc(0)
  return {
    append: async (bytes) => {
      if (disk.failing) throw systemError(disk.failing)
      const room = Math.max(0, disk.capacityBytes - disk.usedBytes())
      disk.segments.set(segment, Buffer.concat([bytesOf(), bytes.subarray(0, room)]))
      if (bytes.length > room) throw systemError('ENOSPC')
      disk.writes++
    },
    truncate: async (length) => {
      if (disk.failing) throw systemError(disk.failing)
      disk.segments.set(segment, bytesOf().subarray(0, length))
    },
    sync: async () => {
      if (disk.failing) throw systemError(disk.failing)
      disk.syncs++
    },
    close: async () => {},
  }
}

/** An attempt's start, with what a test cares about. */
export const startOf = (requestId: string, patch: Partial<AttemptStart> = {}): AttemptStart => ({
  requestId,
  attempt: 0,
  tenant: 'bank',
  keyId: 'key_1',
  route: 'support',
  deployment: 'local',
  architectureHash: 'sha256:00',
  reservation: { input: { total: 1000, cacheRead: 0, cacheWrite: 0 }, output: { total: 500, reasoning: 0 } },
  ...patch,
})

/** An attempt that finished with these tokens. */
export const finished = (inputTokens: number, outputTokens: number): Omit<Attempt, 'deployment'> => ({
  usage: {
    input: { ...noUsage.input, total: inputTokens },
    output: { ...noUsage.output, total: outputTokens },
  },
  usageSource: 'reported',
  end: 'finished',
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ maxLength: 20 }),
  // Lone surrogates and NUL, which PostgreSQL cannot hold.
  fc.constantFrom('', '\0', '\ud800', 'a\0b', '銀行'),
)
const anyCount = fc.oneof(
  fc.nat(1_000_000),
  fc.constantFrom(-1, 0.5, Number.NaN, 1e300, Number.POSITIVE_INFINITY),
)
const anyUsage = fc
  .tuple(anyCount, anyCount, anyCount, anyCount, anyCount)
  .map(([input, cacheRead, cacheWrite, output, reasoning]) => ({
    input: { total: input, cacheRead, cacheWrite },
    output: { total: output, reasoning },
  }))

export const anyStart: fc.Arbitrary<AttemptStart> = fc.record({
  requestId: anyText,
  attempt: fc.nat(5),
  tenant: anyText,
  keyId: anyText,
  route: anyText,
  deployment: anyText,
  architectureHash: anyText,
  reservation: anyUsage,
})

const failed = errorFactory(ledgerMessages)('ledger.closed', {})
export const anyAttempt: fc.Arbitrary<Omit<Attempt, 'deployment'>> = fc
  .record({
    usage: anyUsage,
    usageSource: fc.constantFrom('reported', 'estimated', 'partial', 'none'),
    end: fc.constantFrom('finished', 'failed', 'cancelled'),
    hasError: fc.boolean(),
  })
  .map(({ hasError, ...attempt }) => (hasError ? { ...attempt, error: failed } : attempt))

export const anyTiming: fc.Arbitrary<Timing> = fc.record({
  firstContentMs: fc.option(fc.oneof(fc.double({ min: 0, max: 1e6 }), fc.constant(Number.NaN))),
  totalMs: fc.oneof(fc.double({ min: 0, max: 1e7 }), fc.constant(Number.NaN)),
})

export const anyCost: fc.Arbitrary<Cost | null> = fc.option(
  fc.record({ nanoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n }), version: anyText }),
)
