import { pbkdf2 } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createManualClock } from '../core/index.js'
import { createDiskFiles, segmentName } from './journal-files.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(directory, { recursive: true }))
})

const derive = promisify(pbkdf2)

describe('the files of the journal', () => {
  it('lists segments by number, and nothing else', async () => {
    const files = createDiskFiles(join(directory, 'new'))
    expect(await files.list()).toEqual([])
    for (const segment of [10, 9]) {
      const file = await files.create(segment)
      await file.append(Buffer.alloc(segment))
      await file.close()
    }
    await files.writeReserve(4096)
    expect(await files.list()).toEqual([
      { segment: 9, bytes: 9 },
      { segment: 10, bytes: 10 },
    ])
    await expect(files.create(9)).rejects.toThrow('EEXIST')
    await files.remove(9)
    await files.remove(9)
    expect(await files.list()).toHaveLength(1)
  })

  it('can be read by their owner only', async () => {
    const files = createDiskFiles(join(directory, 'new'))
    await files.list()
    const file = await files.create(1)
    await file.close()
    await files.writeReserve(1)
    expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700)
    for (const name of [segmentName(1), 'reserve'])
      expect((await stat(join(directory, 'new', name))).mode & 0o777).toBe(0o600)
  })

  it('does not make the event loop wait for a disk that has been slow', async () => {
    const clock = createManualClock()
    // Each look at the clock takes `lookMs`, so a write takes as long.
    let lookMs = 0
    let nowMs = 0
    const slow = { ...clock, monotonicMs: () => (nowMs += lookMs) }
    const file = await createDiskFiles(directory, slow).create(1)
    const written = () => readFileSync(join(directory, segmentName(1)), 'utf8')
    const append = async (text: string) => {
      const done = file.append(Buffer.from(text))
      const isThereAtOnce = written().endsWith(text)
      await done
      return isThereAtOnce
    }
    expect(await append('fast')).toBe(true)
    lookMs = 21
    expect(await append('slow')).toBe(true)
    lookMs = 0
    // The thread pool is busy, so what is left to it cannot be there at once.
    const busy = Array.from({ length: 16 }, () => derive('x', 'y', 100_000, 32, 'sha512'))
    expect(await append('careful')).toBe(false)
    await Promise.all(busy)
    nowMs += 1_000
    expect(await append('fast again')).toBe(true)
    expect(written()).toBe('fastslowcarefulfast again')
    await file.close()
  })
})
