import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ArchitectError, type Clock, systemClock } from '../../core/index.js'
import { startFakeProvingInstance } from './fake-proving-instance.js'
import { type KillDrill, runKillDrill } from './kill-drill.js'
import { defaultPrices } from './provider-options.js'
import { type ProviderServer, startProvider } from './provider-server.js'

let directory: string
let provider: ProviderServer

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kill-'))
  provider = await startProvider(
    {
      invoiceFile: join(directory, 'invoice.jsonl'),
      seed: 1,
      prices: defaultPrices,
      failureShare: 0,
      cutOffShare: 0,
      cachedShare: 0,
      chunkDelayMs: 2,
    },
    { clock: systemClock },
  )
})
afterEach(async () => {
  await provider.close()
  await rm(directory, { recursive: true, force: true })
})

const drill = async (
  sabotage: { readonly loseEvery?: number; readonly orphan?: boolean } = {},
  change: Partial<KillDrill> = {},
) => {
  const options = { upstream: { address: provider.address, prices: defaultPrices }, ...sabotage }
  const instance = await startFakeProvingInstance(options)
  const result = await runKillDrill({
    instance,
    restart: () => startFakeProvingInstance(options, instance.directory),
    model: 'm',
    requests: 60,
    seed: 5,
    clock: systemClock,
    signal: new AbortController().signal,
    ...change,
  })
  await rm(instance.directory, { recursive: true, force: true })
  return { result, instance }
}

const killed = ({ result }: Awaited<ReturnType<typeof drill>>) =>
  result.notes.find(({ code }) => code === 'verify.note.killed')?.params

describe('kill -9 under load', () => {
  it('finds every acknowledged answer in the ledger of a system that keeps its rows', async () => {
    const done = await drill()
    expect(done.result).toMatchObject({ survival: { value: 1, low: 1, high: 1 }, isBroken: false })
    expect(done.result.survival.n).toBeGreaterThan(10)
    expect(done.result.survival.n).toBeLessThan(60)
    expect(killed(done)).toMatchObject({ lost: 0, orphans: 0, children: 1, pid: done.instance.pid })
  })

  it('sees one lost write in ten', async () => {
    const done = await drill({ loseEvery: 10 })
    expect(done.result.survival.value).toBeLessThan(1)
    expect(killed(done)?.lost).toBeGreaterThan(0)
  })

  it('is broken when a child process stays behind', async () => {
    // Time flies while the drill waits for the child to end, which it does not.
    let skippedMs = 0
    const clock: Clock = {
      ...systemClock,
      monotonicMs: () => systemClock.monotonicMs() + skippedMs,
      sleep: async (ms, signal) => {
        if (signal) skippedMs += 2000
        await systemClock.sleep(ms, signal)
      },
    }
    const done = await drill({ orphan: true }, { clock })
    expect(done.result.isBroken).toBe(true)
    expect(killed(done)).toMatchObject({ orphans: 1, lost: 0 })
    process.kill(done.instance.childPid, 'SIGKILL')
  })

  it('is broken, with nothing recovered, when the system does not start again', async () => {
    const failure = new ArchitectError('cli.proving-failed', {}, 'the state is locked')
    const done = await drill({}, { restart: () => Promise.reject(failure) })
    expect(done.result).toMatchObject({ survival: { value: 0 }, isBroken: true })
    expect(done.result.notes).toContainEqual({
      code: 'verify.note.failed-to-run',
      params: { detail: 'the state is locked' },
    })
  })
})
