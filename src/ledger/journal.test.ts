import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import { createMemoryDisk } from './__fixtures__/memory-disk.js'
import { createJournal, type Journal, type JournalOptions } from './journal.js'
import { createDiskFiles, type JournalFiles } from './journal-files.js'
import { createSegments } from './segments.js'

const kib = 1024
/** A line of exactly `length` bytes. */
const lineOf = (name: string, length = 100) => `${name.padEnd(length - 1, '.')}\n`

const start = async (files: JournalFiles = createMemoryDisk(), options: Partial<JournalOptions> = {}) => {
  const clock = createManualClock()
  const segments = createSegments({ files, segmentBytes: 64 * kib, log: silentLog })
  const journal = await createJournal({
    files,
    segments,
    clock,
    log: silentLog,
    sync: 'interval',
    maxBytes: 1024 * kib,
    reserveBytes: 4 * kib,
    ...options,
  })
  return { clock, segments, journal }
}

/** Keeps a line and remembers what was said about it. */
const keep = (journal: Journal, line: string) => {
  const told = { written: [] as number[], held: [] as string[] }
  journal.keep(line, {
    written: (segment) => told.written.push(segment),
    held: (reason) => told.held.push(reason),
  })
  return told
}
const textOf = (disk: ReturnType<typeof createMemoryDisk>) =>
  [...disk.segments.values()].map((bytes) => bytes.toString('utf8')).join('')
const full = { code: 'ledger.journal-full', retryable: true }

describe('journal', () => {
  it('writes what arrives together in one go, in order', async () => {
    const disk = createMemoryDisk()
    const { journal } = await start(disk)
    const lines = Array.from({ length: 200 }, (_, index) => lineOf(`line-${index}`))
    await Promise.all(lines.map((line) => journal.append(line)))
    expect(textOf(disk)).toBe(lines.join(''))
    expect(disk.writes).toBe(1)
  })

  it('writes new work at once, together with the settlements that wait for the end of the turn', async () => {
    const disk = createMemoryDisk()
    const { journal } = await start(disk)
    const kept = keep(journal, lineOf('settled'))
    let isLater = false
    setImmediate(() => {
      isLater = true
    })
    await journal.append(lineOf('begun'))
    expect(isLater).toBe(false)
    expect(kept.written).toEqual([1])
    expect(textOf(disk)).toBe(`${lineOf('settled')}${lineOf('begun')}`)
    expect(disk.writes).toBe(1)
  })

  it('writes what comes in whatever microtask after a write', async () => {
    const { journal } = await start(createMemoryDisk())
    for (let microtasks = 0; microtasks < 12; microtasks++) {
      const first = journal.append(lineOf('first'))
      const second = (async () => {
        await first
        for (let i = 0; i < microtasks; i++) await null
        return journal.append(lineOf('second'))
      })()
      expect(await second).toBe(1)
    }
  })

  it('has a line on the disk before it says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'journal-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const files = createDiskFiles(directory)
    await files.list()
    const { journal } = await start(files)
    for (let i = 0; i < 50; i++) {
      const segment = await journal.append(lineOf(`line-${i}`))
      expect((await files.read(segment)).toString()).toContain(`line-${i}.`)
    }
    await journal.close()
    expect((await files.list())[0]?.bytes).toBe(5000)
  })

  it('syncs in the background within 100 ms, or before it answers when told so', async () => {
    const disk = createMemoryDisk()
    const relaxed = await start(disk)
    await relaxed.journal.append(lineOf('a'))
    expect(disk.syncs).toBe(0)
    await relaxed.clock.advance(100)
    expect(disk.syncs).toBe(1)
    const strict = await start(disk, { sync: 'always' })
    await strict.journal.append(lineOf('b'))
    expect(disk.syncs).toBe(2)
  })

  it('refuses new work on a full disk, settles running calls from the reserve, and recovers', async () => {
    const disk = createMemoryDisk()
    const { journal, clock } = await start(disk)
    await journal.append(lineOf('first'))
    disk.capacityBytes = disk.usedBytes() + 50
    await expect(journal.append(lineOf('refused'))).rejects.toMatchObject(full)
    expect(journal.health()).toMatchObject({ writable: false })
    const settlement = keep(journal, lineOf('settled'))
    await clock.advance(0)
    expect(settlement).toMatchObject({ written: [1], held: [] })
    await expect(journal.append(lineOf('still-refused'))).rejects.toMatchObject(full)
    disk.capacityBytes = Number.POSITIVE_INFINITY
    await clock.advance(10_000)
    expect(journal.health()).toEqual({ writable: true, reason: null })
    await journal.append(lineOf('second'))
    // Nothing refused and no half line is left behind.
    expect(textOf(disk)).toBe(`${lineOf('first')}${lineOf('settled')}\n${lineOf('second')}`)
  })

  it('holds settlements that nothing takes, says so once, and writes them when the disk is back', async () => {
    const disk = createMemoryDisk()
    const { journal, clock } = await start(disk)
    await journal.append(lineOf('first'))
    disk.failing = 'EIO'
    const kept = keep(journal, lineOf('kept'))
    await clock.advance(2_000)
    const late = keep(journal, lineOf('late'))
    await clock.advance(2_000)
    expect([kept, late].map(({ held, written }) => [held.length, written.length])).toEqual([
      [1, 0],
      [1, 0],
    ])
    disk.failing = undefined
    await clock.advance(10_000)
    expect([kept.written.length, late.written.length]).toEqual([1, 1])
    expect(textOf(disk)).toContain(`${lineOf('kept')}${lineOf('late')}`)
    expect(journal.health().writable).toBe(true)
  })

  it('refuses new work when a sync fails, and when the disk is full at the start', async () => {
    const disk = createMemoryDisk()
    const first = await start(disk)
    await first.journal.append(lineOf('a'))
    disk.failing = 'EIO'
    await first.clock.advance(100)
    await expect(first.journal.append(lineOf('b'))).rejects.toMatchObject(full)
    const small = createMemoryDisk()
    small.capacityBytes = kib
    const second = await start(small)
    await expect(second.journal.append(lineOf('c'))).rejects.toMatchObject(full)
    expect(second.journal.health().reason).toContain('ENOSPC')
  })

  it('refuses new work on a real full device', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'journal-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const files = createDiskFiles(directory)
    const handle = await open('/dev/full', 'a')
    onTestFinished(() => handle.close())
    const { journal } = await start({
      ...files,
      create: async (segment) => ({
        ...(await files.create(segment)),
        append: async (bytes) => {
          await handle.write(bytes)
        },
      }),
    })
    const refused = await journal.append(lineOf('refused')).catch((error: unknown) => error)
    expect(refused).toMatchObject(full)
    expect(String(refused)).toContain('ENOSPC')
    await journal.close()
  })

  it('refuses new work beyond its size until lines are released', async () => {
    const { journal, segments } = await start(createMemoryDisk(), { maxBytes: 100 * kib })
    const written: number[] = []
    await expect(async () => {
      for (;;) written.push(await journal.append(lineOf('row', kib)))
    }).rejects.toMatchObject(full)
    expect(written).toHaveLength(100)
    for (const segment of written) segments.release(segment)
    await new Promise((resolve) => setImmediate(resolve))
    await journal.append(lineOf('again'))
    expect(segments.bytes()).toBeLessThan(100 * kib)
  })

  it('removes a segment only when none of its lines is needed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 60 }), async (order) => {
        const disk = createMemoryDisk()
        const { journal, segments } = await start(disk)
        const needed: { segment: number; line: string }[] = []
        for (let i = 0; i < order.length; i++) {
          const line = lineOf(`line-${i}`, 8 * kib)
          needed.push({ segment: await journal.append(line), line })
        }
        for (const pick of order) {
          const [released] = needed.splice(pick % needed.length, 1)
          if (released) segments.release(released.segment)
          await new Promise((resolve) => setImmediate(resolve))
          for (const { segment, line } of needed)
            expect(disk.segments.get(segment)?.includes(line)).toBe(true)
        }
        // Only the segment that still grows is left.
        expect(disk.segments.size).toBe(1)
        await journal.close()
        expect(disk.segments.size).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps every line it acknowledged and every settlement, whatever the disk does', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('append', 'keep') },
      { weight: 1, arbitrary: fc.constantFrom('EIO', 'ENOSPC', 'repair', 'wait', 'release') },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.nat(5000), async (steps, salt) => {
        const disk = createMemoryDisk()
        const { journal, clock, segments } = await start(disk)
        /** Lines that are durable by the journal's word, and still needed. */
        const durable = new Map<string, number>()
        let settled = 0
        const run = async (what: (typeof steps)[number], line: string) => {
          if (what === 'append')
            journal.append(line).then(
              (segment) => durable.set(line, segment),
              () => {},
            )
          if (what === 'keep') {
            const written = (segment: number) => {
              settled++
              durable.set(line, segment)
            }
            journal.keep(line, { written, held: () => {} })
          }
          if (what === 'EIO') disk.failing = 'EIO'
          if (what === 'ENOSPC') disk.capacityBytes = disk.usedBytes() + salt
          if (what === 'repair')
            Object.assign(disk, { failing: undefined, capacityBytes: Number.POSITIVE_INFINITY })
          if (what === 'wait') await clock.advance(7_000)
          if (what === 'release')
            for (const [released, segment] of [...durable].slice(0, 3)) {
              durable.delete(released)
              segments.release(segment)
            }
        }
        const expectDurable = () => {
          for (const [line, segment] of durable) expect(disk.segments.get(segment)?.includes(line)).toBe(true)
        }
        for (const [index, what] of steps.entries()) {
          await run(what, lineOf(`line-${index}`, 500 + ((salt + index * 977) % (4 * kib))))
          if (index % 3 === 0) await clock.advance(0)
          expectDurable()
        }
        await run('repair', '')
        await clock.advance(20_000)
        expect(journal.health().writable).toBe(true)
        expect(settled).toBe(steps.filter((what) => what === 'keep').length)
        await journal.close()
        expectDurable()
      }),
      { numRuns: 150 },
    )
  })

  it('never writes into a segment of an earlier process', async () => {
    const disk = createMemoryDisk()
    disk.segments.set(7, Buffer.from('torn end'))
    const { journal, segments } = await start(disk)
    segments.adopt(7, 8, 1)
    expect(await journal.append(lineOf('new'))).toBe(8)
    expect(disk.segments.get(7)?.toString()).toBe('torn end')
  })

  it('takes no line after it was closed', async () => {
    const { journal } = await start()
    journal.stopWork()
    await expect(journal.append(lineOf('a'))).rejects.toMatchObject({ code: 'ledger.closed' })
    const settlement = keep(journal, lineOf('settled'))
    await journal.close()
    expect(settlement.written).toEqual([1])
    expect(() => keep(journal, lineOf('b'))).toThrow(expect.objectContaining({ code: 'ledger.closed' }))
  })
})
