import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../../core/index.js'
import { watchGpuMemory } from './gpu-memory.js'

let directory: string
const stop = new AbortController()
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gpu-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const watchWith = (answer: string) => {
  const path = join(directory, 'nvidia-smi')
  writeFileSync(path, `#!/bin/sh\nprintf '${answer}'\n`)
  chmodSync(path, 0o755)
  const clock = createManualClock()
  const environment = { PATH: `${directory}:/bin:/usr/bin` }
  return { clock, read: watchGpuMemory({ environment, clock, stop: stop.signal }) }
}

describe('watchGpuMemory', () => {
  it('reads what nvidia-smi says, again and again', async () => {
    const { clock, read } = watchWith('0, 71234, 81559\\n1, [N/A], 81559\\n')
    expect(read()).toEqual([])
    const gpu = { gpu: '0', usedBytes: 71_234 * 2 ** 20, totalBytes: 81_559 * 2 ** 20 }
    await vi.waitFor(() => expect(read()).toEqual([gpu]))
    writeFileSync(join(directory, 'nvidia-smi'), "#!/bin/sh\nprintf '0, 1, 2\\n'\n")
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1))
    await clock.advance(15_000)
    await vi.waitFor(() => expect(read()).toMatchObject([{ usedBytes: 2 ** 20 }]))
  })

  it('shows nothing old where it does not answer for once, and looks again', async () => {
    const { clock, read } = watchWith('0, 1, 2\\n')
    await vi.waitFor(() => expect(read()).toHaveLength(1))
    writeFileSync(join(directory, 'nvidia-smi'), '#!/bin/sh\nexit 9\n')
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1))
    await clock.advance(15_000)
    await vi.waitFor(() => expect(read()).toEqual([]))
    await vi.waitFor(() => expect(clock.sleeping()).toBe(1))
    writeFileSync(join(directory, 'nvidia-smi'), "#!/bin/sh\nprintf '0, 3, 4\\n'\n")
    await clock.advance(15_000)
    await vi.waitFor(() => expect(read()).toMatchObject([{ usedBytes: 3 * 2 ** 20 }]))
  })

  it('looks once and no more where there is no nvidia-smi', async () => {
    const clock = createManualClock()
    const environment = { PATH: directory }
    const read = watchGpuMemory({ environment, clock, stop: stop.signal })
    await new Promise((resolve) => setImmediate(resolve))
    expect(read()).toEqual([])
    expect(clock.sleeping()).toBe(0)
  })
})
