import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import { finished, startOf } from './__fixtures__/attempts.js'
import { createDrain, type DrainOptions } from './drain.js'
import { type LedgerRow, settledRow, startedRow, unsettledRow } from './ledger-row.js'

const rowOf = (index: number): LedgerRow =>
  settledRow(startedRow(startOf(`req_${index}`), 1000), {
    attempt: finished(1, 1),
    timing: { firstContentMs: null, totalMs: 500 },
    cost: null,
  })

/** A drain whose database is a list, and whose journal is a map of segments. */
const start = (patch: Partial<DrainOptions> = {}) => {
  const clock = createManualClock(10_000)
  const state = {
    isAway: false,
    inserted: [] as LedgerRow[][],
    journal: new Map<number, LedgerRow[]>(),
    released: new Map<number, number>(),
    read: [] as number[],
  }
  const drain = createDrain({
    insert: async (rows) => {
      if (state.isAway) throw new Error('connection refused')
      state.inserted.push([...rows])
    },
    readSegment: async (segment) => {
      state.read.push(segment)
      return state.journal.get(segment) ?? []
    },
    release: (segment, rows) => state.released.set(segment, (state.released.get(segment) ?? 0) + rows),
    clock,
    log: silentLog,
    batchRows: 500,
    maxRowsInMemory: 1000,
    ...patch,
  })
  const add = (index: number, segment: number) => {
    const row = rowOf(index)
    state.journal.set(segment, [...(state.journal.get(segment) ?? []), row])
    drain.add({ row, segment, isStored: false })
  }
  const ids = () => state.inserted.flat().map((row) => row.requestId)
  return { clock, drain, state, add, ids }
}

describe('drain', () => {
  it('writes rows in batches, in order, and releases their lines', async () => {
    const { drain, state, add, ids } = start()
    for (let i = 0; i < 1000; i++) add(i, 1)
    await drain.flush()
    expect(state.inserted.map((rows) => rows.length)).toEqual([500, 500])
    expect(ids()).toEqual(Array.from({ length: 1000 }, (_, i) => `req_${i}`))
    expect(state.released.get(1)).toBe(1000)
    expect(drain.health()).toEqual({ pendingRows: 0, lagMs: 0, storeFailure: null })
  })

  it('works on its own, a moment after rows arrive', async () => {
    const { drain, clock, add, ids } = start()
    add(1, 1)
    expect(drain.health()).toMatchObject({ pendingRows: 1, lagMs: 8500 })
    await clock.advance(249)
    expect(ids()).toEqual([])
    await clock.advance(1)
    expect(ids()).toEqual(['req_1'])
    add(2, 1)
    await clock.advance(250)
    expect(ids()).toEqual(['req_1', 'req_2'])
  })

  it('keeps rows while the database is away, tries less and less often, and catches up', async () => {
    const { drain, clock, state, add, ids } = start()
    state.isAway = true
    add(1, 1)
    await clock.advance(30_000)
    await expect(drain.flush()).rejects.toMatchObject({ code: 'ledger.store-away', retryable: true })
    expect(drain.health()).toMatchObject({ pendingRows: 1, lagMs: 38_500 })
    expect(drain.health().storeFailure).toContain('connection refused')
    state.isAway = false
    await clock.advance(5_000)
    expect(ids()).toEqual(['req_1'])
    expect(drain.health()).toEqual({ pendingRows: 0, lagMs: 0, storeFailure: null })
  })

  it('lets go of rows beyond its bound and reads them again from the journal', async () => {
    const { drain, state, add, ids } = start({ maxRowsInMemory: 10 })
    state.isAway = true
    for (let i = 0; i < 100; i++) add(i, Math.floor(i / 25))
    expect(drain.health().pendingRows).toBe(100)
    state.isAway = false
    await drain.flush()
    // Ten rows came from memory in one batch; all others were let go of.
    expect(state.inserted[0]).toHaveLength(10)
    expect(state.read).toEqual([0, 1, 2, 3])
    expect([...new Set(ids())]).toEqual(Array.from({ length: 100 }, (_, i) => `req_${i}`))
    expect([...state.released].sort()).toEqual([
      [0, 25],
      [1, 25],
      [2, 25],
      [3, 25],
    ])
    expect(drain.health().pendingRows).toBe(0)
  })

  it('flushes what was there when asked, although more keeps coming', async () => {
    const { drain, add, ids, state } = start({ batchRows: 1 })
    add(0, 1)
    add(1, 1)
    const flushed = drain.flush()
    add(2, 1)
    await flushed
    expect(ids()).toEqual(['req_0', 'req_1'])
    expect(state.released.get(1)).toBe(2)
  })

  it('writes one row per key, the settled one', async () => {
    const { drain, state } = start()
    const row = rowOf(1)
    drain.add({ row: unsettledRow(row), segment: 1, isStored: false })
    drain.add({ row, segment: 1, isStored: false })
    drain.add({ row: unsettledRow(row), segment: 2, isStored: false })
    await drain.flush()
    expect(state.inserted).toEqual([[row]])
    expect([...state.released]).toEqual([
      [1, 2],
      [2, 1],
    ])
  })

  it('brings every row into the database, whatever fails on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('add', 'add', 'add', 'seal', 'flush', 'away', 'back', 'wait'), {
          maxLength: 80,
        }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, maxRowsInMemory) => {
          const { drain, clock, state, add, ids } = start({ batchRows: 3, maxRowsInMemory })
          let segment = 1
          let rows = 0
          for (const what of steps) {
            if (what === 'add') add(rows++, segment)
            if (what === 'seal') segment++
            if (what === 'away') state.isAway = true
            if (what === 'back') state.isAway = false
            if (what === 'wait') await clock.advance(1_000)
            if (what === 'flush' && state.isAway && drain.health().pendingRows > 0)
              await expect(drain.flush()).rejects.toMatchObject({ code: 'ledger.store-away' })
            else if (what === 'flush') {
              await drain.flush()
              expect(new Set(ids()).size).toBe(rows)
            }
          }
          state.isAway = false
          await drain.flush()
          expect(new Set(ids())).toEqual(new Set(Array.from({ length: rows }, (_, i) => `req_${i}`)))
          // As many lines are released as there were rows, each in its own segment.
          for (const [of, settled] of state.journal) expect(state.released.get(of)).toBe(settled.length)
          expect(drain.health()).toEqual({ pendingRows: 0, lagMs: 0, storeFailure: null })
        },
      ),
      { numRuns: 200 },
    )
  })
})
